"""One company after the other: the truth, what the marts say, what before and after would say."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from statistics import fmean, stdev

from scipy import stats

from dagster_pipelines.demo import simulate
from tests.harness.project import compiled_project
from tests.harness.raw import ids_of, raw_tables
from tests.harness.simulated import as_records
from tests.harness.warehouse import Row, Warehouse
from tests.validation.scenarios import HORIZON_WEEKS, OUTCOME, Scenario

MART = "fct_programme_effects"


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    estimate: float
    low: float
    high: float

    def covers(self, value: float) -> bool:
        """Whether a value lies in the interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Study:
    """One company: the planted effect on those enrolled, and what is found of it.

    `before_after` is what the mean change of those enrolled would be taken for; None of newcomers,
    who have no before. `effect` is None where too few are matched.
    """

    seed: int
    truth: float
    enrolled: int
    matched: int
    effect: Interval | None
    before_after: Interval | None


@cache
def warehouse() -> Warehouse:
    """The one warehouse of a process; each company takes the place of the one before."""
    return Warehouse(compiled_project(), (MART,))


def study(scenario: Scenario, seed: int) -> Study | None:
    """Simulate a company and look at its programme; None where it is too small to hold one."""
    company = simulate(scenario.scale(seed), scenario.plan)
    if not company.programmes:
        return None
    [held] = company.programmes
    truth = company.effects(held, HORIZON_WEEKS).on_the_treated(OUTCOME)
    records = as_records(company)
    warehouse().build(raw_tables(records, ids_of(records)))
    [row] = [row for row in warehouse().rows(MART) if is_asked(row)]
    effect = None
    if row["standard_error"] is not None:
        effect = Interval(row["effect"], row["interval_low"], row["interval_high"])
    return Study(seed, truth, row["enrolled"], row["matched"], effect, before_after())


def is_asked(row: Row) -> bool:
    """Whether a row is about the one outcome that is looked at, all pairs counted."""
    return (
        row["outcome"] == OUTCOME
        and row["horizon_weeks"] == HORIZON_WEEKS
        and not row["is_without_fellow_pairs"]
    )


def before_after() -> Interval | None:
    """The mean change of those enrolled, as if nothing else had happened to them."""
    changes = [
        row["value_after"] - row["value_before"]
        for row in warehouse().rows("int_effect_observations")
        if is_asked(row) and row["is_enrolled"] and row["value_before"] is not None
    ]
    if len(changes) < 2:
        return None
    mean = fmean(changes)
    reach = stats.t.ppf(0.975, len(changes) - 1) * stdev(changes) / len(changes) ** 0.5
    return Interval(mean, mean - reach, mean + reach)


def studies(scenario: Scenario, seeds: Iterable[int], processes: int = 1) -> Iterator[Study]:
    """Yield what comes of a scenario in a company of each seed that can hold it."""
    look = partial(study, scenario)
    if processes == 1:
        yield from filter(None, map(look, seeds))
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from filter(None, pool.imap(look, seeds, chunksize=4))
