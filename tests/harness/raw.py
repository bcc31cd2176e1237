"""A company's records as the loader would have stored them: rows for the tables of schema `raw`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from tests.harness.company import SOURCES, Company, InteractionRecord, number_of

RawTables = Mapping[str, list[dict[str, Any]]]
"""Rows by the name of their table; what a row leaves out is NULL."""

GIFTS = {"recognition": "kudos", "feedback": "peers"}
"""Channels of gifts, and the source that exports them in a format of their own."""

OWN_SOURCES = {
    "kudos": "recognition_csv",
    "peers": "feedback_csv",
    "diary": "sessions_csv",
    "catalogue": "programmes_csv",
    "places": "enrolments_csv",
}
"""Sources beside those of the company: their formats."""

LOADED_AT = datetime(2026, 1, 1)  # noqa: DTZ001 (times in raw are UTC and have no zone)


def ids_of(company: Company, key: str = "") -> dict[str, int]:
    """The ids of the identifiers, as the vault gives them: random, others under another key."""
    return {name: 1 + number_of(f"{key}|{name}", bits=52) for name in company.identifiers}


def raw_tables(company: Company, ids: Mapping[str, int]) -> RawTables:
    """The rows of all tables, with these ids of the identifiers."""
    return {
        "parameters": [raw_parameters(company)],
        "sources": raw_sources(company),
        "identity_map": raw_identities(company, ids),
        "roster_csv_rows": raw_roster(company, ids),
        "interaction_csv_rows": raw_interactions(company, ids),
        "recognition_csv_rows": raw_gifts(company, ids, "recognition"),
        "feedback_csv_rows": raw_gifts(company, ids, "feedback"),
        "sessions_csv_rows": raw_sessions(company, ids),
        "programmes_csv_rows": raw_programmes(company),
        "enrolments_csv_rows": raw_enrolments(company, ids),
    }


def raw_parameters(company: Company) -> dict[str, Any]:
    """The one row of `raw.parameters`."""
    parameters = company.parameters
    coverage_from, coverage_to = parameters.coverage or (None, None)
    row = {
        "organisation_name": "Made up",
        "timezone": parameters.timezone,
        "has_declared_domains": parameters.has_domains,
        "has_roster": parameters.has_roster,
        "interaction_profile": parameters.interaction_profile,
        "tie_window_weeks": parameters.tie_window_weeks,
        "tie_min_interactions": parameters.tie_min_interactions,
        "tie_requires_reciprocity": parameters.tie_requires_reciprocity,
        "rank_bases": list(parameters.rank_bases),
        "coverage_from": coverage_from,
        "coverage_to": coverage_to,
        "min_group_size": parameters.min_group_size,
    }
    # As the settings' own: whatever changes numbers changes it.
    return {**row, "fingerprint": repr(row), "run_id": "made up", "read_at": LOADED_AT}


def raw_sources(company: Company) -> list[dict[str, Any]]:
    """The rows of `raw.sources`."""
    return [
        {
            "source_name": name,
            "format": "roster_csv" if name.startswith("hr") else "interaction_csv",
            "derives_units": company.derives_units and name.startswith("hr"),
        }
        for name in SOURCES
    ] + [
        {"source_name": name, "format": format_, "derives_units": False}
        for name, format_ in OWN_SOURCES.items()
    ]


def raw_identities(company: Company, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rows of `raw.identity_map`."""
    return [
        {
            "identifier_id": ids[name],
            "person_id": ids[company.party(name)],
            "party_kind": company.kind(name),
            "basis": "made up",
            "changed_at": LOADED_AT,
        }
        for name in company.identifiers
    ]


