"""Where people chat: channels of teams, departments and disciplines, direct conversations.

Events know a space by a number: a channel by its place in `channels_of`, a direct conversation by
one that its members follow from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo import names
from dagster_pipelines.demo.careers import NOBODY, Staff
from dagster_pipelines.demo.events import OUTSIDERS
from dagster_pipelines.demo.ties import disciplines_of

Numbers = NDArray[np.int64]

_DIRECT, _GROUP = 1 << 40, 1 << 52

GENERAL, ALERTS, IDEAS, PARTNERS = range(4)
_COMMON = ("general", "alerts", "ideas", "partners")


@dataclass(frozen=True)
class Spaces:
    """The spaces of a company: names of channels, and numbers for what is said where."""

    channels: tuple[str, ...]
    first_team: int
    first_department: int
    first_discipline: int
    parties: int
    teams: int

    def direct(self, one: Numbers, other: Numbers) -> Numbers:
        """Numbers of the conversations between two."""
        low, high = np.minimum(one, other), np.maximum(one, other)
        return _DIRECT + low * self.parties + high

    def group_direct(self, one: Numbers, other: Numbers, team: Numbers) -> Numbers:
        """Numbers of the conversations of two with the lead of their team."""
        low, high = np.minimum(one, other), np.maximum(one, other)
        return _GROUP + (low * self.parties + high) * self.teams + team

    def is_channel(self, space: Numbers) -> NDArray[np.bool_]:
        """Whether numbers are those of channels."""
        return (space >= 0) & (space < _DIRECT)

    def members(self, space: int, leads: list[int]) -> tuple[int, ...]:
        """Whoever is in a direct conversation, in order; `leads` are the teams'."""
        if space >= _GROUP:
            pair, team = divmod(space - _GROUP, self.teams)
            return tuple(sorted((*divmod(pair, self.parties), leads[team])))
        return divmod(space - _DIRECT, self.parties)


def spaces_of(staff: Staff) -> Spaces:
    """The spaces of a company."""
    teams = [f"team-{_slug(team.name)}" for team in staff.teams]
    departments = [f"dept-{_slug(name)}" for name in staff.departments]
    disciplines = [f"guild-{_slug(name)}" for name in disciplines_of(staff)]
    return Spaces(
        channels=(*_COMMON, *teams, *departments, *disciplines),
        first_team=len(_COMMON),
        first_department=len(_COMMON) + len(teams),
        first_discipline=len(_COMMON) + len(teams) + len(departments),
        parties=len(staff.people) + len(OUTSIDERS),
        teams=len(staff.teams),
    )


def shared_channels(spaces: Spaces, staff: Staff, a: Numbers, b: Numbers, week: Numbers) -> Numbers:
    """The channel in which two people would talk: the narrowest that they share."""
    places = {name: place for place, name in enumerate(disciplines_of(staff))}
    discipline = np.array([places[person.discipline] for person in staff.people])
    department = staff.departments_of_people()
    shared = np.full(len(a), GENERAL, np.int64)
    same = discipline[a] == discipline[b]
    shared[same] = spaces.first_discipline + discipline[a[same]]
    same = (department[a, week] == department[b, week]) & (department[a, week] != NOBODY)
    shared[same] = spaces.first_department + department[a[same], week[same]]
    same = staff.team[a, week] == staff.team[b, week]
    shared[same] = spaces.first_team + staff.team[a[same], week[same]]
    return shared


def _slug(name: str) -> str:
    return names.plain(name).replace(".", "-")
