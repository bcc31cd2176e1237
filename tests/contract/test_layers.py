"""The layers: who may read what, and that everything says what it is (ARCHITECTURE.md).

Here belong rules about the tree as a whole: the SQL of a layer reads only what its layer may,
modules import nothing from the wrong side, and every table stands wherever it has to. What a table
holds belongs in the tests of dbt.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
import duckdb
import pytest
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from dagster_pipelines.dashboard.pages import PAGES
from dagster_pipelines.defs.raw import raw_assets
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sqlfiles import SQL, repository
from tests.harness.project import compiled_project, declarations

ROOT = repository()
MODELS = ROOT / "dbt_project" / "models"
LAYERS = ("staging", "intermediate", "marts", "disclosure", "bi")

READS = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
    "disclosure": {"intermediate", "marts", "disclosure"},
    "bi": {"marts", "disclosure", "bi"},
}
"""From a layer to what its models may read."""

OF_EVERY_PAGE = {"metric_definitions", "release"}
"""Published tables that all pages of the dashboard show."""

LOADERS_OWN = {"migrations"}
"""Raw tables that no model reads and no run shows: the loader's notes to itself."""

WITHOUT_DAGSTER_AND_DBT = (
    *("sources", "vault", "landing", "expectations", "explanation", "disclosure", "restating"),
    "dashboard",
)
"""Modules and packages of dagster_pipelines that know neither of the two."""

