"""dbt's manifest: parsed at first need, kept in the data folder, parsed again when a file changed.

Here belongs what is known of the dbt project without running it. Running it belongs in
`defs/transform.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dagster_pipelines.dagster_home import dbt_path, environment
from dagster_pipelines.errors import JobError
from dagster_pipelines.leftovers import parse_prefix
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import project_fingerprint, repository
from dagster_pipelines.warehouse import prepare_folders

Manifest = dict[str, Any]

# The way of the data; what checks several models is shown at the last of them.
LAYERS = ("raw", "staging", "intermediate", "marts", "disclosure", "bi")

# What lets dbt read only the files that have changed.
_PARTIAL = Path("target", "partial_parse.msgpack")


def load_manifest(settings: Settings) -> Manifest:
    """Return the manifest of the project as it is now, each test with one node to be shown at.

    Raises
    ------
    JobError
        The dbt project does not parse.
    """
    folder = dbt_path(settings)
    kept = folder / f"manifest-{_fingerprint()}.json"
    if not kept.exists():
        prepare_folders(settings)
        _parse(settings, kept)
        for old in folder.glob("manifest-*.json"):
            if old != kept:
                old.unlink(missing_ok=True)
    return attach_tests(json.loads(kept.read_bytes()))


def attach_tests(manifest: Manifest) -> Manifest:
    """Attach each test of several models to the last of them on the way of the data.

    dbt attaches generic tests only. A test of several models that is attached to none would not be
    an asset check.
    """
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            models = [name for name in node["depends_on"]["nodes"] if name in manifest["nodes"]]
            if models:
                node["attached_node"] = max(models, key=lambda name: _place(manifest, name))
    return manifest


def _place(manifest: Manifest, unique_id: str) -> tuple[int, str]:
    schema = manifest["nodes"][unique_id]["schema"]
    return (LAYERS.index(schema) if schema in LAYERS else -1, unique_id)


def _fingerprint() -> str:
    """Return a short hash of everything that the manifest is made of."""
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    digest.update(project_fingerprint().encode())
    digest.update((repository() / "profiles.yml").read_bytes())
    return digest.hexdigest()[:16]


def _parse(settings: Settings, kept: Path) -> None:
    """Let dbt parse the project into a folder of its own; move what is needed out of it."""
    folder = dbt_path(settings)
    with tempfile.TemporaryDirectory(prefix=parse_prefix(), dir=folder) as target:
        if (folder / _PARTIAL).exists():
            shutil.copy(folder / _PARTIAL, target)
        done = subprocess.run(
            [
                *(sys.executable, "-P", str(dbt_script())),
                *("--quiet", "parse"),
                *("--project-dir", str(repository() / "dbt_project")),
                *("--target-path", target),
                *("--log-path", target),
            ],
            env={**os.environ, **environment(settings), "TACIT_PARENT": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise JobError(
                "The dbt project does not parse; "
                "`dbt parse --project-dir dbt_project --profiles-dir .` says why."
            )
        (folder / _PARTIAL).parent.mkdir(mode=0o700, exist_ok=True)
        Path(target, _PARTIAL.name).replace(folder / _PARTIAL)
        Path(target, "manifest.json").replace(kept)


def dbt_script() -> Path:
    """Return the Python script that is dbt's command line here."""
    return Path(__file__).resolve().parent / "bin" / "dbt_child.py"
