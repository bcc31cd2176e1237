"""What is said beside what people say to each other: notices, posts, outsiders, a bot, reactions.

None of it makes a contact between two people of the staff: notices go to everybody, posts in
channels are aimed at nobody, reactions do not count, and outsiders are none of the staff. One
channel is dominated by one person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.careers import NOBODY, Staff
from dagster_pipelines.demo.clocks import DAY, HOUR, day_number
from dagster_pipelines.demo.conversations import Occasions, Setting, mails
from dagster_pipelines.demo.events import (
    BOT,
    CUSTOMERS,
    DEPARTED,
    EMAIL,
    GUESTS,
    SHARED,
    THREAD,
    Events,
    drafted,
    number_of,
)
from dagster_pipelines.demo.planted import Planted
from dagster_pipelines.demo.scale import FIRST_MONDAY
from dagster_pipelines.demo.spaces import ALERTS, GENERAL, IDEAS, PARTNERS

Numbers = NDArray[np.int64]

POSTS_A_WEEK = 0.6
CUSTOMER_MAILS_A_WEEK = 0.4
SHARED_MAILS_A_WEEK = 0.03
BOT_POSTS_A_WEEK = 12.0
GUEST_POSTS_A_WEEK = 2.0

IDEAS_PEOPLE = 12
IDEAS_OF_OTHERS_A_WEEK, IDEAS_OF_ONE_A_WEEK = 0.5, 11.0

REACTION_SHARE = 0.12
MOST_REACTIONS = 3


@dataclass(frozen=True)
class Reactions:
    """Who reacted to which event: arrays of one length, in order of event."""

    event: Numbers
    who: Numbers


def background(setting: Setting, planted: Planted, chance: np.random.Generator) -> list[Events]:
    """Draw everything that is not said between two people of the staff."""
    return [
        notices(setting),
        _mails_with_outsiders(setting, chance),
        _posts(setting, chance),
        _posts_of_others(setting, chance),
        _ideas(setting, planted, chance),
    ]


def notices(setting: Setting) -> Events:
    """The head's notice to everybody on Monday mornings, and a word to the assistant on Sundays.

    The two see to it that the mail covers each week from its first day to its last.
    """
    employed, weeks = setting.staff.employed, setting.staff.weeks
    monday = (day_number(FIRST_MONDAY) + 7 * np.arange(weeks)) * DAY
    at = np.concatenate([monday + 8 * HOUR, monday + 6 * DAY + 17 * HOUR])
    assistant = np.where(employed[1], 1, NOBODY)
    nobody = np.full(weeks, NOBODY)
    others = [
        np.concatenate([np.where(employed[person], person, NOBODY), nobody])
        for person in range(2, len(employed))
    ]
    head = np.zeros(2 * weeks, np.int64)
    return drafted(at, EMAIL, head, np.concatenate([assistant, assistant]), *others)


def _person_weeks(
    staff: Staff, mean: float, chance: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Draw (person, week) as often as something that a person does `mean` times a week happens."""
    times = chance.poisson(mean, staff.team.shape) * staff.employed
    person, week = np.nonzero(times)
    repeats = times[person, week]
    return np.repeat(person, repeats), np.repeat(week, repeats)


def _mails_with_outsiders(setting: Setting, chance: np.random.Generator) -> Events:
    """Let people and customers mail each other, and people a shared address."""
    staff = setting.staff
    customers = np.array([number_of(customer, staff) for customer in CUSTOMERS])
    person, week = _person_weeks(staff, CUSTOMER_MAILS_A_WEEK, chance)
    theirs, their_week = _person_weeks(staff, SHARED_MAILS_A_WEEK, chance)
    customer = chance.choice(customers, len(person))
    begins = chance.random(len(person)) < 0.6
    shared = np.full(len(theirs), number_of(SHARED, staff))
    occasions = Occasions(
        np.concatenate([np.where(begins, person, customer), theirs]),
        np.concatenate([np.where(begins, customer, person), shared]),
        np.concatenate([week, their_week]),
    )
    return mails(occasions, setting, chance)


def _posts(setting: Setting, chance: np.random.Generator) -> Events:
    """Let people post in their team's channel, aimed at nobody."""
    person, week = _person_weeks(setting.staff, POSTS_A_WEEK, chance)
    at = setting.clocks.working_moments(week, setting.sites[person], chance)
    space = setting.spaces.first_team + setting.staff.team[person, week]
    return drafted(at, THREAD, person, space=space)


def _posts_of_others(setting: Setting, chance: np.random.Generator) -> Events:
    """Let a bot report, guests talk with each other, and an account that nobody owns say hello."""
    staff, weeks = setting.staff, setting.staff.weeks
    voices = [(BOT, BOT_POSTS_A_WEEK, ALERTS)]
    voices += [(guest, GUEST_POSTS_A_WEEK, PARTNERS) for guest in GUESTS]
    who, week, space = [], [], []
    for outsider, mean, channel in voices:
        when = np.repeat(np.arange(weeks), chance.poisson(mean, weeks))
        week.append(when)
        who.append(np.full(len(when), number_of(outsider, staff)))
        space.append(np.full(len(when), channel))
    who.append(np.array([number_of(DEPARTED, staff)]))
    week.append(np.array([0]))
    space.append(np.array([GENERAL]))
    source = np.concatenate(who)
    at = setting.clocks.working_moments(np.concatenate(week), setting.sites[source], chance)
    return drafted(at, THREAD, source, space=np.concatenate(space))


def _ideas(setting: Setting, planted: Planted, chance: np.random.Generator) -> Events:
    """Let a dozen people post ideas; where it is planted, one of them most of all."""
    staff = setting.staff
    others = [person for person in range(len(staff.people)) if person != planted.dominant]
    people = chance.choice(others, min(IDEAS_PEOPLE, len(others)), replace=False)
    means = np.zeros(len(staff.people))
    means[people] = IDEAS_OF_OTHERS_A_WEEK
    if planted.dominant is not None:
        means[planted.dominant] = IDEAS_OF_ONE_A_WEEK
    times = chance.poisson(means[:, None], staff.team.shape) * staff.employed
    person, week = np.nonzero(times)
    person, week = (np.repeat(part, times[person, week]) for part in (person, week))
    at = setting.clocks.working_moments(week, setting.sites[person], chance)
    return drafted(at, THREAD, person, space=np.full(len(person), IDEAS))


def reactions(
    events: Events, staff: Staff, weeks: Numbers, chance: np.random.Generator
) -> Reactions:
    """Let people react to some messages in channels: teammates of their authors, mostly."""
    is_person = events.source < len(staff.people)
    messages = np.flatnonzero((events.channel == THREAD) & is_person)
    messages = messages[chance.random(len(messages)) < REACTION_SHARE]
    event = np.repeat(messages, chance.integers(1, MOST_REACTIONS + 1, len(messages)))
    week = weeks[event]
    team = staff.team[events.source[event], week]
    luck = chance.random(len(event))
    who = np.full(len(event), NOBODY, np.int64)
    for number, one in enumerate(staff.teams):
        places = np.flatnonzero(team == number)
        who[places] = np.array(one.people)[(luck[places] * len(one.people)).astype(int)]
    kept = (who != NOBODY) & (who != events.source[event]) & staff.employed[who, week]
    pairs = np.unique(np.column_stack([event[kept], who[kept]]), axis=0)
    return Reactions(pairs[:, 0], pairs[:, 1])
