"""The whole reading: from roster rows and events to the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .coverage import covered_span, weeks_of
from .events import Company, occurrences
from .giving import gifts_of
from .interactions import ledger_of, tie_row
from .model import UNITS, Event, Parameters, Reading, RosterRow
from .person_weeks import active_days, person_rows
from .ranks import Ranks
from .roster import Roster
from .segments import segment_rows
from .unit_pairs import unit_pair_rows
from .week import week_of

OPTIONAL_TEXTS = (*UNITS, "manager")


def read_company(
    roster_rows: Iterable[RosterRow],
    events: Iterable[Event],
    parties: Mapping[str, str],
    parameters: Parameters,
) -> Reading:
    """Read everything that docs/metrics.md, sections 1 to 3, 5 and 6, define.

    Args:
        roster_rows: the roster; not looked at where `parameters.has_roster` is false.
        events: the events of all sources, their parties resolved to people.
        parties: the kind of each party that is not on the roster, `internal_unknown`
            where it is left out; without a roster, those of kind `person` are the
            people.
        parameters: what `tacit.yml` may set.

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

    reading = Reading(coverage, [], [], [], [])
    for start in weeks_of(coverage):
        week = week_of(start, ledger, company, parameters)
        rows = person_rows(week, coverage, active, gifts, ranks)
        reading.person_weeks.extend(rows)
        reading.segment_weeks.extend(segment_rows(rows, week))
        reading.unit_pair_weeks.extend(unit_pair_rows(week))
        reading.ties.extend(tie_row(start, pair, week.ties[pair]) for pair in sorted(week.ties))
    return reading


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
