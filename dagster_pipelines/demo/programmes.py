"""Programmes for learning: who enrols, whom it brings them together with, which sessions are held.

A programme only ever adds: what happens without it is drawn first and stays as it is. So the
counterfactual is there by construction (`Events.without`), and the effect on whoever takes part is
a count, not an estimate. Everything about contacts is counted as docs/metrics.md, section 9, has
it: at the end of the week that ends so many weeks after the last one before enrolment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.careers import NOBODY, Staff
from dagster_pipelines.demo.contacts import Network
from dagster_pipelines.demo.conversations import Setting
from dagster_pipelines.demo.events import EMAIL, Events, drafted
from dagster_pipelines.demo.planted import Among, Planted, Programme
from dagster_pipelines.demo.scale import FIRST_MONDAY

HORIZONS = (4, 12)
"""Weeks after the last one before enrolment at which docs/metrics.md looks."""

WEEKS_BETWEEN_SESSIONS = 2
FIRST_SESSION = 1
"""The week, from 0, of the first session: the two are in contact by then, and it adds none."""

SESSION_MINUTES = 45

CANDIDATES = 200
"""Among how many people somebody looks for further contacts; the least sought-after come first."""


@dataclass(frozen=True)
class Enrolment:
    """Somebody's part in a programme. `partner` is the mentor or buddy, NOBODY without one.

    `before` is the last week that ended before it began; -1 if that was before the exports.
    """

    person: int
    programme: str
    kind: str
    role: str
    partner: int
    before: int
    begins_on: date
    ends_on: date | None
    planned_sessions: int


@dataclass(frozen=True)
class Session:
    """A session that was held: by whom, with whom, on which day. A host of NOBODY is none."""

    programme: str
    kind: str
    host: int
    guests: tuple[int, ...]
    held_on: date
    minutes: int


@dataclass(frozen=True)
class Held:
    """A programme that took place, and what came of it.

    `cause` is the number under which its events stand; `begins` the week in which it does.
    """

    programme: Programme
    cause: int
    begins: int
    enrolments: tuple[Enrolment, ...]
    sessions: tuple[Session, ...]
    added: tuple[tuple[int, int, int], ...]
    """Person, further contact, and the week from which they are in touch."""

    @property
    def people(self) -> list[int]:
        """Whoever is enrolled."""
        return [enrolment.person for enrolment in self.enrolments]


def hold(
    programme: Programme,
    cause: int,
    setting: Setting,
    planted: Planted,
    network: Network,
    busy: set[int],
    chance: np.random.Generator,
) -> tuple[Held, Events] | None:
    """Hold a programme; None where the company is too small or its time too short for it.

    Parameters
    ----------
    network
        The contacts so far, of which enrolment depends and which further contacts are not among.
    busy
        Whoever must not take part, nor be a contact: people of other programmes.
    """
    staff = setting.staff
    if programme.is_for_newcomers:
        joining = _newcomers(programme, staff, planted, busy, chance)
    else:
        joining = _enrolled(programme, staff, planted, network, busy, chance)
    if not joining:
        return None
    added = _contacts(programme, joining, staff, planted, network, busy, chance)
    partner = {person: other for person, other, _ in reversed(added)}
    enrolments = tuple(
        _enrolment(programme, person, partner.get(person, NOBODY), begins)
        for person, begins in sorted(joining.items())
    )
    begins = min(joining.values())
    held = Held(programme, cause, begins, enrolments, _sessions(enrolments, staff), tuple(added))
    return held, _events(held, setting, chance)


def _stable(staff: Staff, planted: Planted, since: int, until: int) -> NDArray[np.bool_]:
    """Whether people are in one team in all of some weeks, and nothing else is planted in them."""
    weeks = staff.team[:, since:until]
    stable = staff.employed[:, since:until].all(axis=1) & (weeks == weeks[:, :1]).all(axis=1)
    touched = np.isin(staff.department[weeks[:, 0], since], sorted(planted.departments))
    touched |= np.isin(weeks[:, 0], sorted(planted.teams))
    return stable & ~touched


def _enrolled(
    programme: Programme,
    staff: Staff,
    planted: Planted,
    network: Network,
    busy: set[int],
    chance: np.random.Generator,
) -> dict[int, int]:
    """Enrol ordinary people, the badly connected sooner; return the week from which each is in.

    There are four weeks before, since a person's contacts are measured in them, and the longest
    horizon after; `begins` is the share of the time between.
    """
    earliest, latest = 4, staff.weeks - max(HORIZONS)
    if latest < earliest:
        return {}
    begins = earliest + round(programme.begins * (latest - earliest))
    before = begins - 1
    open_to = _stable(staff, planted, begins - 4, staff.weeks) & network.measured(before)
    tenured = np.array([person.hired_on < FIRST_MONDAY for person in staff.people])
    open_to &= tenured & (np.array([person.level for person in staff.people]) <= 3)
    open_to[[1, *busy]] = False
    candidates = np.flatnonzero(open_to)
    wanted = min(round(programme.share * len(staff.people)), len(candidates) // 2)
    if wanted < 2:
        return {}
    contacts = network.cross_team_contacts(before, staff.team[:, before])[candidates]
    score = (contacts - contacts.mean()) / max(contacts.std(), 1e-9)
    weight = np.exp(-programme.bias * score)
    drawn = chance.choice(candidates, wanted, replace=False, p=weight / weight.sum())
    return dict.fromkeys(drawn.tolist(), begins)


def _newcomers(
    programme: Programme,
    staff: Staff,
    planted: Planted,
    busy: set[int],
    chance: np.random.Generator,
) -> dict[int, int]:
    """Enrol newcomers at random on the day they are hired; return the week of each."""
    first, last = staff.first_and_last()
    joining = {}
    for person in range(len(staff.people)):
        is_in_time = 0 < first[person] <= staff.weeks - max(HORIZONS)
        draw = chance.random()
        if is_in_time and last[person] == staff.weeks and person not in busy:
            since = int(first[person])
            if _stable(staff, planted, since, staff.weeks)[person] and draw < programme.share:
                joining[person] = since
    return joining if len(joining) >= 2 else {}


def _contacts(
    programme: Programme,
    joining: dict[int, int],
    staff: Staff,
    planted: Planted,
    network: Network,
    busy: set[int],
    chance: np.random.Generator,
) -> list[tuple[int, int, int]]:
    """Find further contacts for everybody: people of other teams, strangers until then."""
    if programme.contacts == 0:
        return []
    begins = min(joining.values())
    since = 0 if programme.is_for_newcomers else begins - 4
    known = network.ever_interacted(slice(max(since, 0), staff.weeks))
    stable = _stable(staff, planted, max(since, 0), staff.weeks)
    load: Counter[int] = Counter()
    added: list[tuple[int, int, int]] = []
    met: dict[int, set[int]] = {person: set() for person in joining}
    for among, contacts in _shares(programme):
        pool = _pool(among, joining, staff, stable, busy)
        wanted = {person: len(met[person]) + contacts for person in joining}
        for person in chance.permutation(list(joining)).tolist():
            looked_at = chance.permutation(pool)[:CANDIDATES].tolist()
            for other in sorted(looked_at, key=lambda one: load[one]):
                if len(met[person]) == wanted[person]:
                    break
                if among == "cohort" and len(met[other]) == wanted[other]:
                    continue
                pair = (min(person, other), max(person, other))
                is_strange = pair not in known and person != other and other not in met[person]
                if is_strange and _is_of_another_team(staff, person, other):
                    added.append((person, other, joining[person]))
                    met[person].add(other)
                    load[other] += 1
                    if among == "cohort":
                        met[other].add(person)
                        load[person] += 1
    return added


def _shares(programme: Programme) -> list[tuple[Among, int]]:
    """Among whom so many of the contacts are found, one after the other."""
    if programme.among != "half":
        return [(programme.among, programme.contacts)]
    inside = programme.contacts // 2
    return [("cohort", inside), ("anyone", programme.contacts - inside)]


def _pool(
    among: Among,
    joining: dict[int, int],
    staff: Staff,
    stable: NDArray[np.bool_],
    busy: set[int],
) -> list[int]:
    """Who could be a further contact: those there throughout, and of the kind that is wanted."""
    if among == "cohort":
        return sorted(joining)
    leads = {team.lead for team in staff.teams}
    seniors = sorted((leads & set(np.flatnonzero(stable).tolist())) - {0, 1})
    if among == "seniors":
        return seniors
    outside = set(np.flatnonzero(stable).tolist()) - leads - busy - set(joining) - {1}
    return sorted(outside)


def _is_of_another_team(staff: Staff, person: int, other: int) -> bool:
    both = staff.employed[person] & staff.employed[other]
    return bool((staff.team[person, both] != staff.team[other, both]).all())


def _enrolment(programme: Programme, person: int, partner: int, begins: int) -> Enrolment:
    has_partner = programme.kind in ("mentoring", "buddy")
    sessions = programme.sessions
    starts = FIRST_MONDAY + timedelta(weeks=begins)
    lasts = timedelta(weeks=max(WEEKS_BETWEEN_SESSIONS * sessions, max(HORIZONS)))
    return Enrolment(
        person=person,
        programme=programme.name,
        kind=programme.kind,
        role={"mentoring": "mentee", "buddy": "newcomer"}.get(programme.kind, "participant"),
        partner=partner if has_partner else NOBODY,
        before=begins - 1,
        begins_on=starts,
        ends_on=starts + lasts,
        planned_sessions=sessions if has_partner else 0,
    )


def _sessions(enrolments: Sequence[Enrolment], staff: Staff) -> tuple[Session, ...]:
    """Hold the sessions of two that were planned, one a fortnight, while the exports last.

    The two are in touch every week anyway, so that a session makes no further contact.
    """
    held = []
    for enrolment in enrolments:
        for number in range(enrolment.planned_sessions):
            week = enrolment.before + 1 + FIRST_SESSION + WEEKS_BETWEEN_SESSIONS * number
            if enrolment.partner != NOBODY and week < staff.weeks:
                held.append(
                    Session(
                        programme=enrolment.programme,
                        kind=enrolment.kind,
                        host=enrolment.partner,
                        guests=(enrolment.person,),
                        held_on=FIRST_MONDAY + timedelta(weeks=week, days=2),
                        minutes=SESSION_MINUTES,
                    )
                )
    return tuple(held)


def _events(held: Held, setting: Setting, chance: np.random.Generator) -> Events:
    """Let the new contacts mail each other once a week, in turn, until the exports end."""
    rows = [
        (one, other, week) if (week - since) % 2 == 0 else (other, one, week)
        for one, other, since in held.added
        for week in range(since, setting.staff.weeks)
    ]
    source, target, week = np.array(rows, np.int64).reshape(-1, 3).T
    at = setting.clocks.working_moments(week, setting.sites[source], chance)
    return drafted(at, EMAIL, source, target, cause=held.cause)
