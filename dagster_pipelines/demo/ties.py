"""Who meets whom, and how often: the generative model.

People meet around foci (Feld 1981): their team, the reporting line, their department, their
discipline, their site, and by chance. Within a focus, who is drawn depends on how sociable people
are, on likeness (homophily: discipline, level; McPherson, Smith-Lovin and Cook 2001) and on
distance (site, clocks, remote work; Allen 1977). Beyond the team, a tie begins and ends: its life
is exponential and the number of living ties stationary, so that whoever has few of them now will
by and large have more later. Newcomers come to their ties after some weeks. How often a tie is
used is log-normal, times how active the two are; activity and sociability have heavy tails.

docs/decisions/0012-the-simulated-company.md gives reasons and sources. What is planted changes
ties here: silos have few to others, a closing department loses them, the fading team uses its own
less and less, and one person alone joins two teams.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo import names
from dagster_pipelines.demo.careers import NOBODY, Staff
from dagster_pipelines.demo.planted import Planted
from dagster_pipelines.demo.scale import FIRST_MONDAY, Scale

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]


@dataclass(frozen=True)
class Focus:
    """Around what people meet.

    Parameters
    ----------
    contacts
        How many living ties a person of average sociability has here at a time, before likeness
        and distance thin them out.
    rate
        Median occasions a week of a tie.
    life
        Mean weeks that a tie lasts.
    delay
        Mean weeks until somebody new comes to a tie.
    """

    contacts: float
    rate: float
    life: float
    delay: float


TEAM = Focus(0, 0.80, np.inf, 0.8)
LINE = Focus(0, 0.50, np.inf, 0.5)
DEPARTMENT = Focus(13.0, 0.42, 40.0, 5.0)
DISCIPLINE = Focus(8.0, 0.34, 30.0, 6.0)
SITE = Focus(8.0, 0.32, 26.0, 6.0)
CHANCE = Focus(9.0, 0.30, 20.0, 8.0)

TEAM_SHARE = 0.92
"""Share of the pairs within a team that have anything to do with each other."""

OTHER_DISCIPLINE = 0.6
LEVEL_GAP = 0.75
"""How much rarer a tie is for each level between two people."""

OTHER_SITE, OTHER_CLOCK, REMOTE = 0.45, 0.75, 0.8
"""How much rarer a tie is between sites, across more than three hours, for a remote worker."""

RATE_SPREAD = 0.6
TAIL = 2.6
"""Exponent of the power laws of sociability and activity."""

SILO_SHARE = 0.05
"""Share that is left of the ties between a silo and other departments."""

CLOSING_WEEKS = 2.0
FADING_WEEKS = 4.0
FADED_RATE = 0.12
BRIDGES = 5
BRIDGE_RATE = 1.8


@dataclass(frozen=True)
class Ties:
    """Ties between persons `a` and `b`: used `rate` times a week from `begins` up to `ends`.

    From `fades` on (in weeks, infinite if never) the rate falls. Arrays of one length; a pair may
    have several ties, of different foci.
    """

    a: Integers
    b: Integers
    rate: Floats
    begins: Floats
    ends: Floats
    fades: Floats

    def rates(self, weeks: int) -> Floats:
        """(ties, weeks): how often each tie is used in each week, on average."""
        week = np.arange(weeks)
        lives = (self.begins[:, None] <= week) & (week < self.ends[:, None])
        faded = np.maximum(week - self.fades[:, None], 0.0)
        left = np.maximum(np.exp(-faded / FADING_WEEKS), FADED_RATE)
        return np.where(lives, self.rate[:, None] * left, 0.0)

    def kept(self, keep: NDArray[np.bool_]) -> Ties:
        """Return only these ties."""
        columns = (self.a, self.b, self.rate, self.begins, self.ends, self.fades)
        return Ties(*(column[keep] for column in columns))


@dataclass(frozen=True)
class _Stays:
    """People's times in one team of one department: arrays of one length; `until` is excluded."""

    person: Integers
    team: Integers
    department: Integers
    since: Integers
    until: Integers


