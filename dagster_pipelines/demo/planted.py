"""What is planted in a company: facts that its numbers must show, or at least could.

A `Plan` says what to plant; `choose` says in whom. What does not fit into a small company is left
out. How a planted fact comes about is said where things happen (`careers`, `ties`, `posts`,
`programmes`); what can be seen of it, in `truth`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dagster_pipelines.demo.organisation import Organisation
from dagster_pipelines.demo.scale import Scale

Among = Literal["seniors", "cohort", "anyone", "half"]


@dataclass(frozen=True)
class Programme:
    """A programme for learning, and what it does to those who take part.

    Parameters
    ----------
    name, kind
        Its name, and its type as docs/metrics.md lists them.
    contacts
        How many further people, of other teams, each participant is in touch with from the first
        week on, at least once a week. 0 for a programme without effect.
    among
        Whom: `seniors` (those who lead a team, and who take part in nothing), the `cohort` (each
        other: nobody outside is touched), `anyone` outside of it, who then have one contact more
        themselves: a spillover onto those whom a study would take as controls; or `half` of each.
    begins
        When, as a share of the time in which it can: from 0, after the first four weeks, to 1, the
        longest horizon before the last.
    share
        Of the people who could take part, how many do.
    bias
        How much likelier the badly connected are to enrol: the logarithm of the odds for each
        standard deviation of cross-team contacts. 0 is at random.
    is_for_newcomers
        Newcomers enrol on the day they are hired, at random, whatever `begins` says.
    sessions
        How many meetings of two are planned, one a fortnight.
    """

    name: str
    kind: str
    contacts: int
    among: Among = "anyone"
    begins: float = 0.5
    share: float = 0.12
    bias: float = 1.0
    is_for_newcomers: bool = False
    sessions: int = 0


# Those with an effect in turn, four weeks apart in a company of half a year: whoever gains by
# another programme in the same weeks is no fair comparison.
PROGRAMMES = (
    Programme("Lighthouse mentoring", "mentoring", 3, "seniors", begins=0.5, share=0.1, sessions=6),
    Programme("Landing buddies", "buddy", 4, is_for_newcomers=True, share=0.6, sessions=3),
    Programme("Crossing projects", "cross_team_project", 2, "cohort", begins=0.1, share=0.08),
    Programme("Open guild", "community_of_practice", 2, "anyone", begins=0.9, share=0.08),
    Programme("Quiet hour", "reflection", 0, begins=0.9, share=0.1),
)


@dataclass(frozen=True)
class Plan:
    """What to plant, and the company's ordinary changes. Shares are of all people."""

    silos: bool = True
    closing: bool = True
    fading: bool = True
    broker: bool = True
    dominance: bool = True
    reorganisation: bool = True
    programmes: tuple[Programme, ...] = PROGRAMMES
    hired: float = 0.14
    left: float = 0.06
    moved: float = 0.04
    noise: bool = True
    """Whether there are bots, guests, outsiders, notices and posts beside what people say to each
    other."""


LEAST_WEEKS, LEAST_TEAM = 6, 6

# When it begins, as a share of the weeks.
FADING_FROM, CLOSING_FROM, REORGANISED_IN, BROKER_LEAVES = 0.4, 0.45, 0.6, 0.7


@dataclass(frozen=True)
class Planted:
    """In whom it is planted: numbers of departments, teams and people, and weeks from 0."""

    silos: tuple[int, int] | None = None
    closing: int | None = None
    closing_from: int = 0
    fading: int | None = None
    fading_from: int = 0
    bridged: tuple[int, int] | None = None
    broker: int | None = None
    broker_leaves: int = 0
    dominant: int | None = None
    reorganised: tuple[int, int] | None = None
    """A team, and the department that it comes to."""
    reorganised_in: int = 0

    @property
    def teams(self) -> set[int]:
        """Teams about which something is planted: nobody moves there or leaves."""
        return {*(self.bridged or ()), *([self.fading] if self.fading is not None else [])}

    @property
    def departments(self) -> set[int]:
        """Departments whose contacts with others are planted: programmes stay out of them."""
        return {*(self.silos or ()), *([self.closing] if self.closing is not None else [])}


def choose(scale: Scale, plan: Plan, organisation: Organisation) -> Planted:
    """Choose units and people for what is planned; what does not fit is left out.

    Six weeks are the least for something that changes: four for a window before, two after.
    """
    chance = scale.stream("planted")
    has_time = scale.weeks >= LEAST_WEEKS
    free = (1 + chance.permutation(len(organisation.departments) - 1)).tolist()
    # The smaller ones come last: of small groups the numbers are withheld, and of the next one.
    free.sort(key=lambda number: number not in _smallest(organisation))
    planted = Planted()
    if plan.silos and len(free) >= 5:
        planted = replace(planted, silos=tuple(sorted((free.pop(), free.pop()))))
    if plan.closing and has_time and len(free) >= 4:
        since = int(CLOSING_FROM * scale.weeks)
        planted = replace(planted, closing=free.pop(), closing_from=since)
    spare = [
        number
        for number in chance.permutation(len(organisation.teams)).tolist()
        if organisation.teams[number].department in free
        and organisation.teams[number].lead not in organisation.heads
        and len(organisation.teams[number].people) >= LEAST_TEAM
    ]
    if has_time:
        planted = _in_teams(scale, plan, organisation, planted, free, spare)
    if plan.dominance and spare:
        planted = replace(planted, dominant=organisation.teams[spare[-1]].people[1])
    return planted


def _in_teams(
    scale: Scale,
    plan: Plan,
    organisation: Organisation,
    planted: Planted,
    free: list[int],
    spare: list[int],
) -> Planted:
    """Choose the teams that fade, are bridged, and change their department; `spare` loses them."""
    teams = organisation.teams
    if plan.fading and spare:
        largest = max(spare, key=lambda number: len(teams[number].people))
        spare.remove(largest)
        planted = replace(planted, fading=largest, fading_from=int(FADING_FROM * scale.weeks))
    bridged = _of_two_departments(organisation, spare)
    if plan.broker and bridged:
        for number in bridged:
            spare.remove(number)
        planted = replace(
            planted,
            bridged=bridged,
            broker=teams[bridged[0]].people[1],
            broker_leaves=int(BROKER_LEAVES * scale.weeks),
        )
    if plan.reorganisation and spare and len(free) >= 2:
        team = spare.pop()
        target = next(one for one in free if one != teams[team].department)
        since = int(REORGANISED_IN * scale.weeks)
        planted = replace(planted, reorganised=(team, target), reorganised_in=since)
    return planted


def _smallest(organisation: Organisation) -> list[int]:
    """Return the smaller half of the departments below the top, or all but three of few."""
    numbers = range(1, len(organisation.departments))
    by_size = sorted(numbers, key=lambda number: len(organisation.members_of(number)))
    return by_size[: max(min(len(by_size) // 2, len(by_size) - 3), 0)]


def _of_two_departments(organisation: Organisation, teams: list[int]) -> tuple[int, int] | None:
    """Return two teams of different departments, if there are."""
    for place, one in enumerate(teams):
        for other in teams[place + 1 :]:
            if organisation.teams[one].department != organisation.teams[other].department:
                return one, other
    return None
