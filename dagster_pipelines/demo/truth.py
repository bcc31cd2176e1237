"""The table of truth: what was planted, how large it is, and where it is to be seen.

It stands beside the exports as `truth.csv` for whoever wants to check the numbers, and is never
read by the job. Facts about single people are about invented ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.careers import Staff, tenure_weeks
from dagster_pipelines.demo.contacts import Network
from dagster_pipelines.demo.programmes import HORIZONS, Held

if TYPE_CHECKING:
    from dagster_pipelines.demo.company import Company

LATER = "later"
"""Said of a fact that no table shows."""

TENURED_WEEKS = 26
LEAST_TENURED = 5


@dataclass(frozen=True)
class Fact:
    """One thing that is true of the company by construction.

    Parameters
    ----------
    fact
        Which kind of fact: `silo`, `closing_department`, `programme_effect` …
    subject_kind, subject
        What it is about: a unit, a person (by the roster's key), a programme, a source …
    since, until
        When it holds: first day, and the first day on which it no longer does; None is open.
    measure
        What it is about the subject that is said.
    expected
        The value, or in which direction the measure goes.
    visible_in
        The table and column that shows it, or `later`.
    """

    fact: str
    subject_kind: str
    subject: str
    since: date | None
    until: date | None
    measure: str
    expected: float | str
    visible_in: str


@dataclass(frozen=True)
class Effects:
    """What a programme did, for one horizon: (people,) arrays, and who can be counted.

    `outcomes` has for each outcome what is and what would have been without the programme, at the
    horizon. With `_outside` in its name an outcome leaves out pairs of two who are both enrolled.
    """

    horizon: int
    enrolled: NDArray[np.bool_]
    measured: NDArray[np.bool_]
    outcomes: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]

    def on_the_treated(self, outcome: str) -> float:
        """The mean effect on whoever is enrolled and measured; NaN where nobody is."""
        return self._mean(outcome, self.enrolled & self.measured)

    def on_the_others(self, outcome: str) -> float:
        """The mean effect on whoever is measured and not enrolled: the spillover."""
        return self._mean(outcome, ~self.enrolled & self.measured)

    def _mean(self, outcome: str, people: NDArray[np.bool_]) -> float:
        factual, counterfactual = self.outcomes[outcome]
        return float((factual - counterfactual)[people].mean()) if people.any() else float("nan")


def effects_of(held: Held, factual: Network, counterfactual: Network, horizon: int) -> Effects:
    """Count what a programme did, everybody at a horizon after the own enrolment.

    Units are frozen on the Sunday of the week before; of whoever was not employed then, on the
    nearest day of employment, the later of two. The others are counted at the horizon of those who
    enrolled first.
    """
    staff = factual.staff
    people = len(staff.people)
    outcomes: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    enrolled, measured = np.zeros(people, bool), np.zeros(people, bool)
    enrolled[held.people] = True
    for before in sorted({enrolment.before for enrolment in held.enrolments}):
        week = before + horizon
        rows = np.array([one.person for one in held.enrolments if one.before == before])
        rows = np.union1d(rows, np.flatnonzero(~enrolled)) if before == held.begins - 1 else rows
        # A newcomer has no full window yet, and is looked at all the same.
        is_newcomer = ~staff.employed[rows, before] if before >= 0 else np.ones(len(rows), bool)
        at_both = factual.measured(before)[rows] if before >= 0 else False
        measured[rows] = factual.measured(week)[rows] & (at_both | (is_newcomer & enrolled[rows]))
        for name, values in _outcomes(staff, before, week, enrolled, factual, counterfactual):
            kept = outcomes.setdefault(name, (np.zeros(people, int), np.zeros(people, int)))
            for into, value in zip(kept, values, strict=True):
                into[rows] = value[rows]
    return Effects(horizon, enrolled, measured, outcomes)


def _outcomes(
    staff: Staff,
    before: int,
    week: int,
    enrolled: NDArray[np.bool_],
    factual: Network,
    counterfactual: Network,
) -> Iterator[tuple[str, tuple[NDArray[np.int64], NDArray[np.int64]]]]:
    team = _frozen(staff.team, max(before, 0))
    department = _frozen(staff.departments_of_people(), max(before, 0))
    both = (factual, counterfactual)
    for suffix, ignored in (("", None), ("_outside", enrolled)):
        yield (
            f"network_size{suffix}",
            tuple(one.network_size(week, ignored) for one in both),
        )
        yield (
            f"cross_team_contacts{suffix}",
            tuple(one.cross_team_contacts(week, team, ignored) for one in both),
        )
        yield (
            f"departments_reached{suffix}",
            tuple(one.departments_reached(week, department, ignored) for one in both),
        )


def _frozen(units: NDArray[np.int32], week: int) -> NDArray[np.int32]:
    """(people,): the unit in a week; of who is not there then, in the nearest, the later of two."""
    there = units >= 0
    weeks = np.arange(units.shape[1])
    distance = np.abs(weeks - week) * 2 - (weeks > week)
    nearest = np.where(there, distance, distance.max() + 1).argmin(axis=1)
    return units[np.arange(len(units)), nearest]


def weeks_to_connected(network: Network) -> dict[int, int | None]:
    """For each newcomer of the exports, the weeks until the median of the tenured is reached.

    As docs/metrics.md, section 8: the tenured are those of the department, of 26 weeks and more,
    who are measured; of all departments where these are fewer than five. None where it is not
    reached.
    """
    staff = network.staff
    first, last = staff.first_and_last()
    department = staff.departments_of_people()
    tenured = tenure_weeks(staff) >= TENURED_WEEKS
    newcomers = [person for person in range(len(staff.people)) if first[person] > 0]
    found: dict[int, int | None] = dict.fromkeys(newcomers)
    for week in range(staff.weeks):
        size = network.network_size(week)
        known = tenured[:, week] & network.measured(week)
        for person in newcomers:
            if found[person] is not None or not first[person] <= week < last[person]:
                continue
            near = known & (department[:, week] == department[person, week])
            peers = near if near.sum() >= LEAST_TENURED else known
            if peers.any() and size[person] >= np.median(size[peers]):
                found[person] = week - int(first[person])
    return found


def facts_of(company: Company) -> list[Fact]:
    """List what is true of a company by construction, exports aside."""
    return [*_changes(company), *_units(company), *_people(company), *_programmes(company)]


def _changes(company: Company) -> Iterator[Fact]:
    """Yield how many people came, went and moved."""
    staff, planted, scale = company.staff, company.planted, company.scale
    first, last = staff.first_and_last()
    changed = (staff.team[:, 1:] != staff.team[:, :-1]) & staff.employed[:, 1:]
    moved = (changed & staff.employed[:, :-1]).any(axis=1)
    span = (scale.monday(0), scale.end)
    company_of = ("company", "all", *span)
    people = "marts.dim_people"
    yield Fact("people", *company_of, "people", len(staff.people), f"{people}.person_id")
    yield Fact("hires", *company_of, "people", int((first > 0).sum()), f"{people}.hired_on")
    left = int((last < staff.weeks).sum())
    yield Fact("leavers", *company_of, "people", left, f"{people}.valid_to")
    yield Fact("moves", *company_of, "people", int(moved.sum()), f"{people}.team")
    if planted.reorganised is not None:
        team, target = planted.reorganised
        since = scale.monday(planted.reorganised_in)
        yield Fact("reorganisation", "team", staff.teams[team].name, since, None, "department",
                   staff.departments[target], f"{people}.department")  # fmt: skip


def _units(company: Company) -> Iterator[Fact]:
    """Yield what is planted in teams and departments."""
    staff, planted, scale = company.staff, company.planted, company.scale
    for department in planted.silos or ():
        name = staff.departments[department]
        yield Fact("silo", "department", name, scale.monday(0), None, "cross_department_contacts",
                   "low", "bi.segment_weeks")  # fmt: skip
    if planted.closing is not None:
        since = scale.monday(planted.closing_from)
        yield Fact("closing_department", "department", staff.departments[planted.closing], since,
                   None, "cross_department_contacts", "falls", "bi.segment_weeks")  # fmt: skip
    if planted.fading is not None:
        since = scale.monday(planted.fading_from)
        yield Fact("fading_team", "team", staff.teams[planted.fading].name, since, None,
                   "network_size", "falls", "bi.segment_weeks")  # fmt: skip
    if planted.bridged is not None:
        one, other = (staff.teams[team].name for team in planted.bridged)
        until = scale.monday(planted.broker_leaves)
        yield Fact("bridged_teams", "pair of teams", f"{one} / {other}", scale.monday(0), until,
                   "people who tie them", 1, "marts.fct_unit_pair_weeks")  # fmt: skip


def _people(company: Company) -> Iterator[Fact]:
    """Yield what is planted in single people."""
    staff, planted, scale = company.staff, company.planted, company.scale
    if planted.broker is not None:
        until = scale.monday(planted.broker_leaves)
        key = staff.people[planted.broker].staff_number
        yield Fact("broker", "person", key, scale.monday(0), until, "share of the ties between two"
                   " teams", 1.0, "marts.fct_ties")  # fmt: skip
    if planted.dominant is not None:
        key = staff.people[planted.dominant].staff_number
        yield Fact("dominant_person", "person", key, scale.monday(0), None,
                   "share of the contributions to a channel", company.dominance(),
                   "intermediate.int_activity_days")  # fmt: skip


def _programmes(company: Company) -> Iterator[Fact]:
    """Yield who is enrolled in what, and what it did to them and to the others."""
    for held in company.programmes:
        name = held.programme.name
        since = min(enrolment.begins_on for enrolment in held.enrolments)
        about = ("programme", name, since, None)
        enrolled = len(held.enrolments)
        yield Fact("programme", *about, "enrolled", enrolled, "intermediate.int_enrolments")
        yield Fact("programme", *about, "contacts added to each", held.programme.contacts, LATER)
        for horizon in HORIZONS:
            effects = company.effects(held, horizon)
            for outcome in effects.outcomes:
                measure = f"{outcome} after {horizon} weeks"
                means = {
                    "programme_effect": (effects.on_the_treated(outcome), "bi.programme_effects"),
                    "programme_spillover": (effects.on_the_others(outcome), LATER),
                }
                for fact, (mean, seen_in) in means.items():
                    if not np.isnan(mean):
                        yield Fact(fact, *about, measure, round(mean, 6), seen_in)
        if held.programme.is_for_newcomers:
            without = weeks_to_connected(company.network_without(held))
            for words, found in (("", weeks_to_connected(company.network)), (" without", without)):
                known = [found[person] for person in held.people]
                weeks = [np.inf if one is None else one for one in known]
                measure = f"median weeks_to_connected{words}"
                yield Fact("programme_ramp", *about, measure, float(np.median(weeks)), LATER)
