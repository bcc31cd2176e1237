"""What a process leaves that is killed while it writes to a database."""

from __future__ import annotations

import shutil
from pathlib import Path

from dagster_pipelines.safekeeping import kept_whole
from dagster_pipelines.settings import Settings

BLOCK = 262_144
HEADERS = 12_288
PAGE = 4096


def tear(database: Path) -> None:
    """Let every block go on after its first page as if a kill had come there."""
    with database.open("r+b") as file:
        for begin in range(HEADERS, database.stat().st_size, BLOCK):
            file.seek(begin + PAGE)
            file.write(b"\x5a" * (BLOCK - PAGE))


def begun_and_killed(settings: Settings) -> None:
    """Leave what a run leaves that begins, and neither ends nor fails."""
    running = kept_whole(settings)
    running.__enter__()
    kept = settings.data_path / "kept"
    shutil.copytree(kept, kept.with_name("of the dead"))
    running.__exit__(None, None, None)
    kept.with_name("of the dead").rename(kept)
