"""Who works in the company on its first day, where, at what, and for whom.

A top of two, departments of unequal size, teams of five to nine, six levels, four sites. What
happens to people in the weeks of the exports belongs in `careers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise

import numpy as np

from dagster_pipelines.demo import names
from dagster_pipelines.demo.scale import FIRST_MONDAY, Scale

TOP_UNIT = "Management"
PEOPLE_A_DEPARTMENT = 20
SMALLEST_DEPARTMENT = 6
PEOPLE_A_TEAM = 7.5
ALIAS_SHARE = 0.10
AT_HOME_SITE = 0.7
"""Share of a team's people who work at the site of their team."""

HEAD_LEVEL, LEAD_LEVEL = 5, 4
MEMBER_LEVELS = {1: 3 / 11, 2: 5 / 11, 3: 3 / 11}


@dataclass(frozen=True)
class Person:
    """Somebody on the roster. `alias` is a former address; `left_on` the first day after the last.

    `site` is a place among `names.SITES`.
    """

    number: int
    name: str
    address: str
    alias: str | None
    discipline: str
    site: int
    work_mode: str
    level: int
    hired_on: date
    left_on: date | None = None

    @property
    def staff_number(self) -> str:
        """The person's key on the roster."""
        return f"E{self.number + 1:05d}"


@dataclass(frozen=True)
class Team:
    """A team: its name, its department and its people on the first day; the first one leads."""

    name: str
    department: int
    people: tuple[int, ...]

    @property
    def lead(self) -> int:
        """The number of the person who leads the team."""
        return self.people[0]


@dataclass(frozen=True)
class Organisation:
    """The company on its first day, those who are hired later among its people.

    People, teams and departments are known by their places in these tuples. Person 0 heads the
    company, person 1 assists; department 0 and team 0 are theirs. `heads` are the departments'.
    """

    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    departments: tuple[str, ...]
    heads: tuple[int, ...]

    @property
    def leads(self) -> set[int]:
        """Whoever leads a team, heads of departments among them, and the assistant."""
        return {team.lead for team in self.teams} | {1}

    def members_of(self, department: int) -> list[int]:
        """The people of a department on the first day."""
        teams = [team for team in self.teams if team.department == department]
        return [person for team in teams for person in team.people]


def organise(scale: Scale) -> Organisation:
    """Make the company as it is on its first day.

    Raises
    ------
    ValueError
        It would be too small, too large, or have no weeks.
    """
    scale.check()
    chance = scale.stream("organisation")
    sizes = _department_sizes(scale.people - 2, chance)
    departments = (TOP_UNIT, *list(names.DEPARTMENTS)[: len(sizes)])
    teams = [Team(TOP_UNIT, 0, (0, 1))]
    heads, first, colours = [0], 2, _colours()
    for department, size in enumerate(sizes, start=1):
        heads.append(first)
        bounds = np.linspace(0, size, max(1, round(size / PEOPLE_A_TEAM)) + 1).round().astype(int)
        for start, stop in pairwise(bounds.tolist()):
            members = tuple(range(first + start, first + stop))
            teams.append(Team(next(colours), department, members))
        first += size
    return Organisation(
        _people(scale, teams, departments, set(heads), chance),
        tuple(teams),
        departments,
        tuple(heads),
    )


def _colours() -> Iterator[str]:
    """Yield names of teams: the colours, then each with a 2, and so on."""
    for turn in count(1):
        for colour in names.TEAM_COLOURS:
            yield colour if turn == 1 else f"{colour} {turn}"


def _department_sizes(people: int, chance: np.random.Generator) -> list[int]:
    """Part people into departments of unequal size, each with six people or more."""
    wanted = int(np.clip(round(people / PEOPLE_A_DEPARTMENT), 2, len(names.DEPARTMENTS)))
    weights = chance.uniform(0.7, 1.6, wanted)
    spare = people - SMALLEST_DEPARTMENT * wanted
    bounds = np.concatenate([[0], np.cumsum(weights) / weights.sum()]) * spare
    return (SMALLEST_DEPARTMENT + np.diff(bounds.round())).astype(int).tolist()


def _people(
    scale: Scale,
    teams: list[Team],
    departments: tuple[str, ...],
    heads: set[int],
    chance: np.random.Generator,
) -> tuple[Person, ...]:
    """Give everybody a name, an address, a discipline, a site, a work mode and a level."""
    team_of = {person: team for team in teams for person in team.people}
    shares = np.array([site.share for site in names.SITES])
    home = {team.name: int(chance.choice(len(shares), p=shares)) for team in teams}
    called = _names(scale.people, chance)
    modes, mode_shares = list(names.WORK_MODES), list(names.WORK_MODES.values())
    levels, level_shares = list(MEMBER_LEVELS), list(MEMBER_LEVELS.values())
    people = []
    for number in range(scale.people):
        team = team_of[number]
        disciplines = names.DEPARTMENTS.get(departments[team.department], (TOP_UNIT,))
        level = int(chance.choice(levels, p=level_shares))
        if number == team.lead:
            level = HEAD_LEVEL if number in heads else LEAD_LEVEL
        elsewhere = int(chance.choice(len(shares), p=shares))
        has_alias = chance.random() < ALIAS_SHARE
        name, local = called[number]
        people.append(
            Person(
                number=number,
                name=name,
                address=f"{local}@{names.DOMAIN}",
                alias=f"former{number + 1}@{names.DOMAIN}" if has_alias else None,
                discipline=disciplines[int(chance.integers(len(disciplines)))],
                site=home[team.name] if chance.random() < AT_HOME_SITE else elsewhere,
                work_mode=str(chance.choice(modes, p=mode_shares)),
                level={0: 6, 1: 3}.get(number, level),
                hired_on=FIRST_MONDAY - timedelta(days=int(chance.integers(30, 3000))),
            )
        )
    return tuple(people)


def _names(people: int, chance: np.random.Generator) -> list[tuple[str, str]]:
    """Return names and the parts of addresses before the @, each of those once."""
    parts = [names.FIRST_NAMES, names.NAME_BEGINNINGS, names.NAME_ENDS]
    drawn = np.column_stack([chance.integers(len(part), size=people) for part in parts])
    called, taken = [], set()
    for number, (first, beginning, end) in enumerate(drawn.tolist(), start=1):
        last = names.NAME_BEGINNINGS[beginning] + names.NAME_ENDS[end]
        name = f"{names.FIRST_NAMES[first]} {last}"
        local = names.plain(name)
        local = f"{local}{number}" if local in taken else local
        taken.add(local)
        called.append((name, local))
    return called
