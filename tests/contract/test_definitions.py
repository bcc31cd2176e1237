"""What Dagster sees, held against `definitions.txt`: a change of the graph is a diff.

TACIT_WRITE_CONTRACT=1 pytest tests/contract writes the file anew; look at what changed in it.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dagster_pipelines.dagster_home import WRITERS
from dagster_pipelines.definitions import settings_in_use
from dagster_pipelines.errors import UsageError
from dagster_pipelines.publication import declared_columns, published_tables
from dagster_pipelines.warehouse import RAW_TABLES
from tests.contract.conftest import Defined

CONTRACT = Path(__file__).with_name("definitions.txt")
ROOT = Path(__file__).resolve().parents[2]


def test_the_definitions_are_the_contract(defined: Defined) -> None:
    said = "\n".join(described(defined.definitions)) + "\n"
    if os.environ.get("TACIT_WRITE_CONTRACT"):
        CONTRACT.write_text(said, encoding="utf-8")
    assert said == CONTRACT.read_text(encoding="utf-8")


def described(definitions: dg.Definitions) -> Iterator[str]:
    """Yield everything in the order of its names."""
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        kinds = sorted(tag.removeprefix("dagster/kind/") for tag in node.tags if "kind/" in tag)
        tags = [f"{tag}={said}" for tag, said in sorted(node.tags.items()) if "kind/" not in tag]
        yield f"asset {key.to_user_string()}"
        yield f"    group {node.group_name}, owners {', '.join(node.owners)}"
        yield f"    kinds {', '.join(kinds)}; tags {', '.join(tags)}"
        if node.freshness_policy:
            policy = node.freshness_policy
            yield (
                f"    freshness: warns after {policy.warn_window.to_timedelta()}, "
                f"fails after {policy.fail_window.to_timedelta()}"
            )
        for upstream in sorted(node.parent_keys):
            yield f"    after {upstream.to_user_string()}"
        for check in sorted(node.check_keys, key=lambda check: check.name):
            blocks = "blocking check" if graph.get(check).blocking else "check"
            yield f"    {blocks} {check.name}"
    for schedule in definitions.schedules or []:
        yield (
            f"schedule {schedule.name} starts {schedule.job_name}: {schedule.cron_schedule} in "
            f"{schedule.execution_timezone}, {schedule.default_status.value}"
        )
    for sensor in definitions.sensors or []:
        starts = f"starts {sensor.job_name}" if sensor.targets else "starts nothing"
        yield (
            f"sensor {sensor.name} {starts}: every "
            f"{sensor.minimum_interval_seconds} s, {sensor.default_status.value}"
        )
    for job in definitions.jobs or []:
        executor = definitions.resolve_job_def(job.name).executor_def.name
        yield f"job {job.name}: executor {executor}"


def test_loading_gives_no_warning(defined: Defined) -> None:
    assert defined.warnings == []


def test_the_one_job_takes_all_assets_and_checks(defined: Defined) -> None:
    graph = defined.definitions.resolve_asset_graph()
    [job] = [
        job for job in defined.definitions.resolve_all_job_defs() if not job.name.startswith("__")
    ]
    layer = job.asset_layer
    assert layer.selected_asset_keys == graph.materializable_asset_keys
    assert layer.asset_graph.asset_check_keys == graph.asset_check_keys


def test_every_writer_is_in_the_pool_of_one(defined: Defined) -> None:
    job = defined.definitions.resolve_job_def("tacit_run")
    pools = {node.name: node.definition.pools for node in job.graph.nodes}
    outside = {name for name, pool in pools.items() if pool != {WRITERS}}
    # These two write no database: one reads the candidate, the other renames its folder.
    assert outside == {"candidate_checks", "published__generation"}


def test_every_asset_says_what_it_is(defined: Defined) -> None:
    graph = defined.definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
        assert "privacy" in node.tags, key


def test_every_model_says_its_columns(defined: Defined) -> None:
    graph = defined.definitions.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        if key.path[0] in ("intermediate", "marts", "disclosure", "bi"):
            columns = graph.get(key).metadata["dagster/column_schema"].columns
            assert all(column.description for column in columns), key


def test_only_groups_are_called_groups_only(defined: Defined) -> None:
    graph = defined.definitions.resolve_asset_graph()
    groups_only = {
        key.path[0]
        for key in graph.get_all_asset_keys()
        if graph.get(key).tags["privacy"] == "groups_only"
    }
    assert groups_only == {"bi", "published"}


def test_every_test_of_dbt_is_an_asset_check(defined: Defined) -> None:
    tests = [
        node["name"]
        for node in defined.manifest["nodes"].values()
        if node["resource_type"] == "test"
    ]
    checks = {key.name for key in defined.definitions.resolve_asset_graph().asset_check_keys}
    assert set(tests) <= checks


def test_every_check_blocks(defined: Defined) -> None:
    """But for those tests of dbt that say that they only warn."""
    graph = defined.definitions.resolve_asset_graph()
    warning = {
        node["name"]
        for node in defined.manifest["nodes"].values()
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "warn"
    }
    lenient = {key.name for key in graph.asset_check_keys if not graph.get(key).blocking}
    assert lenient <= warning


def test_whatever_reads_raw_waits_for_the_closed_books(defined: Defined) -> None:
    graph = defined.definitions.resolve_asset_graph()
    books = dg.AssetKey(["raw", "files"])
    for key in graph.materializable_asset_keys:
        raw_parents = {parent for parent in graph.get(key).parent_keys if parent.path[0] == "raw"}
        if key.path[0] != "raw" and raw_parents:
            assert books in raw_parents, key


def test_every_raw_table_is_an_asset_and_the_other_way_round(defined: Defined) -> None:
    keys = defined.definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[1] for key in keys if key.path[0] == "raw"} == set(RAW_TABLES)


def test_what_is_published_is_what_bi_has(defined: Defined) -> None:
    keys = defined.definitions.resolve_asset_graph().get_all_asset_keys()
    assert {key.path[1] for key in keys if key.path[0] == "bi"} == set(published_tables())


def test_declarations_of_the_publication_are_the_contracts_of_dbt(defined: Defined) -> None:
    contracts = {
        node["name"]: {
            name: (column["data_type"].upper(), not _is_required(column))
            for name, column in node["columns"].items()
        }
        for node in defined.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "bi"
    }
    declared = {
        table: {name: (kind, is_nullable) for name, kind, is_nullable in columns}
        for table, columns in declared_columns().items()
    }
    assert declared == contracts


def _is_required(column: dict) -> bool:
    return "not_null" in {constraint["type"] for constraint in column["constraints"]}


def test_importing_the_definitions_does_no_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TACIT_CONFIG", str(tmp_path / "nowhere.yml"))
    module = importlib.reload(importlib.import_module("dagster_pipelines.definitions"))
    with pytest.raises(UsageError, match=r"nowhere\.yml: no such file"):
        module.defs()


def test_without_settings_there_is_a_company_without_exports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TACIT_CONFIG", raising=False)
    settings = settings_in_use()
    assert {source.format for source in settings.sources} == {"roster_csv", "interaction_csv"}
    assert list(settings.folder.iterdir()) == []


@pytest.mark.parametrize(
    "module",
    ["landing", "vault", "sources", "publication", "expectations.validation", "run_lock"],
)
def test_plain_modules_know_neither_dagster_nor_dbt(module: str) -> None:
    script = (
        f"import sys, dagster_pipelines.{module}\n"
        "found = {'dagster', 'dagster_dbt', 'dbt', 'great_expectations'} & set(sys.modules)\n"
        "sys.exit(f'imports {found}' if found else 0)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
