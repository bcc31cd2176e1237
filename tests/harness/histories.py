"""Random histories: how the records of a company come in, run by run.

A history begins with a part of the records and brings the rest late, in any order, some of them
again and some corrected; rosters and lists of sessions are replaced and change what was long ago;
identifiers are joined and split; messages come before the parents of their threads, and answers
before their questions; builds die.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.harness.company import Company, RosterRecord, number_of
from tests.harness.raw import RawTables, ids_of, raw_tables
from tests.harness.stackexchange import SITE, posts

CHAT = "talk"
SPACES = ("open", "closed", "two")
MOST_MESSAGES = 14

ACCUMULATING = ("interaction_csv_rows", "recognition_csv_rows", "feedback_csv_rows")
"""Tables to which every run adds what its files bring."""


@dataclass(frozen=True)
class Run:
    """What schema `raw` holds at a run, and after how many models its build dies, if it does."""

    raw: RawTables
    dies_after: int | None = None


def a_history(company: Company, seed: int, models: int) -> list[Run]:
    """Draw the runs by which a company comes in.

    Parameters
    ----------
    company
        What has come in at the end, but for corrections.
    seed
        The same seed draws the same history.
    models
        How many models a build has.
    """
    chance = Random(seed)
    runs = chance.choice((2, 2, 3, 4))
    company = replace(company, interactions=with_corrections(company, chance))
    ids = ids_of(company) | {name: 1 + number_of(name, bits=52) for name in SPACES}
    whole = raw_tables(company, ids)
    files = {id(row): chance.randrange(runs) for table in ACCUMULATING for row in whole[table]}
    chat = list(messages(company, ids, runs, chance))
    asked = list(posts(company, ids, runs, chance))
    rooms = [a_conversation(company, ids, run, chance) for run in range(runs) for _ in range(2)]
    history = []
    diary: list[dict[str, Any]] = []
    for run in range(runs):
        now = raw_tables(as_known(company, chance, run == runs - 1), ids)
        loaded = {
            table: [
                # Later files have higher numbers; a file is what a run brings.
                {**row, "file_id": 10 + files[id(row)]}
                for row in whole[table]
                if files[id(row)] <= run
            ]
            for table in ACCUMULATING
        }
        diary = as_listed(whole["sessions_csv_rows"], diary, 10 + run, chance)
        raw = {
            **now,
            "sources": [*now["sources"], a_source(CHAT, "slack"), a_source(SITE, "stackexchange")],
            **loaded,
            "sessions_csv_rows": diary,
            "slack_messages": [row for row in chat if row["file_id"] <= 10 + run],
            "slack_conversations": [row for row in rooms if row["file_id"] <= 10 + run],
            "stackexchange_posts": [row for row in asked if row["file_id"] <= 10 + run],
            "files": [a_file(10 + number) for number in range(run + 1)],
        }
        dies = run < runs - 1 and chance.random() < 0.15
        history.append(Run(raw, chance.randrange(models) if dies else None))
    return history


def as_listed(
    rows: Sequence[Mapping[str, Any]],
    before: list[dict[str, Any]],
    file: int,
    chance: Random,
) -> list[dict[str, Any]]:
    """The sessions as a run's list has them: some not yet or no more, some told differently.

    A list that did not change stays loaded; one that did is loaded anew, as another file.
    """
    if chance.random() < 0.3:
        return before
    return [
        {
            **row,
            "file_id": file,
            "is_present": chance.choice((None, None, None, True, False)),
            "programme_id": chance.choice((None, 1, 1, 2)),
            "minutes": chance.choice((row["minutes"], row["minutes"], 25.0)),
        }
        for row in rows
        if chance.random() < 0.8
    ]


def with_corrections(company: Company, chance: Random) -> tuple:
    """The records, some of them twice: with another length, or another time up to two days off."""
    records = []
    for record in company.interactions:
        records.append(record)
        if chance.random() < 0.1:
            hours = chance.choice((0, 0, 1, -1, 24, -30, 48))
            records.append(
                replace(
                    record,
                    minutes=chance.choice((record.minutes, 30.0, 300.0)),
                    occurred_at=record.occurred_at + timedelta(hours=hours),
                )
            )
    return tuple(records)


def as_known(company: Company, chance: Random, is_last: bool) -> Company:
    """The company as a run knows it: with another roster, other aliases, rarely other rules."""
    if is_last and chance.random() < 0.5:
        return company
    roster = company.roster
    if chance.random() < 0.5:
        roster = tuple(
            changed(row, company, chance) for row in company.roster if chance.random() > 0.1
        )
    aliases = {alias: person for alias, person in company.aliases.items() if chance.random() < 0.7}
    parties = {
        **company.parties,
        **{
            alias: chance.choice(("external", "internal_unknown"))
            for alias in company.aliases.keys() - aliases.keys()
        },
    }
    parameters = company.parameters
    if chance.random() < 0.05:
        parameters = replace(parameters, tie_min_interactions=parameters.tie_min_interactions + 1)
    return replace(company, roster=roster, aliases=aliases, parties=parties, parameters=parameters)


def changed(row: RosterRecord, company: Company, chance: Random) -> RosterRecord:
    """A row of a roster, at times another one: a unit, a level, a manager or a bound."""
    if chance.random() < 0.7:
        return row
    other = chance.choice(company.roster)
    kind = chance.choice(("team", "department", "job_level", "manager", "bounds"))
    if kind == "bounds":
        return replace(
            row,
            hired_on=other.hired_on,
            left_on=other.left_on,
            is_dated=other.is_dated,
            valid_from=other.valid_from,
            valid_to=other.valid_to,
            snapshot_on=other.snapshot_on,
            source=other.source,
        )
    return replace(row, **{kind: getattr(other, kind)})


def messages(
    company: Company, ids: Mapping[str, int], runs: int, chance: Random
) -> Iterator[dict[str, Any]]:
    """Rows of `raw.slack_messages`: threads whose parents come late, versions, reactions."""
    who = [ids[name] for name in company.identifiers]
    first = min((record.occurred_at for record in company.interactions), default=None)
    if first is None:
        return
    count = chance.randrange(MOST_MESSAGES)
    events = [number_of(f"message {number}", bits=52) for number in range(count)]
    for event in events:
        thread = chance.choice((event, event, *events))
        occurred_at = first + timedelta(hours=chance.randrange(24 * 40))
        space = ids[chance.choice(SPACES)]
        author = chance.choice(who)
        for version in range(chance.choice((1, 1, 1, 2))):
            file = 10 + chance.randrange(runs)
            yield {
                "record_id": event,
                "version_key": version,
                "content_hash": number_of(f"{event} {version} {file}", bits=52),
                "file_id": file,
                "member_number": 1,
                "position": 1,
                "source_name": CHAT,
                "event_id": event,
                "thread_id": thread,
                "space_identifier_id": space,
                "author_identifier_id": author,
                "is_author_foreign": False,
                "mentioned_identifier_ids": chance.sample(who, min(len(who), chance.randrange(3))),
                "reacting_identifier_ids": chance.sample(who, min(len(who), chance.randrange(3))),
                "has_unknown_group": chance.random() < 0.1,
                "is_question": chance.random() < 0.3,
                "text_length": 7,
                "occurred_at": plain(occurred_at),
            }


def a_conversation(
    company: Company, ids: Mapping[str, int], run: int, chance: Random
) -> dict[str, Any]:
    """A row of `raw.slack_conversations`, as the export of a run lists it."""
    who = [ids[name] for name in company.identifiers]
    space = chance.choice(SPACES)
    kind = {"open": "public_channel", "closed": "private_channel", "two": "direct"}[space]
    return {
        "record_id": ids[space],
        "version_key": run,
        "content_hash": chance.getrandbits(52),
        "file_id": 10 + run,
        "member_number": 1,
        "position": 1,
        "source_name": CHAT,
        "space_identifier_id": ids[space],
        "kind": kind,
        "label": space if kind == "public_channel" else None,
        "member_identifier_ids": chance.sample(who, min(len(who), chance.randrange(1, 4))),
    }


def a_source(name: str, format_: str) -> dict[str, Any]:
    """A row of `raw.sources`."""
    return {"source_name": name, "format": format_, "derives_units": False}


def a_file(number: int) -> dict[str, Any]:
    """A row of `raw.files`: the file of events that a run brings."""
    loaded_at = plain(datetime(2026, 1, 1, tzinfo=UTC))
    return {
        "file_id": number,
        "run_id": f"run {number}",
        "source_name": "mail",
        "format": "interaction_csv",
        "sha256": str(number),
        "reading_fingerprint": "made up",
        "path_fingerprint": str(number),
        "exported_at": loaded_at,
        "loaded_at": loaded_at,
        "bytes": 1,
        "records": 1,
        "loaded": 1,
        "duplicate": 0,
        "quarantined": 0,
        "excluded": {},
    }


def plain(moment: datetime) -> datetime:
    """A time in UTC that does not say so, as `raw` has them."""
    return moment.astimezone(UTC).replace(tzinfo=None)
