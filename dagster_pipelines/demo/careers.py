"""What happens to people while the exports last: hires, leavers, moves, the re-organisation.

Everything happens on Mondays, so that a week is one state of the company, and a weekly extract of
the roster says all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.organisation import Organisation, Person, Team
from dagster_pipelines.demo.planted import Plan, Planted
from dagster_pipelines.demo.scale import FIRST_MONDAY, Scale

Integers = NDArray[np.int32]
NOBODY = -1


@dataclass(frozen=True)
class Staff:
    """The people of the company, week by week. Arrays of weeks have a column for each of `weeks`.

    Parameters
    ----------
    people, teams, departments, heads
        As in `Organisation`, with the days on which people were hired and left.
    team
        (people, weeks): the team of a person, NOBODY while not employed.
    department
        (teams, weeks): the department of a team.
    """

    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    departments: tuple[str, ...]
    heads: tuple[int, ...]
    team: Integers
    department: Integers

    @property
    def weeks(self) -> int:
        """How many weeks the exports cover."""
        return self.team.shape[1]

    @property
    def employed(self) -> NDArray[np.bool_]:
        """(people, weeks): whether a person works here."""
        return self.team != NOBODY

    def departments_of_people(self) -> Integers:
        """(people, weeks): the department of a person, NOBODY while not employed."""
        found = self.department[self.team, np.arange(self.weeks)]
        return np.where(self.employed, found, NOBODY).astype(np.int32)

    def manager(self, person: int, week: int) -> int:
        """The number of a person's manager in a week, NOBODY for the head of the company."""
        team = int(self.team[person, week])
        head = self.heads[int(self.department[team, week])]
        if person == 0:
            return NOBODY
        if person == head or team == 0:
            return 0
        lead = self.teams[team].lead
        return head if person == lead else lead

    def first_and_last(self) -> tuple[Integers, Integers]:
        """The first week in which each person works here, and the one after the last."""
        employed = self.employed
        first = employed.argmax(axis=1)
        return first.astype(np.int32), (first + employed.sum(axis=1)).astype(np.int32)


def let_time_pass(scale: Scale, plan: Plan, organisation: Organisation, planted: Planted) -> Staff:
    """Let people be hired, leave and change teams, and one team its department."""
    chance = scale.stream("careers")
    people = list(organisation.people)
    team = np.zeros((scale.people, scale.weeks), np.int32)
    for number, one in enumerate(organisation.teams):
        team[list(one.people)] = number
    hired, left, moved = _drawn(scale, plan, organisation, planted, chance)
    _move(team, moved, organisation, planted, chance)
    for person in hired:
        week = int(chance.integers(scale.weeks))
        team[person, :week] = NOBODY
        people[person] = replace(people[person], hired_on=scale.monday(week))
    leaving = {person: int(chance.integers(1, scale.weeks + 1)) for person in left}
    if planted.broker is not None:
        leaving[planted.broker] = planted.broker_leaves
    for person, week in leaving.items():
        team[person, week:] = NOBODY
        people[person] = replace(people[person], left_on=scale.monday(week))
    _settle_the_fading(people, organisation, planted)
    department = np.array([one.department for one in organisation.teams], np.int32)
    by_week = np.repeat(department[:, None], scale.weeks, axis=1)
    if planted.reorganised is not None:
        reorganised, target = planted.reorganised
        by_week[reorganised, planted.reorganised_in :] = target
    return Staff(
        tuple(people),
        organisation.teams,
        organisation.departments,
        organisation.heads,
        team,
        by_week,
    )


def _drawn(
    scale: Scale,
    plan: Plan,
    organisation: Organisation,
    planted: Planted,
    chance: np.random.Generator,
) -> list[list[int]]:
    """Draw who is hired, who leaves, who moves: ordinary people, each in one of the three."""
    settled = organisation.leads | {planted.dominant}
    ordinary = [
        person
        for number, one in enumerate(organisation.teams)
        if number not in planted.teams
        for person in one.people
        if person not in settled
    ]
    drawn = iter(chance.permutation(ordinary).tolist())
    counts = [round(share * scale.people) for share in (plan.hired, plan.left, plan.moved)]
    return [list(islice(drawn, count)) for count in counts]


def _move(
    team: Integers,
    moved: list[int],
    organisation: Organisation,
    planted: Planted,
    chance: np.random.Generator,
) -> None:
    """Let people come to another team at some Monday, the first one included."""
    open_to = set(range(1, len(organisation.teams))) - planted.teams
    for person in moved:
        targets = sorted(open_to - {int(team[person, 0])})
        week = int(chance.integers(team.shape[1]))
        if targets:
            team[person, week:] = int(chance.choice(targets))


def _settle_the_fading(people: list[Person], organisation: Organisation, planted: Planted) -> None:
    """Let everybody in the team that fades work remotely."""
    if planted.fading is not None:
        for person in organisation.teams[planted.fading].people:
            people[person] = replace(people[person], work_mode="remote")


def tenure_weeks(staff: Staff) -> Integers:
    """(people, weeks): whole weeks from the day of hire to the Sunday of the week."""
    first = np.array([(FIRST_MONDAY - person.hired_on).days for person in staff.people])
    sundays = 6 + 7 * np.arange(staff.weeks)
    return ((first[:, None] + sundays) // 7).astype(np.int32)
