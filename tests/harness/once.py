"""What takes long to make and is the same for every test: made by one process, used by all.

The process that starts the tests makes a folder and removes it at the end (`conftest.py`); those
that run them find it in the environment. Without pytest each process has a folder of its own.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from filelock import FileLock

VARIABLE = "TEST_RUN_FOLDER"


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of this name; where no process has it yet, let `make` fill it."""
    folder = run_folder()
    with FileLock(folder / f"{name}.lock"):
        made = folder / name
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=folder) as unfinished:
                fresh = Path(unfinished, name)
                fresh.mkdir()
                make(fresh)
                fresh.rename(made)
    return made


def run_folder() -> Path:
    """Return the folder of this test run."""
    return Path(os.environ.get(VARIABLE) or _folder_of_this_process())


@cache
def _folder_of_this_process() -> str:
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return folder.name