UNDONE = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b[:( ]")
"""Notes of work that is left, spelt so that this line is none."""


class Parsed:
    """What dbt makes of the project: the manifest, and which deprecations it warned of."""

    def __init__(self, manifest: Mapping[str, Any], deprecations: list[str]) -> None:
        self.manifest = manifest
        self.deprecations = deprecations

    def models(self) -> list[Mapping[str, Any]]:
        nodes = self.manifest["nodes"].values()
        return [node for node in nodes if node["resource_type"] == "model"]

    def layer(self, key: str) -> str:
        """The layer of a model; of anything else, what it is."""
        if key not in self.manifest["nodes"]:
            return key.split(".")[0]
        node = self.manifest["nodes"][key]
        return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"]


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """The project, parsed anew: a file that did not change is silent about its deprecations."""
    folder = tmp_path_factory.mktemp("parsed")
    deprecations: list[str] = []

    def listen(event: EventMsg) -> None:
        if "Deprecat" in event.info.name:
            deprecations.append(event.info.msg)

    with patch.dict(os.environ, {"TACIT_WAREHOUSE": str(folder / "warehouse.duckdb")}):
        done = dbtRunner(callbacks=[listen]).invoke(
            [
                *("--no-send-anonymous-usage-stats", "--no-partial-parse"),
                *("--show-all-deprecations", "--log-level", "none", "--log-path", str(folder)),
                *("parse", "--project-dir", str(ROOT / "dbt_project")),
                *("--profiles-dir", str(ROOT), "--target-path", str(folder)),
            ]
        )
    assert done.success, done.exception
    return Parsed(json.loads((folder / "manifest.json").read_text()), deprecations)


def test_a_model_reads_only_what_its_layer_may_read(parsed: Parsed) -> None:
    wrong = [
        f"{model['name']} reads {parent}"
        for model in parsed.models()
        for parent in model["depends_on"]["nodes"]
        if parsed.layer(parent) not in READS[parsed.layer(model["unique_id"])]
        and not is_only_named(parent, model)
        and not tells_what_changed(parent, model, parsed)
    ]
    assert not wrong


def is_only_named(parent: str, model: dict[str, Any]) -> bool:
    """Tell whether a model is to be built after another, and reads nothing of it."""
    if not model["name"].startswith("int_built"):
        return False
    read = re.sub(r"(?m)^-- depends_on:.*$", "", model["raw_code"])
    return f"ref('{parent.rsplit('.')[-1]}')" not in read


def tells_what_changed(parent: str, model: dict[str, Any], parsed: Parsed) -> bool:
    """Tell whether a model asks it which of its own rows to compute anew."""
    if model["config"]["materialized"] != "recomputed":
        return False
    folder = parsed.manifest["nodes"][parent]["fqn"][1:-1]
    return folder == ["intermediate", "builds"]


def test_a_build_is_finished_after_everything_that_it_builds_in_part(parsed: Parsed) -> None:
    models = {model["unique_id"]: model for model in parsed.models()}
    before: set[str] = set()
    asked = ["model.tacit.int_built"]
    while asked:
        for parent in models[asked.pop()]["depends_on"]["nodes"]:
            if parent in models and parent not in before:
                before.add(parent)
                asked.append(parent)
    in_part = {
        key for key, model in models.items() if model["config"]["materialized"] == "recomputed"
    }
    assert in_part
    assert not in_part - before
    assert not {key for key in models if parsed.layer(key) == "bi"} - before


def test_a_model_names_no_schema_itself(parsed: Parsed) -> None:
    named = re.compile(rf"\b(?:from|join)\s+(?:raw|{'|'.join(LAYERS)})\.", re.IGNORECASE)
    assert not [model["name"] for model in parsed.models() if named.search(model["raw_code"])]


def test_a_model_s_schema_is_its_layer(parsed: Parsed) -> None:
    assert {parsed.layer(model["unique_id"]) for model in parsed.models()} == set(LAYERS)
    for model in parsed.models():
        assert model["schema"] == parsed.layer(model["unique_id"])


def test_every_model_has_a_yml_of_its_name_beside_it() -> None:
    models = {path.with_suffix("") for kind in ("*.sql", "*.py") for path in MODELS.rglob(kind)}
    described = {path.with_suffix("") for path in MODELS.rglob("*.yml") if path.name[0] != "_"}
    assert models == described


def test_a_yml_speaks_of_the_model_beside_it(parsed: Parsed) -> None:
    for model in parsed.models():
        beside = Path(model["original_file_path"]).with_suffix(".yml")
        assert model["patch_path"] == f"tacit://{beside}"


def test_a_page_of_the_dashboard_is_an_exposure_of_what_it_reads(parsed: Parsed) -> None:
    exposures = {
        exposure["name"]: (
            exposure["label"],
            exposure["description"],
            {key.split(".")[-1] for key in exposure["depends_on"]["nodes"]},
        )
        for exposure in parsed.manifest["exposures"].values()
    }
    assert exposures == {
        f"dashboard_{page.slug}": (page.title, page.question, {*page.reads, *OF_EVERY_PAGE})
        for page in PAGES.values()
    }


def test_a_model_s_description_begins_with_its_grain(parsed: Parsed) -> None:
    tables = [
        *parsed.models(),
        *(node for node in parsed.manifest["nodes"].values() if node["resource_type"] == "seed"),
        *parsed.manifest["sources"].values(),
    ]
    without = [
        table["name"] for table in tables if not re.match(r"One row\b", table["description"])
    ]
    assert not without


def test_every_column_of_every_model_is_described(parsed: Parsed) -> None:
    described = {
        model["relation_name"]: {
            name for name, column in model["columns"].items() if column["description"].strip()
        }
        for model in parsed.models()
    }
    described = {name.split(".", 1)[1]: columns for name, columns in described.items()}
    wrong = {}
    for relation, columns in columns_of_models().items():
        if columns != described[relation]:
            wrong[relation] = sorted(columns ^ described[relation])
    assert not wrong


def columns_of_models() -> dict[str, set[str]]:
    """The columns that each model's SQL gives, by its relation without the catalog."""
    project = compiled_project()
    columns = {}
    with duckdb.connect() as connection:
        # dbt writes the catalog's name into every relation.
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("use warehouse")
        for schema in ("raw", *LAYERS):
            connection.execute(f"create schema if not exists {schema}")
        for declaration in declarations():
            connection.execute(declaration)
        for seed in project.seeds:
            typed = ", ".join(f"{name} {type_}" for name, type_ in seed.column_types.items())
            connection.execute(f"create table {seed.relation} ({typed})")
        for model in project.models:
            model.create_in(connection)
            described = connection.execute(f"describe {model.relation}").fetchall()
            columns[model.relation.split(".", 1)[1]] = {name for name, *_ in described}
    return columns


def test_every_seed_s_column_is_described(parsed: Parsed) -> None:
    for node in parsed.manifest["nodes"].values():
        if node["resource_type"] == "seed":
            path = ROOT / "dbt_project" / node["original_file_path"]
            header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
            described = [name for name, column in node["columns"].items() if column["description"]]
            assert described == header
            assert list(node["config"]["column_types"]) == header


def test_every_doc_block_is_used(parsed: Parsed) -> None:
    blocks = {name for name in parsed.manifest["docs"] if name.startswith("doc.tacit.")}
    documented = [
        *parsed.manifest["nodes"].values(),
        *parsed.manifest["sources"].values(),
    ]
    used = {block for node in documented for block in node.get("doc_blocks", [])}
    for node in documented:
        for column in node.get("columns", {}).values():
            used |= set(column.get("doc_blocks", []))
    assert blocks - {"doc.tacit.__overview__"} == used


def test_what_leaves_dbt_has_an_enforced_contract(parsed: Parsed) -> None:
    for model in parsed.models():
        is_public = parsed.layer(model["unique_id"]) in ("marts", "bi")
        assert model["config"]["contract"]["enforced"] == is_public


def test_dbt_warns_of_no_deprecation(parsed: Parsed) -> None:
    assert not parsed.deprecations


def relations(path: Path) -> Iterator[tuple[str, ...]]:
    """The qualified names of the relations that a file of plain SQL speaks of."""
    text = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    text = re.sub(r"(?i)\bdistinct\s+from\b", "distinct", text)
    before = r"(?:from|join|into|update|table|view|truncate|exists|schema)"
    for name in re.findall(rf"\b{before}\s+((?:\w+\.)+\w+)", text, re.IGNORECASE):
        yield tuple(name.split("."))


@pytest.mark.parametrize(
    ("folder", "schemas"),
    [
        ("raw", {("raw",), ("information_schema",)}),
        ("publish", {("warehouse", "bi"), ("candidate", "bi"), ("bi",)}),
        ("bi", {("bi",)}),
        ("dashboard", {("bi",)}),
        ("explain", {("raw",), ("intermediate",), ("marts",)}),
        (
            "disclosure",
            {("bi",), ("intermediate",), ("marts",), ("record",), ("record_before",)},
        ),
        (
            "restating",
            {
                *(("warehouse", schema) for schema in ("disclosure", "intermediate", "marts")),
                *(("candidate", "bi"), ("stated",), ("before",)),
            },
        ),
    ],
)
def test_plain_sql_names_only_the_schema_of_its_border(
    folder: str, schemas: set[tuple[str, ...]]
) -> None:
    named = {
        (path.name, name[:-1]) for path in (SQL / folder).glob("*.sql") for name in relations(path)
    }
    assert named
    assert {schema for _, schema in named} <= schemas


def test_a_publication_of_each_bi_table_and_of_nothing_else(parsed: Parsed) -> None:
    tables = {model["name"] for model in parsed.models() if model["schema"] == "bi"}
    assert {path.stem for path in (SQL / "publish").glob("*.sql")} == tables


def test_a_raw_table_s_file_its_dbt_source_and_its_asset_carry_one_name(parsed: Parsed) -> None:
    files = {path.stem for path in (SQL / "raw").glob("*.sql")}
    declared = {
        name
        for declaration in declarations()
        for name in re.findall(r"create table if not exists raw\.(\w+)", declaration)
    }
    sources = {node["name"] for node in parsed.manifest["sources"].values()}
    assert files == declared
    assert sources == files - LOADERS_OWN
    assert {key.path[1] for key in raw_asset_keys() if key.path[0] == "raw"} == sources


def test_dbt_knows_of_which_formats_the_present_files_are_all_there_is() -> None:
    macros = (ROOT / "dbt_project" / "macros" / "builds.sql").read_text(encoding="utf-8")
    [named] = re.findall(r"macro registers\(\) -%\}\s*\((.*?)\)\s*\{%-", macros, re.DOTALL)
    registers = {name for name, format_ in FORMATS.items() if format_.IS_REGISTER}
    assert set(re.findall(r"'(\w+)'", named)) == registers


def raw_asset_keys() -> set[dg.AssetKey]:
    """The assets of a project with a source of each format."""
    settings = Settings.model_validate(
        {
            "folder": ROOT,
            "sources": [
                {"name": "hr", "format": "roster_csv", "path": "hr.csv"},
                {"name": "mail", "format": "interaction_csv", "path": "mail.csv"},
            ],
        }
    )
    keys: set[dg.AssetKey] = set()
    for asset in raw_assets(settings):
        keys |= {asset.key} if isinstance(asset, dg.AssetSpec) else set(asset.keys)
    return keys


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it; relative ones by their full names."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def file_of(module: str) -> Path | None:
    """The file of a module of ours, or None."""
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if file.exists()), None)


