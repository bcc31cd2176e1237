"""Puts the suites to a candidate: the one place that knows Great Expectations.

It has no data source for DuckDB, so a small frame is shaped in SQL and handed over as pandas. Only
whether a rule holds comes back: every other result format carries values.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from dagster_pipelines.expectations.suites import SUITES, Expectation, Suite, check_name
from dagster_pipelines.publication import open_published, published_tables
from dagster_pipelines.sqlfiles import statements

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext
    from pandas import DataFrame


@dataclass(frozen=True)
class Verdict:
    """Whether one rule holds for a candidate."""

    check: str
    table: str
    holds: bool
    sentence: str


def warm_up() -> None:
    """Begin to import Great Expectations (4 to 8 seconds) while something else is waited for."""

    def begin() -> None:
        # What is wrong is said when it is needed.
        with suppress(Exception):
            context_in_memory()

    Thread(target=begin, name="great-expectations", daemon=True).start()


def validate(
    candidate: Path,
    suites: tuple[Suite, ...] = SUITES,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Verdict]:
    """Look at a candidate (or generation) by every suite; one verdict a rule.

    A rule that cannot be evaluated, since its column is missing for one, does not hold.
    """
    context = context_in_memory()
    tables = published_tables()
    with closing(open_published(candidate)) as connection:
        frames = [
            connection.execute(statements(tables[suite.table])[suite.frame]).df()
            for suite in suites
        ]
    for done, (suite, frame) in enumerate(zip(suites, frames, strict=True), start=1):
        yield from _verdicts(context, suite, frame)
        if progress:
            progress(done, len(suites))


def _verdicts(context: EphemeralDataContext, suite: Suite, frame: DataFrame) -> Iterator[Verdict]:
    """Ask about one frame; in the order of the suite."""
    import great_expectations as gx

    name = f"{suite.table}.{suite.frame}"
    source = context.data_sources.add_or_update_pandas(name)
    batch = (
        source.add_dataframe_asset(name)
        .add_batch_definition_whole_dataframe(name)
        .get_batch({"dataframe": frame})
    )
    outcome = batch.validate(
        gx.ExpectationSuite(
            name=name, expectations=[question(rule) for rule in suite.expectations]
        ),
        result_format="BOOLEAN_ONLY",
    )
    holds = {
        result.expectation_config.meta["rule"]: bool(result.success) for result in outcome.results
    }
    for expectation in suite.expectations:
        yield Verdict(
            check=check_name(suite, expectation),
            table=suite.table,
            holds=holds.get(expectation.rule, False),
            sentence=expectation.broken,
        )


def question(expectation: Expectation) -> object:
    """Return Great Expectations' own object for an expectation."""
    from great_expectations import expectations

    kind = getattr(expectations, expectation.kind)
    return kind(**expectation.arguments, meta={"rule": expectation.rule})


def context_in_memory() -> EphemeralDataContext:
    """Return a context that keeps nothing, reports nothing and draws no bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
