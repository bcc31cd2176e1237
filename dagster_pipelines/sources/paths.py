"""From the paths of `tacit.yml` to the files that are there."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import Settings, Source

_OF_FOLDERS = ("slack", "stackexchange")


def files_of(settings: Settings, source: Source) -> list[Path]:
    """Return the files of a source, by name, each once.

    A path that exists is that file, whatever characters its name is made of; any other is a
    pattern (`*`, `?`, `[…]`, `**`). A folder is one file of a format whose exports may be unpacked;
    of the others a pattern's folders do not count as matches.

    Raises
    ------
    UsageError
        A path is missing or a folder, or a pattern matches no file.
    """
    found: dict[Path, None] = {}
    may_be_folder = source.format in _OF_FOLDERS
    for said in source.path:
        place = settings.folder / Path(said).expanduser()
        for path in _matches(place, source.name, said, may_be_folder=may_be_folder):
            found.setdefault(path.resolve())
    return sorted(found, key=lambda path: (path.name, str(path)))


def single_files(path: Path) -> list[Path]:
    """Return the files that a file of a source consists of: itself, or those in the folder."""
    if not path.is_dir():
        return [path]
    return sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink())


def _matches(path: Path, source_name: str, said: str, *, may_be_folder: bool) -> list[Path]:
    where = f"sources[{source_name}].path: {said}"
    if os.path.lexists(path):
        if path.is_dir() and may_be_folder:
            return [path]
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
    files = [
        match
        for match in map(Path, matches)
        if match.is_file() or (may_be_folder and match.is_dir())
    ]
    if not files:
        raise UsageError(f"{where} matches no file (looked for {path}).")
    return files
