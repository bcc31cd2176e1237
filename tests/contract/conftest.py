"""The definitions of one company, made once for all contract tests."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import dagster as dg
import pytest

from dagster_pipelines.dbt_manifest import Manifest, load_manifest
from dagster_pipelines.defs import build_defs
from dagster_pipelines.settings import Settings


@dataclass(frozen=True)
class Defined:
    """Definitions, what they were made of, and the warnings that Dagster gave on the way."""

    definitions: dg.Definitions
    manifest: Manifest
    warnings: list[str]


@pytest.fixture(scope="session")
def defined(tmp_path_factory: pytest.TempPathFactory) -> Defined:
    sources = [
        {"name": "hr", "format": "roster_csv", "path": "hr.csv"},
        {"name": "mail", "format": "interaction_csv", "path": "mail.csv", "channel": "email"},
        {"name": "chat", "format": "interaction_csv", "path": "chat.csv", "channel": "chat_direct"},
    ]
    settings = Settings.model_validate(
        {
            "organisation": {"timezone": "Europe/Warsaw"},
            "sources": sources,
            "folder": tmp_path_factory.mktemp("company"),
        }
    )
    with pytest.MonkeyPatch.context() as patched, warnings.catch_warnings(record=True) as caught:
        patched.setenv("DAGSTER_HOME", str(settings.folder))
        warnings.simplefilter("always")
        definitions = build_defs(settings)
        dg.Definitions.validate_loadable(definitions)
    about_dagster = [str(one.message) for one in caught if "dagster" in str(one.filename).lower()]
    return Defined(definitions, load_manifest(settings), about_dagster)
