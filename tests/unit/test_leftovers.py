"""What killed processes leave in the data folder: cleared by the next run, and only that."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_pipelines import dagster_home, vault_key
from dagster_pipelines.leftovers import clear_leftovers, draft_prefix, parse_prefix
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import prepare_folders
from tests.harness.landed import landed
from tests.harness.published import settings_in


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path)
    prepare_folders(settings)
    return settings


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def leave(settings: Settings, maker: int) -> list[Path]:
    """Leave everything that a process of this number could."""
    own, theirs = f"{os.getpid()}-", f"{maker}-"
    key, home = settings.key_path, settings.data_path / "dagster" / "dagster.yaml"
    left = [path.parent / f"{draft_prefix(path)}ab".replace(own, theirs) for path in (key, home)]
    for path in left:
        path.write_text("half")
    folder = settings.data_path / "dbt" / f"{parse_prefix()}ab".replace(own, theirs)
    folder.mkdir()
    (folder / "manifest.json").write_text("half")
    return [*left, folder]


def test_what_a_dead_process_has_left_goes(settings: Settings, dead: int) -> None:
    left = leave(settings, dead)
    clear_leftovers(settings)
    assert not [path for path in left if path.exists()]


def test_what_a_living_process_is_making_stays(settings: Settings) -> None:
    left = leave(settings, os.getppid())
    clear_leftovers(settings)
    assert all(path.exists() for path in left)


def test_nothing_else_goes(settings: Settings, dead: int) -> None:
    key, dbt = settings.key_path, settings.data_path / "dbt"
    others = [
        *(key, key.with_name(f".{key.name}"), key.with_name(f".{key.name}.bak")),
        *(key.with_name(f".{key.name}-copy"), key.with_name(f"{key.name}-{dead}-ab")),
        *(dbt / "parse-notes", dbt / f"parses-{dead}-ab"),
    ]
    for path in others:
        path.write_text("kept")
    clear_leftovers(settings)
    assert all(path.exists() for path in others)


def test_a_folder_that_is_not_there_yet_is_no_matter(tmp_path: Path) -> None:
    clear_leftovers(settings_in(tmp_path / "never"))


MAKERS = {
    "key": lambda settings: vault_key.make_key(settings.key_path),
    "home": dagster_home.prepare_home,
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_draft_that_is_not_finished_is_found_by_its_name(
    settings: Settings, make: Callable[[Settings], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before a draft takes its place: the process ends there, and nobody cleans up."""
    before = files_below(settings.folder)
    with monkeypatch.context() as patched:
        patched.setattr(os, "link", _die)
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        patched.setattr(Path, "replace", _die)
        with pytest.raises(KeyboardInterrupt):
            make(settings)
    assert len(files_below(settings.folder) - before) == 1
    clear_leftovers(settings)
    assert files_below(settings.folder) == before


def test_what_a_killed_database_had_spilled_goes_with_the_next_load(settings: Settings) -> None:
    spilled = settings.data_path / "warehouse" / "tmp" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.write_text("rows")
    (settings.folder / "hr.csv").write_text("person_id\n1\n")
    landed(settings)
    assert not spilled.exists()


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def _die(*_: object) -> None:
    raise KeyboardInterrupt
