"""Real exports: the figures that are known of them come out of schema `raw`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.landing import check_files
from dagster_pipelines.sqlfiles import repository
from tests.harness.landed import Landed, a_company, a_roster, landed, some_mail

pytestmark = pytest.mark.real_data

POSTS = {
    "person_id": "Post Unique Reference",
    "manager_id": "Reports to Senior Post",
    "department": "Unit",
}


def real_data(name: str) -> Path:
    """A folder of real exports; they stand beside the checkout."""
    path = repository().parent / "shared" / "data" / name
    if not path.exists():
        pytest.skip(f"the real data {name} are not beside the checkout")
    return path


@pytest.fixture(scope="module")
def manufacturing(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    folder = real_data("manufacturing_email")
    roster = a_roster(
        path=str(folder / "reportsto.csv"),
        columns={"person_id": "ID", "manager_id": "ReportsToID"},
    )
    mail = some_mail(
        path=str(folder / "communication.csv"),
        delimiter=";",
        channel="email",
        columns={"source": "Sender", "target": "Recipient", "occurred_at": "EventDate"},
    )
    company = a_company(
        tmp_path_factory.mktemp("manufacturing"),
        roster,
        mail,
        organisation={"timezone": "Europe/Warsaw"},
    )
    return landed(company)


def test_every_mail_of_the_manufacturer_has_its_fate(manufacturing: Landed) -> None:
    fates = "select source_name, records, loaded, duplicate, quarantined from raw.files order by 1"
    assert manufacturing.rows(fates) == [("hr", 154, 154, 0, 0), ("mail", 82_927, 82_614, 313, 0)]
    assert manufacturing.unbalanced() == []


def test_a_sender_s_mails_of_one_second_are_one_event(manufacturing: Landed) -> None:
    events = "select count(distinct event_id) from raw.interaction_csv_rows"
    assert manufacturing.value(events) == 58_463


def test_who_writes_and_who_is_written_to(manufacturing: Landed) -> None:
    people = """
        select count(distinct identifier_id)
        from (
            select source_identifier_id as identifier_id from raw.interaction_csv_rows
            union all
            select target_identifier_id from raw.interaction_csv_rows
        )
    """
    assert manufacturing.value(people) == 167
    parties = "select party_kind, count(*) from raw.identity_map group by all order by all"
    assert manufacturing.rows(parties) == [("internal_unknown", 13), ("person", 154)]


def test_mails_to_oneself_are_rows_like_any_other(manufacturing: Landed) -> None:
    to_oneself = """
        select sum(copies) from raw.interaction_csv_rows
        where source_identifier_id = target_identifier_id
    """
    assert manufacturing.value(to_oneself) == 51


def test_summer_and_winter_times_are_the_zone_s(manufacturing: Landed) -> None:
    span = (
        "select min(occurred_at)::varchar, max(occurred_at)::varchar from raw.interaction_csv_rows"
    )
    [(first, last)] = manufacturing.rows(span)
    assert first == "2010-01-02 16:40:10"
    assert last.startswith("2010-09-30")


def test_a_header_in_another_encoding_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = str(real_data("organogram") / "senior_posts.csv")
    company = a_company(tmp_path, a_roster(path=path, columns=POSTS))
    [report] = check_files(company)
    assert report.problem is not None
    assert "the header is not utf-8 (byte 173 of the file)" in report.problem
    assert "declare its `encoding`, such as cp1252" in report.problem
    with pytest.raises(UsageError, match="the header is not utf-8"):
        landed(company)


def test_eight_bit_text_loads_as_its_encoding_is_declared(tmp_path: Path) -> None:
    path = str(real_data("organogram") / "senior_posts.csv")
    source = a_roster(path=path, columns=POSTS, encoding="cp1252")
    found = landed(a_company(tmp_path, source))
    units = "select department from raw.roster_csv_rows order by line_number"
    assert found.rows(units)[:2] == [
        ("Finance and Corporate Resources",),
        ("Research, Innovation and Skills",),
    ]
    assert found.value("select count(*) from raw.roster_csv_rows") == 4
    assert found.unbalanced() == []
    # The chief executive reports to `xx`, who is nobody.
    assert found.party("xx")[1:] == ["internal_unknown", "not_an_address"]
    chiefs = found.rows("select manager_identifier_id from raw.roster_csv_rows")
    assert (found.ids("xx")[0],) in chiefs
