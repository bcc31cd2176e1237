"""The dbt project as dbt compiles it: the SQL of each model, in the order in which it runs."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from dagster_pipelines.sqlfiles import SQL, statements
from tests.harness.dbt import CATALOG, run_dbt
from tests.harness.models import Model
from tests.harness.once import made_once

WHOLE, PARTIAL = "whole.json", "partial.json"

MARTS = (
    "dim_people",
    "fct_newcomer_weeks",
    "fct_newcomers",
    "fct_org_structure",
    "fct_participation",
    "fct_person_structure",
    "fct_person_weeks",
    "fct_programme_effects",
    "fct_programme_engagement",
    "fct_programme_reach",
    "fct_segment_weeks",
    "fct_ties",
    "fct_unit_pair_weeks",
)
"""What a harness builds unless it is told otherwise, with all that these need."""


@dataclass(frozen=True)
class Seed:
    """One seed: its CSV file and the types of its columns."""

    relation: str
    path: Path
    column_types: Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """All models, each after those it needs, and all seeds."""

    models: tuple[Model, ...]
    seeds: tuple[Seed, ...]

    def models_for(self, names: frozenset[str]) -> list[Model]:
        """The models of these names and all that they need, in the order in which they run.

        Raises
        ------
        KeyError
            The project has no model of such a name.
        """
        by_name = {model.name: model for model in self.models}
        wanted: set[str] = set()
        asked = [by_name[name] for name in names]
        while asked:
            model = asked.pop()
            if model.name not in wanted:
                wanted.add(model.name)
                asked.extend(by_name[name] for name in model.needs)
        return [model for model in self.models if model.name in wanted]


def declarations() -> list[str]:
    """The statements that make the empty tables of schema `raw`, as the loader makes them."""
    return [statements(path)["declare"] for path in sorted((SQL / "raw").glob("*.sql"))]


@cache
def compiled_project() -> Project:
    """The project in `dbt_project`, compiled once for a test run.

    Raises
    ------
    RuntimeError
        dbt could not compile it.
    """
    compiled = made_once("compiled", compile_into)
    return project_of(*(json.loads((compiled / name).read_bytes()) for name in (WHOLE, PARTIAL)))


def compile_into(folder: Path) -> None:
    """Keep the manifests of the project compiled for a build of everything, and of what changed.

    The first is compiled against an empty warehouse, the other against one that seems to be built.
    """
    with tempfile.TemporaryDirectory() as warehouses:
        empty, built = (Path(warehouses, name, f"{CATALOG}.duckdb") for name in ("empty", "built"))
        declare_raw(empty)
        whole = json.loads(compile_for(empty, folder / WHOLE).read_bytes())
        declare_raw(built)
        pretend_a_finished_build(built, project_of(whole, whole))
        compile_for(built, folder / PARTIAL)


def declare_raw(warehouse: Path) -> None:
    """Make a warehouse with nothing but the empty tables of schema `raw`."""
    warehouse.parent.mkdir()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema raw")
        for declaration in declarations():
            connection.execute(declaration)


def compile_for(warehouse: Path, manifest: Path) -> Path:
    """Let dbt compile the project for a warehouse as it is; return where the manifest is.

    Raises
    ------
    RuntimeError
        dbt could not compile it.
    """
    target = warehouse.parent.parent / "target"
    compiled = run_dbt(
        warehouse, target, "compile", "--exclude", "resource_type:test", "resource_type:unit_test"
    )
    if not compiled.success:
        raise RuntimeError("dbt could not compile the project") from compiled.exception
    return (target / "manifest.json").replace(manifest)


def pretend_a_finished_build(warehouse: Path, project: Project) -> None:
    """Make all tables, empty, and note a build after which dbt computes only what changes."""
    with duckdb.connect(str(warehouse)) as connection:
        for schema in sorted({model.schema for model in project.models}):
            connection.execute("create schema if not exists " + schema)
        for seed in project.seeds:
            seeded = connection.read_csv(
                str(seed.path), header=True, dtype=dict(seed.column_types), na_values=""
            )
            seeded.create(seed.relation.replace('"', ""))
        for model in project.models:
            model.create_in(connection)
        [builds] = [model for model in project.models if model.name == "int_builds"]
        [code] = set(re.findall("'([0-9a-f]{32})' as code", builds.code))
        connection.execute(
            f"insert into {builds.relation} by name"
            " select 1 as build, ? as code, false as is_whole",
            [code],
        )


def project_of(manifest: Mapping[str, Any], partial: Mapping[str, Any]) -> Project:
    """The models and seeds of a project as compiled for a build of everything, and of what changed.

    Ephemeral models are part of the SQL of others.
    """
    nodes = manifest["nodes"]
    models = {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    needs = {key: parents_among(models, node, nodes) for key, node in models.items()}
    order: list[str] = []
    while len(order) < len(models):
        ready = [key for key in models if key not in order and needs[key] <= set(order)]
        if not ready:
            raise RuntimeError("the models of the project need each other in a circle")
        order.extend(sorted(ready))
    return Project(
        models=tuple(
            Model(
                name=models[key]["name"],
                relation=models[key]["relation_name"],
                schema=models[key]["schema"],
                is_view=models[key]["config"]["materialized"] == "view",
                is_python=models[key]["language"] == "python",
                code=models[key]["compiled_code"],
                partial_code=partial["nodes"][key]["compiled_code"],
                key=models[key]["config"]["unique_key"],
                recomputes=models[key]["config"]["meta"].get("recomputes"),
                needs=frozenset(models[parent]["name"] for parent in needs[key]),
            )
            for key in order
        ),
        seeds=tuple(
            Seed(
                relation=node["relation_name"],
                path=Path(node["root_path"] or ".") / node["original_file_path"],
                column_types=node["config"]["column_types"],
            )
            for node in nodes.values()
            if node["resource_type"] == "seed"
        ),
    )


def parents_among(
    models: Mapping[str, Any], node: Mapping[str, Any], nodes: Mapping[str, Any]
) -> set[str]:
    """The models that a model reads, also those behind ephemeral ones."""
    parents: set[str] = set()
    for key in node["depends_on"]["nodes"]:
        if key in models:
            parents.add(key)
        elif key in nodes and nodes[key]["resource_type"] == "model":
            parents |= parents_among(models, nodes[key], nodes)
    return parents