def raw_roster(company: Company, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rows of `raw.roster_csv_rows`."""
    rows = []
    for line, record in enumerate(company.roster, start=2):
        facts = asdict(record)
        person, manager, source = (facts.pop(name) for name in ("person", "manager", "source"))
        rows.append(
            {
                **facts,
                "record_id": number_of(f"{person}|{record.valid_from}", bits=52),
                "version_key": 0,
                "content_hash": record.content_hash,
                "file_id": number_of(source, bits=8),
                "line_number": line,
                "source_name": source,
                "person_identifier_id": ids[person],
                "alternate_identifier_ids": [],
                "manager_identifier_id": None if manager is None else ids[manager],
            }
        )
    return rows


def raw_interactions(company: Company, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rows of `raw.interaction_csv_rows`."""
    return [
        {
            "record_id": number_of(f"{record.event}|{record.target}", bits=52),
            "version_key": 0,
            "content_hash": number_of(repr(record), bits=52),
            "file_id": number_of(record.file, bits=8),
            "line_number": line,
            "source_name": record.file,
            "event_id": number_of(record.event, bits=52),
            "channel": record.channel,
            "source_identifier_id": ids[record.source],
            "target_identifier_id": None if record.target is None else ids[record.target],
            "occurred_at": record.occurred_at.astimezone(UTC).replace(tzinfo=None),
            "minutes": record.minutes,
            "is_mutual": record.is_mutual,
            "copies": 1,
        }
        for line, record in enumerate(company.interactions, start=2)
        if not comes_in_its_own_format(record)
    ]


def comes_in_its_own_format(record: InteractionRecord) -> bool:
    """Whether a record stands in a file of gifts or a list of sessions: every other event does.

    A gift has a receiver and takes no time.
    """
    is_gift = record.channel in GIFTS and record.target is not None and record.minutes is None
    return record.is_listed_session or (is_gift and number_of(record.event, bits=1) == 1)


def raw_gifts(company: Company, ids: Mapping[str, int], channel: str) -> list[dict[str, Any]]:
    """The rows of `raw.recognition_csv_rows`, or of `raw.feedback_csv_rows`."""
    return [
        {
            "record_id": number_of(f"{record.event}|{record.target}", bits=52),
            "version_key": 0,
            "content_hash": number_of(repr(record), bits=52),
            "file_id": number_of(GIFTS[channel], bits=8),
            "line_number": line,
            "source_name": GIFTS[channel] if record.file in SOURCES else record.file,
            "event_id": number_of(record.event, bits=52),
            "giver_identifier_id": ids[record.source],
            "receiver_identifier_ids": [ids[record.target]],
            "occurred_at": record.occurred_at.astimezone(UTC).replace(tzinfo=None),
        }
        for line, record in enumerate(company.interactions, start=2)
        if record.channel == channel and comes_in_its_own_format(record)
    ]


def raw_sessions(company: Company, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rows of `raw.sessions_csv_rows`: the source led, the targets were there."""
    rows = []
    for line, record in enumerate(company.interactions, start=2):
        if not record.is_listed_session:
            continue
        for person, is_leading in ((record.source, True), (record.target, False)):
            if person is not None:
                said = f"{person} {is_leading} {record!r}"
                rows.append(
                    {
                        "record_id": number_of(f"{record.event}|{person}", bits=52),
                        "version_key": 0,
                        "content_hash": number_of(said, bits=52),
                        "file_id": number_of("diary", bits=8),
                        "line_number": line,
                        "source_name": "diary" if record.file in SOURCES else record.file,
                        "event_id": number_of(record.event, bits=52),
                        "programme_id": programme_id(record.programme),
                        "kind": record.channel,
                        "channel": record.channel,
                        "person_identifier_id": ids[person],
                        "is_leading": is_leading,
                        "occurred_at": record.occurred_at.astimezone(UTC).replace(tzinfo=None),
                        "minutes": record.minutes,
                    }
                )
    return rows


def programme_id(programme: str | None) -> int | None:
    """The id of a programme."""
    return None if programme is None else number_of(programme, bits=52)


def raw_programmes(company: Company) -> list[dict[str, Any]]:
    """The rows of `raw.programmes_csv_rows`."""
    return [
        {
            "record_id": programme_id(programme.programme_id),
            "version_key": 0,
            "content_hash": number_of(repr(programme), bits=52),
            "file_id": number_of("catalogue", bits=8),
            "line_number": line,
            "source_name": "catalogue",
            "programme_id": programme_id(programme.programme_id),
            "programme_type": programme.type,
            "label": programme.programme_id,
            "starts_on": programme.starts_on,
            "ends_on": programme.ends_on,
        }
        for line, programme in enumerate(company.programmes, start=2)
    ]


def raw_enrolments(company: Company, ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rows of `raw.enrolments_csv_rows`."""
    return [
        {
            "record_id": number_of(repr(record), bits=52),
            "version_key": 0,
            "content_hash": number_of(repr(record), bits=52),
            "file_id": number_of("places", bits=8),
            "line_number": line,
            "source_name": "places",
            "programme_id": programme_id(record.programme),
            "person_identifier_id": ids[record.person],
            "role": record.role,
            "partner_identifier_id": None if record.partner is None else ids[record.partner],
            "starts_on": record.starts_on,
            "ends_on": record.ends_on,
            "planned_sessions": record.planned_sessions,
        }
        for line, record in enumerate(company.enrolments, start=2)
    ]


def exported_again(company: Company, seed: int) -> Company:
    """The same company, its records repeated, split over files and in another order.

    Roster rows stay in their source: a snapshot holds until the next one of its source.
    """
    chance = Random(seed)
    records = [
        replace(record, file=chance.choice(["mail", "chat"])) if record.file in SOURCES else record
        for record in company.interactions
        for _ in range(chance.choice([1, 1, 2, 3]))
    ]
    rows = [row for row in company.roster for _ in range(chance.choice([1, 1, 2]))]
    chance.shuffle(records)
    chance.shuffle(rows)
    return replace(company, roster=tuple(rows), interactions=tuple(records))
