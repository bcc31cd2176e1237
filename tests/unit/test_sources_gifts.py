"""Files of kudos and of feedback: what each column means, and which rows are one event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dagster_pipelines.errors import UsageError
from dagster_pipelines.identities import read_identifiers
from dagster_pipelines.sources import feedback_csv
from dagster_pipelines.vault import Vault
from tests.harness.landed import (
    NOW,
    Landed,
    Staged,
    a_company,
    landed,
    mail_of,
    some_mail,
    staged,
    write_all,
)

KUDOS = "recognition_id,giver,receiver,given_at"
FEEDBACK = "feedback_id,giver,receiver,given_at,anonymous"
NOON = "2026-03-02 12:00"
ONE = "2026-03-02 13:00"


def some_kudos(**said: Any) -> dict[str, Any]:
    """The source `kudos`."""
    return {"name": "kudos", "format": "recognition_csv", "path": "kudos*.csv", **said}


def some_feedback(**said: Any) -> dict[str, Any]:
    """The source `peers`."""
    return {"name": "peers", "format": "feedback_csv", "path": "peers*.csv", **said}


def kudos(folder: Path, *lines: str, header: str = KUDOS, **said: Any) -> Staged:
    """What becomes of the rows of one file of kudos."""
    write_all(folder, {"kudos.csv": mail_of(*lines, header=header)})
    return staged(a_company(folder, some_kudos(**said)))


def feedback(folder: Path, *lines: str, header: str = FEEDBACK, **said: Any) -> Staged:
    """What becomes of the rows of one file of feedback."""
    write_all(folder, {"peers.csv": mail_of(*lines, header=header)})
    return staged(a_company(folder, some_feedback(**said)))


def events(found: Staged) -> list[int]:
    """The event of each good row, numbered in the order in which they appear."""
    numbers: dict[int, int] = {}
    return [
        numbers.setdefault(row["event_id"], len(numbers)) for _, row in sorted(found.rows.items())
    ]


def receivers(found: Staged) -> list[int]:
    """How many receivers each good row has."""
    return [len(row["receiver_identifier_ids"]) for _, row in sorted(found.rows.items())]


def gifts(found: Landed, table: str) -> list[tuple[Any, ...]]:
    """What is stored of gifts, whatever file and line they stand in."""
    return found.rows(
        "select event_id, giver_identifier_id, receiver_identifier_ids, occurred_at"  # noqa: S608
        f" from raw.{table} order by all"
    )


def test_several_receivers_are_several_rows_of_one_id_or_several_in_one_cell(
    tmp_path: Path,
) -> None:
    found = kudos(
        tmp_path,
        f"7,ann@x.org,bob@x.org,{NOON}",
        f" 7 ,ann@x.org,cat@x.org,{NOON}",
        f'8,ann@x.org,"Bob <BOB@x.org>; cat@x.org|dan@x.org, bob@x.org,",{NOON}',
    )
    assert events(found) == [0, 0, 1]
    assert receivers(found) == [1, 1, 3]
    [first, second, third] = (found.rows[line]["receiver_identifier_ids"] for line in (2, 3, 4))
    assert set(first + second) < set(third)


@pytest.mark.parametrize(("read", "mark"), [(kudos, ""), (feedback, ",")])
def test_without_an_id_what_somebody_gives_at_one_time_is_one_event(
    tmp_path: Path, read: Any, mark: str
) -> None:
    found = read(
        tmp_path,
        f",a,b,{NOON}{mark}",
        f",a,c,{NOON}:00{mark}",
        f",a,b,{ONE}{mark}",
        f",b,c,{NOON}{mark}",
        f"7,a,b,{NOON}{mark}",
    )
    assert events(found) == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("source", "channel", "table"),
    [
        (some_kudos, "recognition", "recognition_csv_rows"),
        (some_feedback, "feedback", "feedback_csv_rows"),
    ],
)
def test_a_gift_that_a_file_of_interactions_knows_too_is_the_same_event(
    tmp_path: Path, source: Any, channel: str, table: str
) -> None:
    text = mail_of(f"a,b,{NOON}", header="giver,receiver,given_at")
    write_all(tmp_path, {"kudos.csv": text, "peers.csv": text, "mail.csv": mail_of(f"a,b,{NOON}")})
    found = landed(a_company(tmp_path, source(), some_mail(channel=channel)))
    [[theirs]] = found.rows(f"select event_id from raw.{table}")  # noqa: S608
    assert found.value("select event_id from raw.interaction_csv_rows") == theirs


def test_an_id_means_something_in_its_own_source_only(tmp_path: Path) -> None:
    text = mail_of(f"7,a,b,{NOON}", header=KUDOS)
    write_all(tmp_path, {"kudos.csv": text, "others.csv": text})
    company = a_company(tmp_path, some_kudos(), some_kudos(name="others", path="others.csv"))
    found = landed(company)
    assert found.value("select count(distinct event_id) from raw.recognition_csv_rows") == 2


def test_each_bad_record_of_kudos_is_put_aside_with_its_line_and_reason(tmp_path: Path) -> None:
    bad = {
        f",,b,{NOON}": "empty_field",
        f",a,,{NOON}": "empty_field",
        f',a," ; ,",{NOON}': "empty_field",
        ",a,b,": "empty_field",
        ",a,b,2026-02-30": "bad_time",
        ",a,b,1989-12-31": "before_1990",
        ",a,b,2026-07-02": "in_the_future",
        f',"a\x07b",c,{NOON}': "bad_identifier",
        f',a,"b;c\x07d",{NOON}': "bad_identifier",
        f'"7\x078",a,b,{NOON}': "bad_identifier",
        f"{'7' * 1_000_001},a,b,{NOON}": "field_too_long",
        f",a,{'b' * 1_000_001},{NOON}": "field_too_long",
        f",a,b,{NOON},more": "too_many_fields",
        ",a": "too_few_fields",
        # Of several reasons that of the first column counts.
        ",,,never": "empty_field",
    }
    found = kudos(tmp_path, f",a,b,{NOON}", *bad)
    assert list(found.rows) == [2]
    assert found.rejected == dict(enumerate(bad.values(), start=3))
    assert found.records == len(bad) + 1


def test_a_flag_that_is_neither_yes_nor_no_is_put_aside(tmp_path: Path) -> None:
    found = feedback(tmp_path, f",a,b,{NOON},perhaps", f",a,b,{NOON},No", f",a,b,{ONE},")
    assert found.rejected == {2: "bad_flag"}
    assert receivers(found) == [1, 1]


@pytest.mark.parametrize(
    ("header", "said", "sentence"),
    [
        (
            "giver,given_at",
            {},
            r"has no column 'receiver'; it has 'giver', 'given_at'\.",
        ),
        (KUDOS, {"columns": {"giver": "From"}}, "no column 'From'"),
        ("giver;receiver;given_at", {}, "declare that as `delimiter`"),
    ],
)
def test_a_file_without_a_needed_column_is_refused(
    tmp_path: Path, header: str, said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        kudos(tmp_path, header=header, **said)


def test_a_column_that_there_is_not_cannot_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="columns has 'amount'; it may have recognition_id, giver"):
        a_company(tmp_path, some_kudos(columns={"amount": "Points"}))


WAYS_OF_WRITING = {
    None: (
        "2026-03-02 10:20:30",
        " 2026-03-02T10:20:30.5Z ",
        "2026-03-02 10:20:30 +02",
        "2026-03-02",
        "2026-03-29 02:30",
        "2025-10-26 02:30",
        "2025-10-26 02:30+01:00",
        "infinity",
        "02/03/2026",
    ),
    "%d/%m/%Y %H:%M": ("01/02/2026 10:00", "31/02/2026 10:00", "29/03/2026 02:30"),
    "epoch_ms": ("1770000000123", "1770000000.5", "1e12"),
}


@pytest.mark.parametrize("time_format", WAYS_OF_WRITING)
def test_a_time_means_what_it_means_in_a_file_of_interactions(
    tmp_path: Path, time_format: str | None
) -> None:
    texts = WAYS_OF_WRITING[time_format]
    said = {"timezone": "Europe/Warsaw", "time_format": time_format}
    lines = [f'a,b,"{text}"' for text in texts]
    found = kudos(tmp_path, *lines, header="giver,receiver,given_at", **said)
    write_all(tmp_path, {"mail.csv": mail_of(*lines)})
    theirs = staged(a_company(tmp_path, some_mail(**said)))
    times = {line: row["occurred_at"] for line, row in found.rows.items()}
    assert times
    assert times == {line: row["occurred_at"] for line, row in theirs.rows.items()}
    assert found.rejected == theirs.rejected != {}


def test_repeated_split_and_reordered_files_hold_the_same_gifts(tmp_path: Path) -> None:
    lines = [f"7,a,b,{NOON}", f"7,a,c,{NOON}", f",b,a,{ONE}", f",c,a;b,{ONE}"]
    write_all(tmp_path, {"kudos.csv": mail_of(*lines, header=KUDOS)})
    once = gifts(landed(a_company(tmp_path, some_kudos())), "recognition_csv_rows")
    write_all(
        tmp_path,
        {
            "kudos.csv": mail_of(*reversed(lines), lines[0], header=KUDOS),
            "kudos-2.csv": mail_of(*lines[1:3], header=KUDOS),
        },
    )
    found = landed(a_company(tmp_path, some_kudos()))
    assert gifts(found, "recognition_csv_rows") == once
    fates = "select records, loaded, duplicate, quarantined from raw.files order by file_id"
    assert found.rows(fates) == [(4, 4, 0, 0), (2, 0, 2, 0), (5, 0, 5, 0)]
    assert found.unbalanced() == []


def test_files_of_kudos_accumulate(tmp_path: Path) -> None:
    write_all(tmp_path, {"kudos-1.csv": mail_of(f",a,b,{NOON}", header=KUDOS)})
    landed(a_company(tmp_path, some_kudos()))
    (tmp_path / "kudos-1.csv").unlink()
    write_all(tmp_path, {"kudos-2.csv": mail_of(f",a,b,{ONE}", header=KUDOS)})
    found = landed(a_company(tmp_path, some_kudos()))
    assert found.value("select count(*) from raw.recognition_csv_rows") == 2


ANONYMOUS = (f"1,,b,{NOON},", f"2,secret,b,{NOON},yes", f",secret,b;c,{NOON},TRUE")


def test_anonymous_feedback_has_neither_giver_nor_receiver(tmp_path: Path) -> None:
    write_all(tmp_path, {"peers.csv": mail_of(*ANONYMOUS, f"3,a,b,{NOON},no", header=FEEDBACK)})
    found = landed(a_company(tmp_path, some_feedback()))
    rows = gifts(found, "feedback_csv_rows")
    [named] = found.ids("b")
    assert len({event for event, *_ in rows}) == 4
    assert sorted(receivers for _, _, receivers, _ in rows) == [[], [], [], [named]]
    assert sum(giver is None for _, giver, *_ in rows) == 3


def test_nobody_hears_who_gave_anonymous_feedback(tmp_path: Path) -> None:
    lines = (*ANONYMOUS, f"4,secret,b,{NOON},perhaps")
    write_all(tmp_path, {"peers.csv": mail_of(*lines, header=FEEDBACK)})
    company = a_company(tmp_path, some_feedback())
    assert landed(company).ids("secret") == [None]
    with Vault.open(company) as vault:
        heard = {form for _, form, _ in read_identifiers(company, vault)}
    assert heard == {"b", "c"}


def test_only_the_key_tells_for_whom_anonymous_feedback_was(tmp_path: Path) -> None:
    rows = pa.table(
        {
            "own_event_hash": pa.array([None, 7, None], pa.int64()),
            "giver_identifier_id": pa.array([None, None, 3], pa.int64()),
            "receiver_identifier_ids": [[5], [5], [5]],
            "occurred_at": pa.array([NOW] * 3, pa.timestamp("us")),
            "is_anonymous": [True, True, False],
        }
    )
    company = a_company(tmp_path, some_feedback())
    ids = []
    for _ in range(2):
        # Each has a key of its own.
        with Vault.transient(company) as vault:
            ids.append(feedback_csv.SHAPE.finished(rows, vault).column("event_id").to_pylist())
    assert [one == other for one, other in zip(*ids, strict=True)] == [False, True, True]


def test_the_same_anonymous_feedback_twice_is_a_duplicate(tmp_path: Path) -> None:
    write_all(tmp_path, {"peers.csv": mail_of(*ANONYMOUS, ANONYMOUS[2], header=FEEDBACK)})
    found = landed(a_company(tmp_path, some_feedback()))
    assert found.rows("select records, loaded, duplicate from raw.files") == [(4, 3, 1)]
    write_all(tmp_path, {"peers-2.csv": mail_of(ANONYMOUS[2], header=FEEDBACK)})
    again = landed(a_company(tmp_path, some_feedback()))
    assert again.receipts["feedback_csv"].duplicate == 1
