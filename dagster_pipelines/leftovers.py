"""What dead runs leave lying about in the data folder, and how the next one clears it away.

Here belong files that were to be temporary: whoever makes one cleans up behind himself, unless he
is killed. Each bears the number of its maker's process in its name, since not everybody who makes
one holds the run lock. A run's records are cleared in `dagster_home`, half-written candidates in
`publication`, what a database had no room for in memory in `landing`, where the database is held.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dagster_pipelines.settings import Settings

_MAKER = re.compile(r"([0-9]+)(?:-|$)")


def draft_prefix(path: Path) -> str:
    """Return how the name of a draft of a file begins that this process makes beside it."""
    return f"{_drafts(path)}{os.getpid()}-"


def parse_prefix() -> str:
    """Return how the name of a folder begins into which this process lets dbt parse."""
    return f"parse-{os.getpid()}-"


def clear_leftovers(settings: Settings) -> None:
    """Remove what processes that are gone have left; call it with the run lock held.

    What cannot be removed stays: it is in nobody's way.
    """
    for path in _leftovers(settings):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _leftovers(settings: Settings) -> Iterator[Path]:
    """Yield drafts and folders whose makers are gone."""
    dagster_settings = settings.data_path / "dagster" / "dagster.yaml"
    places = (
        (settings.data_path / "dbt", "parse-"),
        (dagster_settings.parent, _drafts(dagster_settings)),
        (settings.key_path.parent, _drafts(settings.key_path)),
    )
    for folder, prefix in places:
        with suppress(OSError):
            for path in list(folder.iterdir()):
                maker = _MAKER.match(path.name.removeprefix(prefix))
                if path.name.startswith(prefix) and maker and _is_gone(int(maker.group(1))):
                    yield path


def _drafts(path: Path) -> str:
    return f".{path.name}-"


def _is_gone(process: int) -> bool:
    """Tell whether a process has ended. Our own number is that of one before us: we make none yet.

    Containers start each time with the same number.
    """
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
