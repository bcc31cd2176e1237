"""What is asked and answered on the question site.

People ask there now and then, and those answer who have to do with them anyway: a question is one
more occasion of a tie, so that what is planted in ties shows on the site as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo.careers import NOBODY
from dagster_pipelines.demo.clocks import HOUR, MINUTE
from dagster_pipelines.demo.conversations import Setting, occasions_of
from dagster_pipelines.demo.events import ANSWER, QUESTION_SITE, Events, drafted
from dagster_pipelines.demo.ties import Ties

Numbers = NDArray[np.int64]

QUESTION_SHARE = 0.03
"""Questions for each occasion on which people turn to each other in other ways."""

ANSWERED_SHARE = 0.75
SELF_ANSWERED_SHARE = 0.06
MEAN_HOURS_TO_ANSWER = 9.0


def ask(ties: Ties, setting: Setting, chance: np.random.Generator) -> Events:
    """Let people ask, and one who is tied to them answer; some find the answer themselves.

    A question is aimed at nobody, and so is an answer to oneself.
    """
    occasions = occasions_of(ties, setting.staff, chance)
    occasions = occasions.kept(chance.random(len(occasions)) < QUESTION_SHARE)
    size = len(occasions)
    asked_at = setting.clocks.working_moments(
        occasions.week, setting.sites[occasions.opener], chance
    )
    answered = np.flatnonzero(chance.random(size) < ANSWERED_SHARE)
    solved = np.flatnonzero(chance.random(size) < SELF_ANSWERED_SHARE)
    question = np.concatenate([answered, solved])
    who = np.concatenate([occasions.other[answered], occasions.opener[solved]])
    answered_at = _answered_at(asked_at[question], who, occasions.week[question], setting, chance)
    nobody = np.full(size + len(solved), NOBODY)
    return drafted(
        np.concatenate([asked_at, answered_at]),
        ANSWER,
        np.concatenate([occasions.opener, who]),
        np.concatenate([nobody[:size], occasions.opener[answered], nobody[size:]]),
        space=np.full(size + len(question), QUESTION_SITE),
        thread=np.concatenate([np.arange(size), question]),
    )


def _answered_at(
    asked_at: Numbers, who: Numbers, week: Numbers, setting: Setting, chance: np.random.Generator
) -> Numbers:
    """Draw when questions are answered: not at night, and in the week in which they are asked."""
    delay = chance.exponential(MEAN_HOURS_TO_ANSWER * HOUR, len(asked_at)).astype(np.int64)
    later = setting.clocks.not_at_night(asked_at + MINUTE + delay, setting.sites[who], chance)
    return np.where(later > setting.clocks.week_ends(week), asked_at + MINUTE, later)