def reached(path: Path) -> dict[str, Path]:
    """All modules that a file imports, also through modules of ours, and who imports them."""
    found: dict[str, Path] = {}
    ahead = [path]
    while ahead:
        current = ahead.pop()
        for module in imported(current) - found.keys():
            found[module] = current
            file = file_of(module)
            if file is not None and file != path:
                ahead.append(file)
    return found


def python_files(folder: Path) -> list[Path]:
    """The Python files in a folder, at any depth."""
    return sorted(folder.rglob("*.py"))


@pytest.mark.parametrize("part", WITHOUT_DAGSTER_AND_DBT)
def test_plain_code_knows_neither_dagster_nor_dbt(part: str) -> None:
    place = ROOT / "dagster_pipelines" / part
    files = python_files(place) if place.is_dir() else [place.with_suffix(".py")]
    assert files
    wrong = {
        f"{by.relative_to(ROOT)} imports {module}"
        for path in files
        for module, by in reached(path).items()
        if re.match(r"(?:dagster|dagster_\w+|dbt|dbt_\w+)(?:\.|$)", module)
        and not module.startswith(("dagster_pipelines", "dbt_project"))
    }
    assert not wrong


def test_dbt_knows_nothing_of_dagster() -> None:
    project = ROOT / "dbt_project"
    files = [path for kind in ("*.sql", "*.yml", "*.csv") for path in project.rglob(kind)]
    assert not [path for path in files if "dagster" in path.read_text(encoding="utf-8").lower()]


@pytest.mark.parametrize("folder", ["dagster_pipelines", "benchmarks", "faults", "scripts"])
def test_nobody_imports_tests(folder: str) -> None:
    wrong = [
        path.relative_to(ROOT)
        for path in python_files(ROOT / folder)
        if any(module.split(".")[0] == "tests" for module in imported(path))
    ]
    assert not wrong


def test_nothing_is_left_to_be_done() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("only a checkout knows which files are the project's")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    undone = []
    for name in listed.splitlines():
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 1_000_000:
            text = path.read_text(encoding="utf-8", errors="ignore")
            undone += [name] if UNDONE.search(text) else []
    assert not undone
