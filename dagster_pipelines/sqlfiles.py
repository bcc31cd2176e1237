"""The project's plain SQL: where it stands, and its named sections.

A line `-- :name` in a `.sql` file begins the section of that name, which lasts up to the next one.
What stands before the first section is the file's own description.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from pathlib import Path

_SECTION = re.compile(r"^-- :(\w+)[^\S\n]*\n", re.MULTILINE)


def repository() -> Path:
    """Return the folder in which `sql/` and `dbt_project/` stand.

    The package runs from its checkout (it is installed editable); `TACIT_HOME` names another
    folder where it does not, in a container for one.
    """
    named = os.environ.get("TACIT_HOME")
    return Path(named).resolve() if named else Path(__file__).resolve().parent.parent


SQL = repository() / "sql"

_NOT_OF_THE_PROJECT = {"target", "logs", "dbt_packages", "__pycache__"}


def project_fingerprint() -> str:
    """Return the SHA-256 of all files of the dbt project, by their names and what they hold."""
    project = repository() / "dbt_project"
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        name = path.relative_to(project)
        if path.is_file() and not _NOT_OF_THE_PROJECT & set(name.parts):
            digest.update(f"\0{name.as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def statements(path: Path) -> dict[str, str]:
    """Return the sections of a `.sql` file by name, each one or more statements.

    Raises
    ------
    ValueError
        Two sections of the file have one name, or it has none.
    """
    parts = _SECTION.split(path.read_text(encoding="utf-8"))
    names, bodies = parts[1::2], parts[2::2]
    if not names or len(set(names)) != len(names):
        raise ValueError(f"{path.name}: its sections need names, each its own")
    return {name: body.strip() for name, body in zip(names, bodies, strict=True)}
