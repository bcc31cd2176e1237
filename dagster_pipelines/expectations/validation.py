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

from dagster_pipelines.expectations.suites import SUITES, Suite, check_name
from dagster_pipelines.publication import open_published, published_tables
from dagster_pipelines.sqlfiles import statements

if TYPE_CHECKING:
    import duckdb
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.data_context import EphemeralDataContext
    from pandas import DataFrame

RESULT_FORMAT = "BOOLEAN_ONLY"


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
    with closing(open_published(candidate)) as connection:
        frames = [read_frame(connection, suite) for suite in suites]
    for done, (suite, frame) in enumerate(zip(suites, frames, strict=True), start=1):
        yield from _verdicts(context, suite, frame)
        if progress:
            progress(done, len(suites))


def _verdicts(context: EphemeralDataContext, suite: Suite, frame: DataFrame) -> Iterator[Verdict]:
    """Ask about one frame; in the order of the suite."""
    batch = batch_of(context, suite).get_batch({"dataframe": frame})
    holds = rules_that_hold(batch.validate(questions(suite), result_format=RESULT_FORMAT))
    for expectation in suite.expectations:
        yield Verdict(
            check=check_name(suite, expectation),
            table=suite.table,
            holds=expectation.rule in holds,
            sentence=expectation.broken,
        )


def read_frame(connection: duckdb.DuckDBPyConnection, suite: Suite) -> DataFrame:
    """Return the frame that a suite is about, out of what is or will be published."""
    return connection.execute(statements(published_tables()[suite.table])[suite.frame]).df()


def batch_of(context: EphemeralDataContext, suite: Suite) -> BatchDefinition:
    """Return Great Expectations' own place for a suite's frame, which is handed over when asked."""
    source = context.data_sources.add_or_update_pandas(suite.name)
    asset = source.add_dataframe_asset(suite.name)
    return asset.add_batch_definition_whole_dataframe(suite.name)


def questions(suite: Suite) -> ExpectationSuite:
    """Return Great Expectations' own object for a suite."""
    import great_expectations as gx
    from great_expectations import expectations

    return gx.ExpectationSuite(
        name=suite.name,
        expectations=[
            getattr(expectations, rule.kind)(**rule.arguments, meta={"rule": rule.rule})
            for rule in suite.expectations
        ],
    )


def rules_that_hold(outcome: ExpectationSuiteValidationResult) -> set[str]:
    """Return the rules of a suite that hold, out of Great Expectations' answer."""
    return {result.expectation_config.meta["rule"] for result in outcome.results if result.success}


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
