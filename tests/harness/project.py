"""The dbt project as dbt compiles it: the SQL of each model, in the order in which it runs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from dbt.cli.main import dbtRunner

from dagster_pipelines.sqlfiles import SQL, repository, statements

CATALOG = "warehouse"
"""The catalog in the compiled relation names: the name of the file that dbt connects to."""

MARTS = (
    "dim_people",
    "fct_person_weeks",
    "fct_segment_weeks",
    "fct_ties",
    "fct_unit_pair_weeks",
)
"""What a harness builds unless it is told otherwise, with all that these need."""


@dataclass(frozen=True)
class Model:
    """One compiled model."""

    name: str
    relation: str
    schema: str
    is_view: bool
    sql: str
    needs: frozenset[str]


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
    """The project in `dbt_project`, compiled once for a test session, against an empty warehouse.

    Raises
    ------
    RuntimeError
        dbt could not compile it.
    """
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / f"{CATALOG}.duckdb"
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("create schema raw")
            for declaration in declarations():
                connection.execute(declaration)
        with patch.dict(os.environ, {"TACIT_WAREHOUSE": str(warehouse)}):
            compiled = dbtRunner().invoke(
                [
                    *("--quiet", "--no-send-anonymous-usage-stats", "--no-partial-parse"),
                    *("--log-level", "none", "--log-path", folder),
                    "compile",
                    *("--project-dir", str(repository() / "dbt_project")),
                    *("--profiles-dir", str(repository()), "--target-path", folder),
                    *("--exclude", "resource_type:test", "resource_type:unit_test"),
                ]
            )
        if not compiled.success:
            raise RuntimeError("dbt could not compile the project") from compiled.exception
        manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    return project_of(manifest)


def project_of(manifest: Mapping[str, Any]) -> Project:
    """The models and seeds of a manifest; ephemeral models are part of the SQL of others."""
    nodes = manifest["nodes"]
    models = {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] == "model"
        and node["language"] == "sql"
        and node["config"]["materialized"] != "ephemeral"
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
                sql=models[key]["compiled_code"],
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
