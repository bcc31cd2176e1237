"""The made-up company itself: who works there, where, for whom, and since when.

A top of two, departments of unequal size, teams of five to nine, six levels. Some people are hired
during the weeks that the exports cover, some leave, some change teams.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, pairwise

from dagster_pipelines.demo import names

FIRST_MONDAY = date(2025, 9, 1)
"""The first day of the exports. Daylight saving time ends eight weeks later."""

SMALLEST, LARGEST = 20, 20_000
TOP_UNIT = "Management"
PEOPLE_A_DEPARTMENT = 15
PEOPLE_A_TEAM = 7
HIRED_SHARE = 0.08
LEFT_SHARE = 0.05
MOVED_SHARE = 0.04
ALIAS_SHARE = 0.10


@dataclass(frozen=True)
class Scale:
    """How large a company to make, for how many weeks, from which seed."""

    people: int = 60
    weeks: int = 12
    seed: int = 1

    def stream(self, purpose: str) -> random.Random:
        """Return the random stream of one part: independent of the others, equal every time."""
        return random.Random(f"{self.seed}/{purpose}")

    @property
    def end(self) -> date:
        """The day after the last one that the exports cover."""
        return FIRST_MONDAY + timedelta(weeks=self.weeks)


@dataclass(eq=False)
class Team:
    """A team: its department, its lead, and who is in it at first."""

    name: str
    department: str
    people: list[Person] = field(default_factory=list)

    @property
    def lead(self) -> Person:
        """The team's lead: the first of its people."""
        return self.people[0]


@dataclass(eq=False)
class Stay:
    """A person's time in one team under one manager; an open end is None."""

    team: Team
    manager: Person | None
    since: date | None = None
    until: date | None = None


@dataclass(eq=False)
class Person:
    """Somebody on the roster."""

    number: int
    name: str
    address: str
    discipline: str
    location: str
    work_mode: str
    level: int
    hired_on: date
    left_on: date | None = None
    alias: str | None = None
    stays: list[Stay] = field(default_factory=list)

    @property
    def staff_number(self) -> str:
        """The person's key on the roster."""
        return f"E{self.number:05d}"

    def works_on(self, day: date) -> bool:
        """Whether the person is employed on a day."""
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)

    def stay_on(self, day: date) -> Stay:
        """The stay that holds on a day."""
        return next(
            (stay for stay in self.stays if stay.until is None or day < stay.until), self.stays[-1]
        )


@dataclass(eq=False)
class Company:
    """The people of the company and its teams."""

    scale: Scale
    people: list[Person]
    teams: list[Team]


def found(scale: Scale) -> Company:
    """Make a company.

    Raises
    ------
    ValueError
        It would be too small to have units, or too large for plain Python.
    """
    if not SMALLEST <= scale.people <= LARGEST:
        raise ValueError(f"people is to be from {SMALLEST} to {LARGEST}")
    if not 1 <= scale.weeks <= 52:
        raise ValueError("weeks is to be from 1 to 52")
    chance = scale.stream("company")
    crowd = _crowd(scale, chance)
    top = Team(TOP_UNIT, TOP_UNIT, crowd[:2])
    _place(top.people[0], top, None, level=6)
    _place(top.people[1], top, top.people[0], level=3)
    teams = [top]
    colours = (
        colour if turn == 0 else f"{colour} {turn + 1}"
        for turn in count()
        for colour in names.TEAM_COLOURS
    )
    for department, people in _departments(crowd[2:], chance):
        head = people[0]
        for turn, members in enumerate(_teams(people)):
            team = Team(next(colours), department, members)
            teams.append(team)
            for person in members:
                person.discipline = chance.choice(names.DEPARTMENTS[department])
                is_lead = person is team.lead
                manager = head if is_lead else team.lead
                level = (
                    (5 if turn == 0 else 4) if is_lead else chance.choices((1, 2, 3), (3, 5, 3))[0]
                )
                _place(person, team, top.lead if person is head else manager, level)
    company = Company(scale, crowd, teams)
    _let_time_pass(company, chance)
    return company


def _crowd(scale: Scale, chance: random.Random) -> list[Person]:
    """People with names, addresses and a day of hire, in no unit yet."""
    crowd: list[Person] = []
    taken: set[str] = set()
    for number in range(1, scale.people + 1):
        first = chance.choice(names.FIRST_NAMES)
        last = chance.choice(names.NAME_BEGINNINGS) + chance.choice(names.NAME_ENDS)
        name = f"{first} {last}"
        local = names.plain(name)
        if local in taken:
            local = f"{local}{number}"
        taken.add(local)
        crowd.append(
            Person(
                number=number,
                name=name,
                address=f"{local}@example.org",
                discipline="Management",
                location=chance.choices(names.LOCATIONS, (5, 3, 2))[0],
                work_mode=chance.choices(names.WORK_MODES, (3, 5, 2))[0],
                level=1,
                hired_on=FIRST_MONDAY - timedelta(days=chance.randint(30, 3000)),
                alias=f"{names.plain(last)}{number}@example.org"
                if chance.random() < ALIAS_SHARE
                else None,
            )
        )
    return crowd


def _departments(people: list[Person], chance: random.Random) -> list[tuple[str, list[Person]]]:
    """Part people into departments of unequal size, each with six people or more."""
    wanted = round(len(people) / PEOPLE_A_DEPARTMENT)
    opened = list(names.DEPARTMENTS)[: max(2, min(wanted, len(names.DEPARTMENTS)))]
    weights = [chance.uniform(0.7, 1.6) for _ in opened]
    spare = len(people) - 6 * len(opened)
    parted, first = [], 0
    for turn, department in enumerate(opened):
        size = 6 + int(spare * weights[turn] / sum(weights))
        last = len(people) if turn == len(opened) - 1 else first + size
        parted.append((department, people[first:last]))
        first = last
    return parted


def _teams(people: list[Person]) -> list[list[Person]]:
    """Part a department into teams of nearly equal size; the first person of each leads it."""
    wanted = max(1, round(len(people) / PEOPLE_A_TEAM))
    bounds = [round(turn * len(people) / wanted) for turn in range(wanted + 1)]
    return [people[first:last] for first, last in pairwise(bounds)]


def _place(person: Person, team: Team, manager: Person | None, level: int) -> None:
    person.level = level
    person.stays = [Stay(team, manager)]


def _let_time_pass(company: Company, chance: random.Random) -> None:
    """Let some people be hired, leave and change teams in the weeks of the exports."""
    scale = company.scale
    members = [
        person for team in company.teams[1:] for person in team.people if person is not team.lead
    ]
    chance.shuffle(members)
    hired, left, moved = (
        max(1, round(share * scale.people)) for share in (HIRED_SHARE, LEFT_SHARE, MOVED_SHARE)
    )
    for person in members[:hired]:
        person.hired_on = FIRST_MONDAY + timedelta(weeks=chance.randrange(scale.weeks))
    for person in members[hired : hired + left]:
        days = chance.randint(1, 7 * scale.weeks)
        person.left_on = FIRST_MONDAY + timedelta(days=days)
    for person in members[hired + left : hired + left + moved]:
        stay = person.stays[0]
        team = chance.choice([team for team in company.teams[1:] if team is not stay.team])
        stay.until = FIRST_MONDAY + timedelta(weeks=chance.randint(0, scale.weeks - 1), days=2)
        person.stays.append(Stay(team, team.lead, since=stay.until))
        team.people.append(person)
