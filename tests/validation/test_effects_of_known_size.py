"""A few companies of known truth every day; `make validate` looks at hundreds."""

from __future__ import annotations

from statistics import fmean

import pytest

from tests.validation.scenarios import SCENARIOS
from tests.validation.studies import Study, studies

CIRCLES, NOTHING, *_ = SCENARIOS
SEEDS = range(1, 6)


@pytest.fixture(scope="module")
def circles() -> list[Study]:
    return list(studies(CIRCLES, SEEDS))


def test_the_planted_effect_is_found_in_its_size(circles: list[Study]) -> None:
    assert {study.truth for study in circles} == {3}
    assert len(circles) == len(SEEDS)
    # Of five 95 % intervals two or more miss in one run of forty, and the seeds are fixed.
    assert sum(study.effect.covers(3) for study in circles) >= len(SEEDS) - 1
    assert abs(fmean(study.effect.estimate for study in circles) - 3) < 0.5
    assert all(not study.effect.covers(0) for study in circles)


def test_before_and_after_would_have_been_wrong(circles: list[Study]) -> None:
    ours = fmean(abs(study.effect.estimate - study.truth) for study in circles)
    naive = fmean(abs(study.before_after.estimate - study.truth) for study in circles)
    assert naive > ours


def test_nothing_is_found_where_nothing_is_planted() -> None:
    found = [study.effect for study in studies(NOTHING, SEEDS)]
    assert len(found) == len(SEEDS)
    assert sum(not effect.covers(0) for effect in found) <= 1
