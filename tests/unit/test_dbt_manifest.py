"""dbt's manifest: where a test of several models is shown, and when the project is parsed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines import dbt_manifest
from dagster_pipelines.dagster_home import dbt_path
from dagster_pipelines.dbt_manifest import attach_tests, load_manifest
from dagster_pipelines.errors import JobError
from tests.harness.published import settings_in


def manifest_with(*models: tuple[str, str], test: dict[str, Any]) -> dict[str, Any]:
    nodes = {
        f"model.tacit.{name}": {"resource_type": "model", "schema": schema, "name": name}
        for schema, name in models
    }
    return {"nodes": {**nodes, "test.tacit.rule": {"resource_type": "test", **test}}}


def test_a_test_of_several_models_is_shown_at_the_last_of_them() -> None:
    parents = ["model.tacit.int_ties", "model.tacit.fct_ties", "model.tacit.stg_rows"]
    manifest = manifest_with(
        ("intermediate", "int_ties"),
        ("marts", "fct_ties"),
        ("staging", "stg_rows"),
        test={"depends_on": {"nodes": parents}},
    )
    attached = attach_tests(manifest)["nodes"]["test.tacit.rule"]["attached_node"]
    assert attached == "model.tacit.fct_ties"


def test_what_dbt_has_attached_stays() -> None:
    test = {
        "attached_node": "model.tacit.int_ties",
        "depends_on": {"nodes": ["model.tacit.int_ties", "model.tacit.fct_ties"]},
    }
    manifest = manifest_with(("intermediate", "int_ties"), ("marts", "fct_ties"), test=test)
    attached = attach_tests(manifest)["nodes"]["test.tacit.rule"]["attached_node"]
    assert attached == "model.tacit.int_ties"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a dbt project of one model."""
    project = tmp_path / "checkout" / "dbt_project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(
        "name: tacit\nversion: '1.0.0'\nprofile: tacit\nmodel-paths: [models]\n"
    )
    (project.parent / "profiles.yml").write_text(
        "tacit:\n  target: here\n  outputs:\n    here: {type: duckdb, path: ':memory:'}\n"
    )
    (project / "models" / "one.sql").write_text("select 1 as number")
    monkeypatch.setenv("TACIT_HOME", str(project.parent))
    return project


def test_the_project_is_parsed_again_only_when_a_file_has_changed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    assert "model.tacit.one" in load_manifest(settings)["nodes"]
    with monkeypatch.context() as patched:
        patched.setattr(dbt_manifest, "_parse", None)
        assert "model.tacit.one" in load_manifest(settings)["nodes"]
    (project / "models" / "two.sql").write_text("select 2 as number")
    assert "model.tacit.two" in load_manifest(settings)["nodes"]
    assert len(list(dbt_path(settings).glob("manifest-*.json"))) == 1
    assert not list(dbt_path(settings).glob("parse-*"))


def test_a_project_that_does_not_parse_is_a_sentence(project: Path, tmp_path: Path) -> None:
    (project / "models" / "one.sql").write_text("select {{ nobody_closes_this")
    with pytest.raises(JobError, match="The dbt project does not parse"):
        load_manifest(settings_in(tmp_path))
    assert not list(dbt_path(settings_in(tmp_path)).glob("parse-*"))


def test_what_dbt_writes_beside_the_models_is_no_change(project: Path) -> None:
    before = dbt_manifest._fingerprint()
    (project / "target").mkdir()
    (project / "target" / "run_results.json").write_text(json.dumps({}))
    assert dbt_manifest._fingerprint() == before
