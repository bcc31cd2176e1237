"""The made-up company: the same from the same seed, plausible, and in one piece."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dagster_pipelines.command_line.demonstration import prepare
from dagster_pipelines.demo import Company, Scale, found, write_exports
from dagster_pipelines.demo.company import FIRST_MONDAY
from dagster_pipelines.demo.exports import MAIL_HEADER, ROSTER_HEADER
from dagster_pipelines.demo.mail import mails
from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import load_settings

SMALL = Scale(people=24, weeks=3)


@pytest.fixture(scope="module")
def company() -> Company:
    return found(Scale())


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the exports in a folder."""
    files = sorted((folder / "exports").rglob("*.csv"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_exports(found(SMALL), tmp_path / name)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    write_exports(found(Scale(people=24, weeks=3, seed=2)), tmp_path / "other")
    assert bytes_of(tmp_path / "other") != bytes_of(tmp_path / "one")


@pytest.mark.parametrize("people", [20, 33, 60, 200])
def test_a_company_has_as_many_people_as_it_was_asked_for(people: int) -> None:
    company = found(Scale(people=people))
    assert len(company.people) == people
    assert len({person.address for person in company.people}) == people
    assert sum(len(team.people) for team in company.teams) >= people


def test_every_line_of_managers_ends_at_the_top(company: Company) -> None:
    top = company.people[0]
    for person in company.people:
        link, steps = person, 0
        while link is not top:
            manager = link.stays[0].manager
            assert manager is not None
            assert manager.level > link.level or manager.level >= 4
            link, steps = manager, steps + 1
            assert steps < 6


def test_people_are_hired_leave_and_move_while_the_exports_last(company: Company) -> None:
    span = (FIRST_MONDAY, company.scale.end)
    assert any(span[0] <= person.hired_on < span[1] for person in company.people)
    assert any(person.left_on and span[0] < person.left_on <= span[1] for person in company.people)
    assert any(len(person.stays) == 2 for person in company.people)


def test_nobody_writes_before_the_first_or_after_the_last_day(company: Company) -> None:
    people = {person.address: person for person in company.people}
    people |= {person.alias: person for person in company.people if person.alias}
    senders = Counter()
    for mail in mails(company):
        if mail.sender in people:
            senders[mail.sender] += 1
            assert people[mail.sender].works_on(mail.sent_at.date())
    assert sum(senders.values()) > 5000


def test_some_mail_is_a_notice_some_goes_out_and_some_to_nobody_known(company: Company) -> None:
    known = {person.address for person in company.people}
    sent = list(mails(company))
    assert sum(len(mail.recipients) > 19 for mail in sent) == company.scale.weeks
    outside = [mail for mail in sent if mail.recipients[0].endswith("customer.example.com")]
    shared = [mail for mail in sent if mail.recipients == ("office@example.org",)]
    assert outside
    assert shared
    assert "office@example.org" not in known


def test_the_exports_hold_what_their_settings_say(tmp_path: Path) -> None:
    exports = write_exports(found(SMALL), tmp_path)
    settings = load_settings(exports.settings)
    headers = {"hr": ROSTER_HEADER, "mail": MAIL_HEADER}
    for source in settings.sources:
        assert set(source.columns.values()) <= set(headers[source.name])
        [pattern] = source.path
        assert list(tmp_path.glob(pattern))


def test_the_mail_logs_overlap_repeat_rows_and_have_a_few_bad_ones(tmp_path: Path) -> None:
    write_exports(found(SMALL), tmp_path)
    rows: list[tuple[str, ...]] = []
    for path in sorted((tmp_path / "exports/mail").glob("*.csv")):
        with path.open(newline="") as file:
            rows.extend(tuple(row) for row in list(csv.reader(file))[1:])
    assert len(rows) > len(set(rows))
    assert sum(not is_good(row) for row in rows) == 12


def is_good(row: tuple[str, ...]) -> bool:
    """Tell whether a row of a mail log is whole and says a time of the company's."""
    if len(row) != len(MAIL_HEADER) or not all(row):
        return False
    try:
        day = datetime.fromisoformat(row[0]).date()
    except ValueError:
        return False
    return date(2025, 1, 1) < day


def test_all_weeks_that_were_asked_for_have_mail(company: Company) -> None:
    weeks = Counter(
        (mail.sent_at.date() - FIRST_MONDAY) // timedelta(weeks=1) for mail in mails(company)
    )
    assert all(weeks[week] > 100 for week in range(company.scale.weeks))


@pytest.mark.parametrize("seed", range(5))
def test_the_mail_of_the_smallest_company_covers_its_first_and_its_last_day(seed: int) -> None:
    company = found(Scale(people=20, weeks=2, seed=seed))
    days = {mail.sent_at.date() for mail in mails(company)}
    assert min(days) == FIRST_MONDAY
    assert max(days) >= company.scale.end - timedelta(days=1)


@pytest.mark.parametrize("scale", [Scale(people=19), Scale(people=20_001), Scale(weeks=0)])
def test_a_company_of_no_sensible_size_is_refused(tmp_path: Path, scale: Scale) -> None:
    with pytest.raises(UsageError, match=r"No company of this size: .* is to be from"):
        prepare(tmp_path / "demo", scale)
    assert not (tmp_path / "demo/tacit.yml").exists()


def test_the_same_demo_again_leaves_exports_and_data_alone(tmp_path: Path) -> None:
    config = prepare(tmp_path, SMALL)
    data = tmp_path / "data/warehouse"
    data.mkdir(parents=True)
    roster = tmp_path / "exports/hr/roster.csv"
    before = roster.stat()
    assert prepare(tmp_path, SMALL) == config
    assert (roster.stat().st_ino, roster.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert data.exists()


def test_another_company_takes_the_place_of_the_first_and_of_its_data(tmp_path: Path) -> None:
    prepare(tmp_path, SMALL)
    (tmp_path / "data/warehouse").mkdir(parents=True)
    (tmp_path / "key").touch()
    first = bytes_of(tmp_path)
    prepare(tmp_path, Scale(people=30, weeks=3))
    assert bytes_of(tmp_path) != first
    assert not (tmp_path / "data/warehouse").exists()
    assert not (tmp_path / "key").exists()


def test_a_folder_that_is_not_a_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        prepare(tmp_path, SMALL)
    (tmp_path / "tacit.yml").write_text("data_dir: data\n")
    with pytest.raises(UsageError, match="is not a demo's"):
        prepare(tmp_path, SMALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "tacit.yml"]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(UsageError, match="is not a folder"):
        prepare(tmp_path / "demo", SMALL)
