"""Generic interaction files: what each column means, and which rows are one event."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.landing import Landing
from dagster_pipelines.sources import (
    FORMATS,
    archive_reasons,
    interaction_csv,
    json_records,
    reasons,
    slack,
    stackexchange_posts,
)
from dagster_pipelines.sqlfiles import SQL, statements
from tests.harness.landed import (
    Staged,
    a_company,
    a_roster,
    landed,
    mail_of,
    some_mail,
    staged,
    write_all,
)

HEADER = "source,target,occurred_at,event_id,channel,minutes,mutual,space"
NOON = "2026-03-02 12:00"
ONE = "2026-03-02 13:00"


def read(folder: Path, *lines: str, header: str = HEADER, **said: Any) -> Staged:
    """What becomes of the rows of one file."""
    write_all(folder, {"mail.csv": mail_of(*lines, header=header)})
    return staged(a_company(folder, some_mail(**said)))


def events(found: Staged) -> list[int]:
    """The event of each good row, numbered in the order in which they appear."""
    numbers: dict[int, int] = {}
    return [
        numbers.setdefault(row["event_id"], len(numbers)) for _, row in sorted(found.rows.items())
    ]


def channel(row: dict[str, Any]) -> str:
    return interaction_csv.CHANNELS[row["channel_number"]]


def test_rows_of_the_same_source_time_and_channel_are_one_event(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"a,b,{NOON},,email,,,",
        f"a,c,{NOON},,email,,,",
        f"A,c,{NOON},,email,,,",
        f"a,c,{ONE},,email,,,",
        f"a,c,{NOON},,answer,,,",
        f"a,d,{NOON}:00,,email,,,",
    )
    assert events(found) == [0, 0, 1, 2, 3, 0]


def test_rows_of_the_same_event_id_are_one_event_whoever_they_come_from(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"a,b,{NOON},7,meeting,,,",
        f"c,b,{ONE}, 7 ,meeting,,,",
        f"a,b,{NOON},8,meeting,,,",
        f"a,b,{NOON},7,email,,,",
        f"a,b,{NOON},,meeting,,,",
    )
    assert events(found) == [0, 0, 1, 2, 3]


def test_each_row_of_contact_is_an_event_of_its_own(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"a,b,{NOON},,contact,,,",
        f"a,c,{NOON},,contact,,,",
        f"a,b,{NOON},,contact,,,",
        f"a,b,{NOON},7,contact,,,",
        f"a,c,{NOON},7,contact,,,",
    )
    assert events(found) == [0, 1, 0, 2, 3]


def test_a_record_is_an_event_and_a_target_and_its_content_is_all_that_it_says(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        f"a,b,{NOON},,email,,,",
        f"a,b,{NOON},,email,5,,",
        f"a,b,{NOON},,email,,true,",
        f"a,b,{NOON},,email,,,room",
        f"a,c,{NOON},,email,,,",
        f"a,,{NOON},,email,,,",
        f" a ,b,{NOON}:00.000,, EMAIL,,false,",
    )
    rows = [row for _, row in sorted(found.rows.items())]
    same_record = [row["record_id"] == rows[0]["record_id"] for row in rows]
    assert same_record == [True, True, True, True, False, False, True]
    same_content = [row["content_hash"] == rows[0]["content_hash"] for row in rows]
    assert same_content == [True, False, False, False, False, False, True]


def test_the_same_mail_in_two_sources_is_one_event(tmp_path: Path) -> None:
    write_all(tmp_path, {name: mail_of(f"a,b,{NOON}") for name in ("mail.csv", "copy.csv")})
    company = a_company(
        tmp_path,
        some_mail(channel="email"),
        some_mail(name="copy", path="copy.csv", channel="email"),
    )
    found = landed(company)
    rows = found.rows(
        "select count(*), count(distinct event_id), count(distinct record_id),"
        " count(distinct content_hash) from raw.interaction_csv_rows"
    )
    assert rows == [(2, 1, 1, 1)]


def test_an_event_id_means_something_in_its_own_source_only(tmp_path: Path) -> None:
    text = mail_of(f"a,b,{NOON},7", header="source,target,occurred_at,event_id")
    write_all(tmp_path, {"mail.csv": text, "copy.csv": text})
    found = landed(a_company(tmp_path, some_mail(), some_mail(name="copy", path="copy.csv")))
    query = "select count(distinct event_id) from raw.interaction_csv_rows"
    assert found.value(query) == 2


def test_a_channel_that_is_none_of_ours_counts_as_pair(tmp_path: Path) -> None:
    lines = [f"a,b,{NOON},,{said},,," for said in ("email", " Meeting ", "coffee", "", "pair")]
    found = read(tmp_path, *lines)
    channels = [channel(row) for _, row in sorted(found.rows.items())]
    assert channels == ["email", "meeting", "pair", "pair", "pair"]


def test_the_source_s_channel_holds_where_a_row_names_none(tmp_path: Path) -> None:
    found = read(tmp_path, f"a,b,{NOON},,,,,", f"a,b,{NOON},,answer,,,", channel="email")
    assert [channel(row) for _, row in sorted(found.rows.items())] == ["email", "answer"]
    found = read(tmp_path, f"a,b,{NOON}", header="source,target,occurred_at", channel="email")
    assert channel(found.rows[2]) == "email"


def test_minutes_are_a_number_of_zero_or_more(tmp_path: Path) -> None:
    good = {"0": 0, " 12.5 ": 12.5, "1e2": 100, "": None, "  ": None}
    bad = ["-1", "nan", "inf", "12:30", "1_000", "0x10", "1e999", "twelve", "-"]
    lines = [f'a,b,{NOON},,,"{said}",,' for said in (*good, *bad, "12,5")]
    found = read(tmp_path, *lines)
    assert [row["minutes"] for _, row in sorted(found.rows.items())] == list(good.values())
    assert found.rejected == dict.fromkeys(range(7, 17), "bad_minutes")


def test_mutual_is_a_plain_yes_or_no(tmp_path: Path) -> None:
    good = {
        "true": True,
        "YES": True,
        "1": True,
        "False": False,
        "no": False,
        "0": False,
        "": False,
    }
    found = read(tmp_path, *(f"a,b,{NOON},,,,{said}," for said in (*good, "perhaps")))
    assert [row["is_mutual"] for _, row in sorted(found.rows.items())] == list(good.values())
    assert found.rejected == {9: "bad_mutual"}


def test_without_a_source_there_is_no_event_without_a_target_it_pairs_nobody(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, f",b,{NOON},,,,,", f"a,  ,{NOON},,,,,", f"a,a,{NOON},,,,,")
    assert found.rejected == {2: "empty_source"}
    assert found.rows[3]["target_identifier_id"] is None
    assert found.rows[4]["source_identifier_id"] == found.rows[4]["target_identifier_id"]


def test_an_identifier_is_one_line_of_text(tmp_path: Path) -> None:
    long = "x" * 1_000_001
    found = read(
        tmp_path,
        f'"a\nb",c,{NOON},,,,,',
        f'" a\n",c,{NOON},,,,,',
        f'a,"c\x07d",{NOON},,,,,',
        f"a,b,{NOON},,,,,room\x1f1",
        f"{long},b,{NOON},,,,,",
    )
    assert found.rejected == {
        2: "bad_identifier",
        6: "bad_identifier",
        7: "bad_identifier",
        8: "field_too_long",
    }
    assert list(found.rows) == [4]


def test_one_row_is_one_target(tmp_path: Path) -> None:
    found = read(tmp_path, f'a,"b;c",{NOON},,,,,', f"a,b,{NOON},,,,,")
    assert len({row["target_identifier_id"] for row in found.rows.values()}) == 2


def test_spaces_are_identifiers_of_their_own_in_each_source(tmp_path: Path) -> None:
    header = "source,target,occurred_at,space"
    text = mail_of(f"a,b,{NOON},a", f"a,b,{ONE},a ", header=header)
    write_all(tmp_path, {"mail.csv": text, "copy.csv": text})
    found = landed(a_company(tmp_path, some_mail(), some_mail(name="copy", path="copy.csv")))
    spaces = found.rows(
        "select source_name, space_identifier_id from raw.interaction_csv_rows group by all"
    )
    assert len(spaces) == len({space for _, space in spaces}) == 2
    assert not {space for _, space in spaces} & set(found.ids("a", "b"))


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    columns = {"source": "From", "target": "To", "occurred_at": "When"}
    first = read(tmp_path, f"a,b,{NOON}", header="From,To,When", columns=columns)
    second = read(tmp_path, f"b,x,{NOON},a", header=" To ,Cc,When,From", columns=columns)
    for found in (first, second):
        assert (len(found.rows), found.rejected) == (1, {})
    write_all(
        tmp_path,
        {
            "mail-1.csv": mail_of(f"a,b,{NOON}", header="From,To,When"),
            "mail-2.csv": mail_of(f"b,a,{NOON}", header="To,From,When"),
        },
    )
    found = landed(a_company(tmp_path, some_mail(path="mail-*.csv", columns=columns)))
    assert found.receipts["interaction_csv"].duplicate == 1


def test_the_file_s_own_quote_and_delimiter_are_declared(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"'a|x'|b|{NOON}",
        header="source|target|occurred_at",
        delimiter="|",
        quote="'",
    )
    assert len(found.rows) == 1


@pytest.mark.parametrize(
    ("header", "said", "sentence"),
    [
        ("source,target", {}, r"mail.csv has no column 'occurred_at'; it has 'source', 'target'\."),
        (
            "source,target,occurred_at",
            {"columns": {"minutes": "Minutes"}},
            r"no column 'Minutes'; it has 'source', 'target', 'occurred_at'\.",
        ),
        ("source,target,source,occurred_at", {}, r"2 columns 'source'"),
        (
            "source;target;occurred_at",
            {},
            r"no column 'source'; its fields look parted by ';': declare that as `delimiter`",
        ),
        ("Ann Smith,Bob Jones,2026-03-02", {}, r"none of its 3 columns has an expected name"),
    ],
)
def test_a_column_that_is_missing_gets_a_sentence(
    tmp_path: Path, header: str, said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        read(tmp_path, header=header, **said)
    assert "Smith" not in str(caught.value)


def test_a_duplicate_name_that_nobody_needs_is_no_harm(tmp_path: Path) -> None:
    found = read(tmp_path, f"a,1,b,2,{NOON}", header="source,,target,,occurred_at")
    assert len(found.rows) == 1


@pytest.mark.parametrize("pattern", ["dd/mm/yyyy", "%d/%Q"])
def test_a_pattern_that_is_none_gets_a_sentence(tmp_path: Path, pattern: str) -> None:
    write_all(tmp_path, {"mail.csv": mail_of(f"a,b,{NOON}")})
    company = a_company(tmp_path, some_mail(time_format=pattern))
    with pytest.raises(UsageError, match=r"sources\[mail\]\.time_format.*not a strptime pattern"):
        Landing(company, "run").preflight()


def test_every_reason_has_a_sentence() -> None:
    read = [
        statements(SQL / "raw" / f"{table}.sql")["read"]
        for table in ("interaction_csv_rows", "roster_csv_rows")
    ]
    read += statements(SQL / "raw" / "reading" / "times.sql").values()
    given = {word for sql in read for word in re.findall(r"(?:then|else)\s+'(\w+)'", sql)}
    own = {value for name, value in vars(reasons).items() if name.isupper() and name != "SENTENCES"}
    of_slack = {slack.BAD_ID, slack.NO_AUTHOR}
    of_sites = {stackexchange_posts.BAD_POST_TYPE, stackexchange_posts.NO_QUESTION}
    of_words = {
        column.reason
        for format_ in FORMATS.values()
        for column in (format_.SHAPE.columns if hasattr(format_, "SHAPE") else ())
        if column.reason
    }
    elsewhere = {*archive_reasons.SENTENCES, *json_records.SENTENCES}
    assert given | own | of_slack | of_sites | of_words | elsewhere == set(reasons.SENTENCES)


def test_a_roster_alone_is_no_interaction_file(tmp_path: Path) -> None:
    write_all(tmp_path, {"hr.csv": ["person_id", "a"]})
    found = landed(a_company(tmp_path, a_roster()))
    assert found.receipts["interaction_csv"].files == 0
