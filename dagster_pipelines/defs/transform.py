"""dbt's models, seeds and tests as assets and asset checks.

Here belongs how a node of dbt is seen by Dagster and how the project is run in the job. What a
model computes belongs in `dbt_project`, which knows nothing of Dagster.
"""

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtProject,
    dbt_assets,
)

from dagster_pipelines.causes import cause_in
from dagster_pipelines.dagster_home import WRITERS, dbt_path
from dagster_pipelines.dbt_manifest import Manifest
from dagster_pipelines.defs.resources import Dbt, OneRun, retries
from dagster_pipelines.defs.table_metadata import of_warehouse
from dagster_pipelines.errors import JobError, PassingError
from dagster_pipelines.expectations.validation import warm_up
from dagster_pipelines.settings import Schedule

STAGE = "Compute"
OWNERS = ["team:data"]

# Seconds that dbt is given to end by itself after a signal, before it is killed.
PATIENCE_SECONDS = 4.0

# Models in `bi` are groups only; everything before them is about single persons.
PRIVACY = {"bi": "groups_only"}

# How dbt says that it has dealt with a model or a seed. A test that fails is a failed check.
_RESULTS = ("LogModelResult", "LogSeedResult")
_TEST_RESULT = "LogTestResult"

UNFINISHED = "dbt did not come to its end; dbt/target/dbt.log in the data folder may say why."

_MANIFEST_OF_LOAD = dg.AssetKey(["raw", "files"])


class Translator(DagsterDbtTranslator):
    """A node's key is its schema and name, its group is its layer."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Return how Dagster sees a node. Sources are the raw assets and stay as they are."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec
        layer = node["schema"]
        shape = "seed" if node["resource_type"] == "seed" else node["config"]["materialized"]
        return spec.replace_attributes(
            key=dg.AssetKey([layer, node["name"]]),
            deps=_behind_the_books(spec.deps),
            group_name=layer,
            owners=OWNERS,
            kinds={"dbt", "duckdb", shape},
            tags={**spec.tags, "privacy": PRIVACY.get(layer, "pseudonymised")},
        )


def _behind_the_books(deps: Any) -> list[dg.AssetDep]:
    """Let whatever reads a raw table wait until the load's books are closed and add up."""
    deps = list(deps)
    keys = {dep.asset_key for dep in deps}
    if any(key.path[0] == "raw" for key in keys) and _MANIFEST_OF_LOAD not in keys:
        deps.append(dg.AssetDep(_MANIFEST_OF_LOAD))
    return deps


def model_assets(
    manifest: Manifest, project: DbtProject, schedule: Schedule
) -> dg.AssetsDefinition:
    """Return all of dbt as one step."""

    @dbt_assets(
        manifest=manifest,
        project=project,
        name="dbt_models",
        dagster_dbt_translator=Translator(
            DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True)
        ),
        pool=WRITERS,
        retry_policy=retries(schedule),
    )
    def dbt_models(
        context: dg.AssetExecutionContext, dbt: Dbt, run: dg.ResourceParam[OneRun]
    ) -> Iterator[Any]:
        """`dbt build` without the unit tests: those test the code, not the data."""
        with run.step("dbt"):
            yield from _build(context, dbt, run)

    return dbt_models


def _build(context: dg.AssetExecutionContext, dbt: Dbt, run: OneRun) -> Iterator[Any]:
    """Run dbt and yield its outcome, once its process has let go of the warehouse.

    Raises
    ------
    JobError
        A model could not be built, or a test failed.
    PassingError
        dbt said neither, and did not come to its end.
    """
    # Until dbt has begun with its first node.
    run.report(STAGE, 0)
    os.environ["TACIT_PARENT"] = str(os.getpid())
    warm_up()
    arguments = ["build", "--exclude-resource-type", "unit_test", "--no-use-colors"]
    invocation = dbt.cli(
        arguments,
        context=context,
        target_path=dbt_path(run.settings) / "target",
        raise_on_error=False,
    )
    invocation.termination_timeout_seconds = PATIENCE_SECONDS
    try:
        events, broken, tests, cause = _followed(invocation, run)
    finally:
        invocation.process.kill()
        invocation.process.wait()
    yield from _with_descriptions(context, run, events)
    if broken or tests or cause:
        raise JobError(_failure_sentence(broken, cause))
    if invocation.process.returncode != 0:
        raise PassingError(UNFINISHED)


def _followed(
    invocation: DbtCliInvocation, run: OneRun
) -> tuple[list[Any], list[str], int, str | None]:
    """Wait for dbt; return Dagster's events, what could not be built, how many tests failed, why.

    Why is known of a full disk and a damaged database only.
    """
    events: list[Any] = []
    broken: list[str] = []
    failed_tests = 0
    cause: str | None = None
    raw_events = invocation.stream_raw_events()
    while True:
        # dagster-dbt prints what dbt says; it stands in dbt's own log.
        with redirect_stdout(io.StringIO()):
            event = next(raw_events, None)
        if event is None:
            return events, broken, failed_tests, cause
        if event.raw_event["info"]["level"] == "error":
            cause = cause or cause_in(event.raw_event["info"]["msg"])
        name, data = event.raw_event["info"]["name"], event.raw_event["data"]
        if name == "LogStartLine":
            run.report(STAGE, data["index"] - 1, data["total"])
        if name in _RESULTS and data["node_info"]["node_status"] == "error":
            broken.append(data["node_info"]["node_name"])
        if name == _TEST_RESULT and data["status"] in ("fail", "error"):
            failed_tests += 1
        events += event.to_default_asset_events(
            manifest=invocation.manifest,
            dagster_dbt_translator=invocation.dagster_dbt_translator,
            context=invocation.context,
            target_path=invocation.target_path,
            project=invocation.project,
        )


def _with_descriptions(
    context: dg.AssetExecutionContext, run: OneRun, events: list[Any]
) -> Iterator[Any]:
    """Yield the events, the outputs among them with what the tables look like now."""
    keys = {
        event.output_name: context.asset_key_for_output(event.output_name)
        for event in events
        if isinstance(event, dg.Output)
    }
    tables = [(key.path[0], key.path[1]) for key in keys.values()]
    described = of_warehouse(run.settings, tables) if tables else {}
    for event in events:
        if isinstance(event, dg.Output):
            schema, name = keys[event.output_name].path
            context.add_output_metadata(described[schema, name], output_name=event.output_name)
        yield event


def _failure_sentence(broken: list[str], cause: str | None = None) -> str:
    """Say why, or which models failed; dbt's own words may quote values, and stay in its log."""
    if cause:
        return f"The models could not be built: {cause}."
    if not broken:
        return "A test of dbt failed."
    others = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
    return (
        f"dbt could not build {broken[0]}{others}; dbt/target/dbt.log in the data folder says why."
    )
