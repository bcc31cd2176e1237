"""The figures of `make validate` miss an aim when they do, and have a place in their page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.pages import FIGURES
from dagster_pipelines.sqlfiles import repository
from tests.validation.figures import figures_of
from tests.validation.scenarios import SCENARIOS
from tests.validation.studies import Interval, Study

CIRCLES, NOTHING, *_, OPEN_CIRCLES, _ = SCENARIOS


def studies_of(truth: float, *effects: Interval | None) -> list[Study]:
    """A study for each effect that was found."""
    return [Study(seed, truth, 20, 19, effect, None) for seed, effect in enumerate(effects)]


def around(estimate: float, *, misses: int = 0, of: int = 20) -> list[Interval]:
    """So many intervals about an estimate, of which some are too narrow for anything else."""
    wide, narrow = Interval(estimate, -9, 9), Interval(estimate, 8, 9)
    return [*(narrow for _ in range(misses)), *(wide for _ in range(of - misses))]


@pytest.mark.parametrize(("misses", "is_aimed"), [(0, False), (1, True), (2, False)])
def test_too_many_intervals_that_cover_are_as_wrong_as_too_few(misses: int, is_aimed: bool) -> None:
    missed = figures_of(CIRCLES, studies_of(3, *around(3, misses=misses))).failures
    assert (missed == []) is is_aimed
    assert all("of the intervals cover" in one for one in missed)


@pytest.mark.parametrize(("estimate", "is_aimed"), [(2.8, True), (2.6, False), (3.4, False)])
def test_a_mean_error_of_a_tenth_of_the_effect_is_too_much(estimate: float, is_aimed: bool) -> None:
    missed = figures_of(CIRCLES, studies_of(3, *around(estimate, misses=1))).failures
    assert (missed == []) is is_aimed


def test_an_effect_of_none_may_be_found_in_a_tenth() -> None:
    found = figures_of(NOTHING, studies_of(0, *around(0, misses=3, of=20)))
    assert any("an effect is found in 15.0%" in one for one in found.failures)
    assert figures_of(NOTHING, studies_of(0, *around(0, misses=1, of=20))).failures == []


def test_where_spillover_is_planted_nothing_is_aimed_at() -> None:
    assert not OPEN_CIRCLES.is_aimed_at
    studies = studies_of(4, *around(1, misses=10))
    assert figures_of(OPEN_CIRCLES, studies).failures == []
    assert figures_of(replace(OPEN_CIRCLES, is_aimed_at=True), studies).failures


def test_companies_in_which_no_effect_is_known_are_left_out() -> None:
    figures = figures_of(CIRCLES, studies_of(3, None, *around(3)))
    assert len(figures.studies) == 20


def test_the_page_has_a_place_for_the_figures() -> None:
    assert FIGURES.search((repository() / "docs" / "effects.md").read_text(encoding="utf-8"))
