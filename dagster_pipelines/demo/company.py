"""A simulated company: who works there, what they do, and what is true of it, in memory.

`simulate` draws it in steps, each from a random stream of its own: the organisation, what is
planted in whom, careers, ties, conversations, questions and what else is said, then the programmes
one after the other. Nothing is written; that is what `exports` is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dagster_pipelines.demo.background import Reactions, background, notices, reactions
from dagster_pipelines.demo.careers import Staff, let_time_pass
from dagster_pipelines.demo.clocks import Clocks
from dagster_pipelines.demo.contacts import Network, network_of
from dagster_pipelines.demo.conversations import Setting, converse, occasions_of
from dagster_pipelines.demo.events import OUTSIDERS, Events, gathered
from dagster_pipelines.demo.gifts import Gifts, give
from dagster_pipelines.demo.organisation import organise
from dagster_pipelines.demo.planted import Plan, Planted, choose
from dagster_pipelines.demo.programmes import Enrolment, Held, Session, hold
from dagster_pipelines.demo.questions import ask
from dagster_pipelines.demo.scale import Scale
from dagster_pipelines.demo.spaces import IDEAS, Spaces, spaces_of
from dagster_pipelines.demo.ties import meet
from dagster_pipelines.demo.truth import Effects, Fact, effects_of, facts_of


@dataclass(frozen=True)
class Company:
    """A company and its weeks.

    Parameters
    ----------
    scale, plan, planted
        What was asked for, and in whom it was planted.
    staff
        Its people, week by week.
    events, reactions
        What they did. Reactions are to messages in channels, which no programme brings about.
    programmes
        What was held to help people learn from each other.
    """

    scale: Scale
    plan: Plan
    planted: Planted
    staff: Staff
    clocks: Clocks
    spaces: Spaces
    events: Events
    reactions: Reactions
    programmes: tuple[Held, ...]

    @property
    def enrolments(self) -> list[Enrolment]:
        """Everybody's part in every programme."""
        return [enrolment for held in self.programmes for enrolment in held.enrolments]

    @property
    def sessions(self) -> list[Session]:
        """The sessions that were held."""
        return [session for held in self.programmes for session in held.sessions]

    @cached_property
    def gifts(self) -> Gifts:
        """The kudos and feedback that people give each other; no contact is made by them."""
        sites = np.array([person.site for person in self.staff.people])
        return give(self.network, self.clocks, sites, self.scale.stream("gifts"))

    @cached_property
    def network(self) -> Network:
        """Everybody's contacts, as they are."""
        return network_of(self.events, self.staff, self.clocks, self.reactions)

    def network_without(self, held: Held) -> Network:
        """Everybody's contacts as they would be without a programme.

        Who is measured stays as it is: a programme does not make anybody active.
        """
        counted = network_of(self.events.without(held.cause), self.staff, self.clocks)
        acted = self.network.acted
        return Network(self.staff, counted.a, counted.b, counted.interactions, acted)

    def effects(self, held: Held, horizon: int) -> Effects:
        """What a programme did to each person, so many weeks after the last one before it."""
        return effects_of(held, self.network, self.network_without(held), horizon)

    def dominance(self) -> float:
        """The share of the contributions to the channel of ideas that its busiest person made."""
        sources = self.events.source[self.events.space == IDEAS]
        return float(np.bincount(sources).max() / len(sources)) if len(sources) else 0.0

    @cached_property
    def truth(self) -> list[Fact]:
        """What is true of it by construction."""
        return facts_of(self)


def simulate(scale: Scale | None = None, plan: Plan | None = None) -> Company:
    """Simulate a company of 300 people and 26 weeks, with everything planted, or as it is said.

    Raises
    ------
    ValueError
        No company has this size.
    """
    scale, plan = scale or Scale(), plan or Plan()
    organisation = organise(scale)
    planted = choose(scale, plan, organisation)
    staff = let_time_pass(scale, plan, organisation, planted)
    spaces, clocks = spaces_of(staff), Clocks(scale)
    at_work = [person.site for person in staff.people] + [0] * len(OUTSIDERS)
    setting = Setting(staff, spaces, clocks, np.array(at_work))
    ties = meet(scale, staff, planted)
    occasions = occasions_of(ties, staff, scale.stream("occasions"))
    parts = converse(occasions, setting, scale.stream("conversations"))
    parts.append(ask(ties, setting, scale.stream("questions")))
    if plan.noise:
        parts += background(setting, planted, scale.stream("background"))
    else:
        parts.append(notices(setting))
    programmes, parts = _hold_programmes(plan, setting, planted, parts, scale)
    events = gathered(parts)
    reacted = reactions(events, staff, clocks.weeks(events.at), scale.stream("reactions"))
    return Company(scale, plan, planted, staff, clocks, spaces, events, reacted, tuple(programmes))


def _hold_programmes(
    plan: Plan, setting: Setting, planted: Planted, parts: list[Events], scale: Scale
) -> tuple[list[Held], list[Events]]:
    """Hold the programmes in the order of the plan; nobody takes part in two."""
    programmes: list[Held] = []
    busy: set[int] = set()
    for cause, programme in enumerate(plan.programmes, start=1):
        so_far = network_of(gathered(parts), setting.staff, setting.clocks)
        chance = scale.stream(f"programme {programme.name}")
        found = hold(programme, cause, setting, planted, so_far, busy, chance)
        if found is not None:
            held, events = found
            programmes.append(held)
            busy.update(held.people)
            parts = [*parts, events]
    return programmes, parts
