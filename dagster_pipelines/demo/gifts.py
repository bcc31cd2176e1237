"""Kudos and feedback, which people give each other beside their mails and messages.

They are given only by somebody who did something in that week, to people whose contact the giver is
by what passed between them in that very week: so nobody becomes a contact, or active, by them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.clocks import Clocks
from dagster_pipelines.demo.contacts import LEAST_INTERACTIONS, Network

KUDOS_SHARE, FEEDBACK_SHARE = 0.03, 0.01
"""How often a pair of contacts has reason for it in a week."""

TOGETHER_SHARE = 0.5
"""How often kudos that somebody gives to several in one week are one."""

ANONYMOUS_SHARE = 0.3


@dataclass(frozen=True)
class Gift:
    """Kudos or feedback: who gave it, to whom, when in seconds since 1970 in UTC."""

    giver: int
    receivers: tuple[int, ...]
    at: int
    is_anonymous: bool = False


@dataclass(frozen=True)
class Gifts:
    """All kudos and all feedback, in order of time."""

    kudos: tuple[Gift, ...]
    feedback: tuple[Gift, ...]


def give(
    network: Network, clocks: Clocks, sites: NDArray[np.int64], chance: np.random.Generator
) -> Gifts:
    """Draw what people give each other in all weeks; `sites` is where each of them works."""
    kudos = _drawn(network, clocks, sites, KUDOS_SHARE, chance)
    feedback = _drawn(network, clocks, sites, FEEDBACK_SHARE, chance)
    return Gifts(
        tuple(_some_together(kudos, clocks, chance)), tuple(_some_hidden(feedback, chance))
    )


def _drawn(
    network: Network,
    clocks: Clocks,
    sites: NDArray[np.int64],
    share: float,
    chance: np.random.Generator,
) -> list[Gift]:
    """Draw gifts of one to another among the pairs that are contacts by one week alone."""
    pair, week = np.nonzero(network.interactions >= LEAST_INTERACTIONS)
    drawn = chance.random(len(pair)) < share
    a, b, week = network.a[pair[drawn]], network.b[pair[drawn]], week[drawn]
    gives = (chance.random(len(week)) < 0.5) & network.acted[a, week] | ~network.acted[b, week]
    giver, receiver = np.where(gives, a, b), np.where(gives, b, a)
    at = clocks.working_moments(week, sites[giver], chance)
    acted = network.acted[giver, week]
    gifts = [
        Gift(one, (other,), moment)
        for one, other, moment in zip(
            giver[acted].tolist(), receiver[acted].tolist(), at[acted].tolist(), strict=True
        )
    ]
    return sorted(gifts, key=lambda gift: (gift.at, gift.giver, gift.receivers))


def _some_together(gifts: list[Gift], clocks: Clocks, chance: np.random.Generator) -> list[Gift]:
    """Make one of some that a person gives to different people in a week."""
    weeks = clocks.weeks(np.array([gift.at for gift in gifts], np.int64)).tolist()
    is_joined = (chance.random(len(gifts)) < TOGETHER_SHARE).tolist()
    found: dict[tuple[int, int], int] = {}
    kept: list[Gift] = []
    for gift, week, joins in zip(gifts, weeks, is_joined, strict=True):
        first = found.setdefault((gift.giver, week), len(kept))
        if joins and first < len(kept):
            both = (*kept[first].receivers, *gift.receivers)
            kept[first] = Gift(gift.giver, both, kept[first].at)
        else:
            kept.append(gift)
    return kept


def _some_hidden(gifts: list[Gift], chance: np.random.Generator) -> list[Gift]:
    is_hidden = (chance.random(len(gifts)) < ANONYMOUS_SHARE).tolist()
    return [
        Gift(gift.giver, gift.receivers, gift.at, hidden)
        for gift, hidden in zip(gifts, is_hidden, strict=True)
    ]