@dataclass(frozen=True)
class _Traits:
    """What people are like, an array of all people each."""

    sociability: Floats
    activity: Floats
    discipline: Integers
    level: Integers
    site: Integers
    hours_ahead: Floats
    """How far the clocks of the person's site are ahead of UTC, on the first day."""
    is_remote: NDArray[np.bool_]

    def likeness(self, a: Integers, b: Integers) -> Floats:
        """How much likelier a tie is between people who are alike and near; at most 1."""
        same = self.discipline[a] == self.discipline[b]
        gap = np.abs(self.level[a] - self.level[b])
        return np.where(same, 1.0, OTHER_DISCIPLINE) * LEVEL_GAP**gap * self.nearness(a, b)

    def nearness(self, a: Integers, b: Integers) -> Floats:
        """How much likelier a tie is between people who are near; at most 1."""
        is_apart = self.site[a] != self.site[b]
        hours = np.abs(self.hours_ahead[a] - self.hours_ahead[b])
        remote = REMOTE ** (self.is_remote[a].astype(int) + self.is_remote[b])
        return np.where(is_apart, OTHER_SITE, 1.0) * np.where(hours > 3, OTHER_CLOCK, 1.0) * remote


def meet(scale: Scale, staff: Staff, planted: Planted) -> Ties:
    """Draw the ties of a company."""
    chance = scale.stream("ties")
    traits = _traits(staff, chance)
    stays = _stays(staff)
    drawn = [
        _team_ties(stays, traits, chance),
        _line_ties(staff, traits, chance),
        _ties_of(DEPARTMENT, stays.department, stays, traits, scale.weeks, chance),
        _ties_of(DISCIPLINE, traits.discipline[stays.person], stays, traits, scale.weeks, chance),
        _ties_of(SITE, traits.site[stays.person], stays, traits, scale.weeks, chance),
        _ties_of(CHANCE, np.zeros_like(stays.person), stays, traits, scale.weeks, chance),
    ]
    return _as_planted(_joined(drawn), staff, planted, scale.stream("planted ties"))


def _traits(staff: Staff, chance: np.random.Generator) -> _Traits:
    people = staff.people
    disciplines = {name: place for place, name in enumerate(disciplines_of(staff))}
    start = datetime.combine(FIRST_MONDAY, time(12), UTC)
    ahead = [start.astimezone(ZoneInfo(site.zone)).utcoffset() for site in names.SITES]
    return _Traits(
        sociability=_power_law(len(people), chance),
        activity=_power_law(len(people), chance),
        discipline=np.array([disciplines[person.discipline] for person in people], np.int32),
        level=np.array([person.level for person in people], np.int32),
        site=np.array([person.site for person in people], np.int32),
        hours_ahead=np.array([ahead[person.site] / timedelta(hours=1) for person in people]),
        is_remote=np.array([person.work_mode == "remote" for person in people]),
    )


def disciplines_of(staff: Staff) -> list[str]:
    """The company's disciplines, in order of name."""
    return sorted({person.discipline for person in staff.people})


def _power_law(size: int, chance: np.random.Generator) -> Floats:
    """Draw from a power law that is cut off at ten times its least value; its mean is 1."""
    least = 10.0**-TAIL
    drawn = (least + (1 - least) * chance.random(size)) ** (-1 / TAIL)
    mean = TAIL / (TAIL - 1) * (1 - 10 ** (1 - TAIL)) / (1 - least)
    return drawn / mean


def _stays(staff: Staff) -> _Stays:
    """Cut everybody's weeks where the team or its department changes."""
    department = staff.departments_of_people()
    changes = np.ones(staff.team.shape, bool)
    changes[:, 1:] = (staff.team[:, 1:] != staff.team[:, :-1]) | (
        department[:, 1:] != department[:, :-1]
    )
    person, since = np.nonzero(changes)
    until = np.where(np.roll(person, -1) == person, np.roll(since, -1), staff.weeks)
    until[-1:] = staff.weeks
    kept = staff.team[person, since] != NOBODY
    person, since, until = (part[kept].astype(np.int32) for part in (person, since, until))
    return _Stays(person, staff.team[person, since], department[person, since], since, until)


