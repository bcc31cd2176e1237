"""From ties to events: when two people have to do with each other, who begins, and by what means.

An occasion of a tie is a mail with its replies, a direct conversation, or a thread in a channel
that both share. Each is of one pair, but for mails to several of one's contacts at once, direct
conversations with the team's lead in them, and teammates who join a thread of their team.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.careers import NOBODY, Staff
from dagster_pipelines.demo.clocks import MINUTE, Clocks
from dagster_pipelines.demo.events import DIRECT, EMAIL, THREAD, Events, drafted
from dagster_pipelines.demo.spaces import Spaces, shared_channels
from dagster_pipelines.demo.ties import Ties

Numbers = NDArray[np.int64]

AWAY_SHARE = 0.06
"""Share of the weeks in which somebody is on leave."""

CHAT_SHARE_IN_TEAM, CHAT_SHARE_BEYOND = 0.65, 0.4
THREAD_SHARE = 0.35
GROUP_SHARE = 0.1
JOINER_SHARE = 0.35
MENTION_SHARE = 0.3
SAME_MAIL_SHARE = 0.25

MAIL_REPLY_SHARE, MOST_MAIL_REPLIES = 0.42, 3
MEAN_MAIL_DELAY = 150 * MINUTE
MEAN_FURTHER_MESSAGES, MOST_FURTHER_MESSAGES = 1.6, 6
MEAN_CHAT_DELAY = 4 * MINUTE


@dataclass(frozen=True)
class Occasions:
    """Times at which the `opener` turned to the `other`: arrays of one length."""

    opener: Numbers
    other: Numbers
    week: Numbers

    def __len__(self) -> int:
        return len(self.opener)

    def kept(self, keep: NDArray[np.bool_]) -> Occasions:
        """Return only these occasions."""
        return Occasions(*(getattr(self, field.name)[keep] for field in fields(self)))


@dataclass(frozen=True)
class Setting:
    """What conversations need to know of the company."""

    staff: Staff
    spaces: Spaces
    clocks: Clocks
    sites: Numbers
    """Where everybody works; outsiders at the first site."""


def occasions_of(ties: Ties, staff: Staff, chance: np.random.Generator) -> Occasions:
    """Draw how often each tie is used in each week, and who turns to whom."""
    present = staff.employed & (chance.random(staff.team.shape) >= AWAY_SHARE)
    rates = ties.rates(staff.weeks) * (present[ties.a] & present[ties.b])
    times = chance.poisson(rates)
    tie, week = np.nonzero(times)
    tie, week = (np.repeat(part, times[tie, week]) for part in (tie, week))
    begins = chance.random(len(tie)) < 0.5
    a, b = ties.a[tie].astype(np.int64), ties.b[tie].astype(np.int64)
    return Occasions(np.where(begins, a, b), np.where(begins, b, a), week)


def converse(occasions: Occasions, setting: Setting, chance: np.random.Generator) -> list[Events]:
    """Turn occasions into mails and messages."""
    team = setting.staff.team
    in_team = team[occasions.opener, occasions.week] == team[occasions.other, occasions.week]
    chat_share = np.where(in_team, CHAT_SHARE_IN_TEAM, CHAT_SHARE_BEYOND)
    is_chat = chance.random(len(occasions)) < chat_share
    is_thread = is_chat & (chance.random(len(occasions)) < THREAD_SHARE)
    return [
        mails(occasions.kept(~is_chat), setting, chance),
        _direct_messages(occasions.kept(is_chat & ~is_thread), setting, chance),
        _threads(occasions.kept(is_thread), setting, chance),
    ]


@dataclass(frozen=True)
class _Turns:
    """What is said one after the other: the occasion, who speaks to whom, when, and the first."""

    occasion: Numbers
    speaker: Numbers
    listener: Numbers
    at: Numbers
    first: Numbers


def _turns(
    occasions: Occasions,
    further: Numbers,
    mean_delay: float,
    setting: Setting,
    chance: np.random.Generator,
) -> _Turns:
    """Let two take turns, `further` times after the first; nobody answers at night."""
    pair = (occasions.opener, occasions.other)
    at = setting.clocks.working_moments(occasions.week, setting.sites[pair[0]], chance)
    ends = setting.clocks.week_ends(occasions.week)
    going = np.arange(len(occasions))
    rounds = []
    for turn in range(int(further.max(initial=0)) + 1):
        going = going[further[going] >= turn]
        speaker, listener = (one[going] for one in (pair if turn % 2 == 0 else pair[::-1]))
        if turn:
            later = at[going] + 5 + chance.exponential(mean_delay, len(going)).astype(np.int64)
            later = setting.clocks.not_at_night(later, setting.sites[speaker], chance)
            at[going] = np.where(later > ends[going], at[going] + MINUTE, later)
        rounds.append((going, speaker, listener, at[going].copy()))
    occasion, speaker, listener, when = (np.concatenate(part) for part in zip(*rounds, strict=True))
    # The first round is of all occasions in their order.
    return _Turns(occasion, speaker, listener, when, occasion)


def mails(occasions: Occasions, setting: Setting, chance: np.random.Generator) -> Events:
    """Let people mail: some mails go to several contacts at once, the first of whom replies."""
    occasions, targets_of, targets = _bundled(occasions, chance)
    replies = np.minimum(
        chance.geometric(1 - MAIL_REPLY_SHARE, len(occasions)) - 1, MOST_MAIL_REPLIES
    )
    turns = _turns(occasions, replies, MEAN_MAIL_DELAY, setting, chance)
    events = drafted(turns.at, EMAIL, turns.speaker, turns.listener, thread=turns.first)
    return _with_targets(events, targets_of, targets)


def _bundled(
    occasions: Occasions, chance: np.random.Generator
) -> tuple[Occasions, Numbers, Numbers]:
    """Make one mail of some that a person writes to different people in a week.

    Returns the occasions that are left, and further recipients: of which occasion, and who.
    """
    order = np.lexsort((occasions.week, occasions.opener))
    opener, other, week = (getattr(occasions, field.name)[order] for field in fields(occasions))
    follows = np.zeros(len(order), bool)
    follows[1:] = (opener[1:] == opener[:-1]) & (week[1:] == week[:-1])
    follows &= chance.random(len(order)) < SAME_MAIL_SHARE
    mail = np.cumsum(~follows) - 1
    leaders = Occasions(opener[~follows], other[~follows], week[~follows])
    further = follows & (other != leaders.other[mail] if len(order) else follows)
    added = np.unique(np.column_stack([mail[further], other[further]]), axis=0)
    return leaders, added[:, 0], added[:, 1]


def _with_targets(events: Events, of: Numbers, who: Numbers) -> Events:
    """Return events with further targets."""
    target_of = np.concatenate([events.target_of, of])
    target = np.concatenate([events.target, who])
    order = np.lexsort((target, target_of))
    columns = {field.name: getattr(events, field.name) for field in fields(events)[:-2]}
    return Events(**columns, target_of=target_of[order], target=target[order])


def _further_messages(size: int, chance: np.random.Generator) -> Numbers:
    return np.minimum(chance.poisson(MEAN_FURTHER_MESSAGES, size), MOST_FURTHER_MESSAGES)


def _direct_messages(occasions: Occasions, setting: Setting, chance: np.random.Generator) -> Events:
    """Let two write to each other; of teammates now and then in a group with their lead."""
    size = len(occasions)
    turns = _turns(occasions, _further_messages(size, chance), MEAN_CHAT_DELAY, setting, chance)
    a, b, team = occasions.opener, occasions.other, setting.staff.team
    own = team[a, occasions.week].astype(np.int64)
    leads = np.array([one.lead for one in setting.staff.teams])
    lead = leads[own]
    has_lead = (own == team[b, occasions.week]) & (lead != a) & (lead != b)
    has_lead &= setting.staff.team[lead, occasions.week] == own
    has_lead &= chance.random(size) < GROUP_SHARE
    space = np.where(has_lead, setting.spaces.group_direct(a, b, own), setting.spaces.direct(a, b))
    third = np.where(has_lead, lead, NOBODY)[turns.occasion]
    return drafted(
        turns.at, DIRECT, turns.speaker, turns.listener, third, space=space[turns.occasion]
    )


def _threads(occasions: Occasions, setting: Setting, chance: np.random.Generator) -> Events:
    """Let one begin a thread and the other reply; in the team's channel somebody may join them."""
    size = len(occasions)
    further = 1 + _further_messages(size, chance)
    turns = _turns(occasions, further, MEAN_CHAT_DELAY, setting, chance)
    space = shared_channels(
        setting.spaces, setting.staff, occasions.opener, occasions.other, occasions.week
    )
    is_first = np.arange(len(turns.at)) < size
    mentions = is_first & (chance.random(len(turns.at)) < MENTION_SHARE)
    # Who begins speaks to nobody, unless by name.
    listener = np.where(is_first & ~mentions, NOBODY, turns.listener)
    joiner = _joiners(occasions, setting, chance)
    joined = np.flatnonzero(joiner != NOBODY)
    ends = np.zeros(size, np.int64)
    np.maximum.at(ends, turns.occasion, turns.at)
    nobody = np.full(len(turns.at), NOBODY)
    return drafted(
        np.concatenate([turns.at, ends[joined] + MINUTE]),
        THREAD,
        np.concatenate([turns.speaker, joiner[joined]]),
        np.concatenate([listener, occasions.opener[joined]]),
        np.concatenate([nobody, occasions.other[joined]]),
        space=np.concatenate([space[turns.occasion], space[joined]]),
        thread=np.concatenate([turns.first, joined]),
        mentions=np.concatenate([mentions, np.zeros(len(joined), bool)]),
    )


def _joiners(occasions: Occasions, setting: Setting, chance: np.random.Generator) -> Numbers:
    """Draw a teammate of two who talk in their team's channel; NOBODY where nobody joins."""
    team = setting.staff.team
    own = team[occasions.opener, occasions.week]
    candidates = np.full(len(occasions), NOBODY, np.int64)
    open_to = (own == team[occasions.other, occasions.week]) & (
        chance.random(len(occasions)) < JOINER_SHARE
    )
    luck = chance.random(len(occasions))
    for number, one in enumerate(setting.staff.teams):
        places = np.flatnonzero(open_to & (own == number))
        people = np.array(one.people)
        candidates[places] = people[(luck[places] * len(people)).astype(int)]
    is_there = (candidates != NOBODY) & (team[candidates, occasions.week] == own)
    is_third = (candidates != occasions.opener) & (candidates != occasions.other)
    return np.where(is_there & is_third, candidates, NOBODY)
