"""Everything that Dagster sees: the company whose settings `TACIT_CONFIG` names.

Without that variable the definitions are those of a company that has no exports, in a folder that
goes with the process: good for looking at the graph and for `dg check defs`, not for a run.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

import dagster as dg

from dagster_pipelines.defs import build_defs
from dagster_pipelines.settings import Settings, load_settings


def settings_in_use() -> Settings:
    """Return the settings that `TACIT_CONFIG` names, or those of a company without exports."""
    named = os.environ.get("TACIT_CONFIG")
    if named:
        return load_settings(Path(named))
    folder = tempfile.TemporaryDirectory(prefix="tacit-")
    atexit.register(folder.cleanup)
    sources = [
        {"name": "roster", "format": "roster_csv", "path": "roster.csv"},
        {"name": "interactions", "format": "interaction_csv", "path": "interactions.csv"},
    ]
    return Settings.model_validate({"sources": sources, "folder": Path(folder.name)})


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions, when Dagster asks for them and not at import."""
    return build_defs(settings_in_use())