def _team_ties(stays: _Stays, traits: _Traits, chance: np.random.Generator) -> Ties:
    """Tie nearly everybody in a team with everybody else in it, for as long as both are there."""
    order = np.argsort(stays.team, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(stays.team[order])) + 1)
    pairs = [pair for group in groups for pair in combinations(group.tolist(), 2)]
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    kept = chance.random(len(one)) < TEAM_SHARE
    return _tied(TEAM, one[kept], other[kept], stays, traits, chance)


def _line_ties(staff: Staff, traits: _Traits, chance: np.random.Generator) -> Ties:
    """Tie people with their manager, and now and then with the manager's; leads with each other."""
    pairs, since, until, often = [], [], [], []
    first, last = staff.first_and_last()
    for person in range(1, len(staff.people)):
        managers = [staff.manager(person, week) for week in range(first[person], last[person])]
        spans = _spans(managers, int(first[person]))
        for manager, begin, end in spans:
            above = staff.manager(manager, begin) if staff.employed[manager, begin] else NOBODY
            for other, weight in ((manager, 1.5), (above, 0.25)):
                if other != NOBODY:
                    pairs.append((person, other))
                    since.append(begin)
                    until.append(end)
                    often.append(weight)
    for head, other in combinations(staff.heads, 2):
        pairs.append((head, other))
        since.append(0)
        until.append(staff.weeks)
        often.append(0.8)
    a, b = np.array(pairs, np.int32).reshape(-1, 2).T
    rate = LINE.rate * np.array(often) * _usage(a, b, traits, chance)
    begins = np.array(since, float) + chance.exponential(LINE.delay, len(a)) * (np.array(since) > 0)
    return Ties(a, b, rate, begins, np.array(until, float), np.full(len(a), np.inf))


def _spans(values: list[int], start: int) -> list[tuple[int, int, int]]:
    """Return (value, first week, week after the last) of each run of equal values."""
    spans: list[tuple[int, int, int]] = []
    for week, value in enumerate(values, start=start):
        if spans and spans[-1][0] == value:
            spans[-1] = (value, spans[-1][1], week + 1)
        else:
            spans.append((value, week, week + 1))
    return spans


