"""The dbt models in Python, as modules."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from dagster_pipelines.sqlfiles import repository


def disclosure_model(name: str) -> ModuleType:
    """Return the model of a name that decides what is withheld."""
    path = repository() / f"dbt_project/models/disclosure/{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
