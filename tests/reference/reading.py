"""The whole reading: from roster rows and events to the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .coverage import covered_span, weeks_of
from .effects.rows import effect_rows
from .engagement import engagement_rows
from .events import Company, occurrences
from .giving import gifts_of
from .history import History
from .interactions import ledger_of, tie_row
from .model import UNITS, Event, Parameters, ProgrammeRecords, Reading, RosterRow, Space
from .newcomers import newcomer_rows, newcomer_week_rows
from .participation import participation_rows
from .person_weeks import active_days, person_rows
from .programmes import check_programmes, reach_rows
from .ranks import Ranks
from .roster import Roster
from .segments import segment_rows
from .structure import structure_rows
from .unit_pairs import unit_pair_rows
from .week import week_of

OPTIONAL_TEXTS = (*UNITS, "manager")


def read_company(
    roster_rows: Iterable[RosterRow],
    events: Iterable[Event],
    parties: Mapping[str, str],
    parameters: Parameters,
    spaces: Iterable[Space] = (),
    programmes: ProgrammeRecords | None = None,
) -> Reading:
    """Read everything that docs/metrics.md, sections 1 to 9, define.

    Args:
        roster_rows: the roster; not looked at where `parameters.has_roster` is false.
        events: the events of all sources, their parties resolved to people.
        parties: the kind of each party that is not on the roster, `internal_unknown`
            where it is left out; without a roster, those of kind `person` are the
            people.
        parameters: what `tacit.yml` may set.
        spaces: all spaces that events name.
        programmes: programmes, who is enrolled in them, and their sessions. Those that were held
            are among the events as well.

    Raises
    ------
        ReadingError: the input has no reading, such as an empty coverage.

    """
    company = Company(Roster(people(roster_rows, parties, parameters)), parties)
    found = occurrences(events, company, parameters)
    coverage = covered_span(found, company, parameters.coverage)
    # "events outside it count in no number".
    covered = [one for one in found if coverage[0] <= one.on <= coverage[1]]

    ledger = ledger_of(covered, company)
    gifts = gifts_of(covered, company)
    active = active_days(covered, ledger, company)
    ranks = Ranks(company.roster, parameters.rank_bases)

    weeks = {start: week_of(start, ledger, company, parameters) for start in weeks_of(coverage)}
    rows = {
        start: person_rows(week, coverage, active, gifts, ranks) for start, week in weeks.items()
    }
    history = History(
        coverage=coverage,
        company=company,
        parameters=parameters,
        occurrences=covered,
        ledger=ledger,
        weeks=weeks,
        rows={start: {row["person_id"]: row for row in those} for start, those in rows.items()},
    )
    records = programmes or ProgrammeRecords()
    check_programmes(records)
    person_structure, org_structure = structure_rows(history)
    return Reading(
        coverage=coverage,
        person_weeks=[row for those in rows.values() for row in those],
        segment_weeks=[
            row for start, those in rows.items() for row in segment_rows(those, weeks[start])
        ],
        unit_pair_weeks=[row for week in weeks.values() for row in unit_pair_rows(week)],
        ties=[
            tie_row(start, pair, week.ties[pair])
            for start, week in weeks.items()
            for pair in sorted(week.ties)
        ],
        person_structure=person_structure,
        org_structure=org_structure,
        participation=participation_rows(history, spaces),
        newcomer_weeks=newcomer_week_rows(history),
        newcomers=newcomer_rows(history),
        programme_reach=reach_rows(history, records),
        programme_engagement=engagement_rows(history, records),
        programme_effects=effect_rows(history, records),
    )


def people(
    roster_rows: Iterable[RosterRow],
    parties: Mapping[str, str],
    parameters: Parameters,
) -> list[RosterRow]:
    """The roster, its empty texts unknown; or one made of the parties that are people.

    Section 1: "No roster at all […]: the people are the identities that the exports
    name […] valid for the whole coverage, all units and ranks unknown."
    """
    if not parameters.has_roster:
        return [RosterRow(party) for party, kind in parties.items() if kind == "person"]
    return [
        replace(row, **{name: getattr(row, name) or None for name in OPTIONAL_TEXTS})
        for row in roster_rows
    ]