def _ties_of(
    focus: Focus,
    groups: Integers,
    stays: _Stays,
    traits: _Traits,
    weeks: int,
    chance: np.random.Generator,
) -> Ties:
    """Draw ties within each group: those that live at first, and those that begin later."""
    drawn = []
    share = stays.until - stays.since
    order = np.argsort(groups, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        weight = traits.sociability[stays.person[members]] * share[members]
        people = share[members].sum() / weeks
        stock = focus.contacts * people / 2 * min(1.0, (len(members) - 1) / focus.contacts)
        size = chance.poisson(stock * (1 + weeks / focus.life))
        if len(members) > 1:
            drawn.append(chance.choice(members, (size, 2), p=weight / weight.sum()))
    pairs = np.concatenate(drawn) if drawn else np.zeros((0, 2), np.int64)
    one, other = pairs.T
    kept = stays.person[one] != stays.person[other]
    alike = traits.likeness(stays.person[one], stays.person[other])
    kept &= chance.random(len(one)) < alike
    ties = _tied(focus, one[kept], other[kept], stays, traits, chance)
    # The living at first go on for an exponential time (it has no memory), the others begin evenly.
    is_first = chance.random(len(ties.a)) < 1 / (1 + weeks / focus.life)
    born = np.where(is_first, 0.0, chance.uniform(0, weeks, len(ties.a)))
    dies = born + chance.exponential(focus.life, len(ties.a))
    begins, ends = np.maximum(ties.begins, born), np.minimum(ties.ends, dies)
    lived = Ties(ties.a, ties.b, ties.rate, begins, ends, ties.fades)
    return lived.kept(begins < ends)


def _tied(
    focus: Focus,
    one: NDArray[np.integer],
    other: NDArray[np.integer],
    stays: _Stays,
    traits: _Traits,
    chance: np.random.Generator,
) -> Ties:
    """Make ties of pairs of stays: they last while both do, and whoever is new comes later."""
    since = np.maximum(stays.since[one], stays.since[other]).astype(float)
    until = np.minimum(stays.until[one], stays.until[other]).astype(float)
    begins = since + chance.exponential(focus.delay, len(one)) * (since > 0)
    a, b = stays.person[one], stays.person[other]
    rate = focus.rate * _usage(a, b, traits, chance)
    ties = Ties(a, b, rate, begins, until, np.full(len(one), np.inf))
    return ties.kept((begins < until) & (a != b))


def _usage(a: Integers, b: Integers, traits: _Traits, chance: np.random.Generator) -> Floats:
    """How often a tie is used, compared with the median of its focus."""
    active = np.sqrt(traits.activity[a] * traits.activity[b])
    return active * chance.lognormal(0.0, RATE_SPREAD, len(a))


def _joined(parts: list[Ties]) -> Ties:
    names_of = ("a", "b", "rate", "begins", "ends", "fades")
    return Ties(*(np.concatenate([getattr(part, name) for part in parts]) for name in names_of))


def _as_planted(ties: Ties, staff: Staff, planted: Planted, chance: np.random.Generator) -> Ties:
    """Change the ties as it is planted."""
    at = np.clip(ties.begins, 0, staff.weeks - 1).astype(int)
    department = staff.departments_of_people()
    # Somebody is in a unit before the day of hire, too: where the first week is spent.
    first, _ = staff.first_and_last()
    of_a = department[ties.a, np.maximum(at, first[ties.a])]
    of_b = department[ties.b, np.maximum(at, first[ties.b])]
    crosses = of_a != of_b
    keep = np.ones(len(ties.a), bool)
    luck = chance.random(len(ties.a))
    if planted.silos is not None:
        touches = np.isin(of_a, planted.silos) | np.isin(of_b, planted.silos)
        keep &= ~(touches & crosses & (luck > SILO_SHARE))
    ends = ties.ends
    if planted.closing is not None:
        touches = (of_a == planted.closing) | (of_b == planted.closing)
        closes = planted.closing_from + chance.exponential(CLOSING_WEEKS, len(ties.a))
        ends = np.where(touches & crosses, np.minimum(ends, closes), ends)
    fades = ties.fades
    if planted.fading is not None:
        members = staff.teams[planted.fading].people
        touches = np.isin(ties.a, members) | np.isin(ties.b, members)
        fades = np.where(touches, float(planted.fading_from), fades)
    changed = Ties(ties.a, ties.b, ties.rate, ties.begins, ends, fades)
    if planted.bridged is not None and planted.broker is not None:
        keep &= ~_between(staff, planted.bridged, ties)
        bridge = _bridge(staff, planted)
        return _joined([changed.kept(keep & (ties.begins < ends)), bridge])
    return changed.kept(keep & (ties.begins < ends))


def _between(staff: Staff, teams: tuple[int, int], ties: Ties) -> NDArray[np.bool_]:
    """Whether ties join two teams. Who belongs to them is the same in all weeks."""
    one, other = (np.isin(np.arange(len(staff.people)), staff.teams[team].people) for team in teams)
    return (one[ties.a] & other[ties.b]) | (other[ties.a] & one[ties.b])


def _bridge(staff: Staff, planted: Planted) -> Ties:
    """Tie the broker with some people of the other team, until the broker leaves."""
    others = staff.teams[planted.bridged[1]].people[:BRIDGES]
    size = len(others)
    return Ties(
        np.full(size, planted.broker, np.int32),
        np.array(others, np.int32),
        np.full(size, BRIDGE_RATE),
        np.zeros(size),
        np.full(size, float(planted.broker_leaves)),
        np.full(size, np.inf),
    )
