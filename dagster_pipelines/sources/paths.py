"""From the paths of `tacit.yml` to the files that are there."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import Settings, Source


def files_of(settings: Settings, source: Source) -> list[Path]:
    """Return the files of a source, by name, each once.

    A path that exists is that file, whatever characters its name is made of; any other is a
    pattern (`*`, `?`, `[…]`, `**`). A pattern's folders do not count as matches.

    Raises
    ------
    UsageError
        A path is missing or a folder, or a pattern matches no file.
    """
    found: dict[Path, None] = {}
    for said in source.path:
        for path in _matches(settings.folder / Path(said).expanduser(), source.name, said):
            found.setdefault(path.resolve())
    return sorted(found, key=lambda path: (path.name, str(path)))


def _matches(path: Path, source_name: str, said: str) -> list[Path]:
    where = f"sources[{source_name}].path: {said}"
    if os.path.lexists(path):
        if path.is_dir():
            inside = f"{said.rstrip('/')}/*.csv"
            raise UsageError(f"{where} is a folder; write {inside} to mean the files in it.")
        if not path.exists():
            raise UsageError(f"{where} is a link to a file that is not there.")
        if not path.is_file():
            raise UsageError(f"{where} is no ordinary file; copy its content into one.")
        return [path]
    if not glob.has_magic(said):
        raise UsageError(f"{where}: no such file (looked for {path}).")
    # `Path.glob` takes no absolute pattern.
    matches = glob.glob(str(path), recursive=True)  # noqa: PTH207
    files = [match for match in map(Path, matches) if match.is_file()]
    if not files:
        raise UsageError(f"{where} matches no file (looked for {path}).")
    return files
