"""`tacit demo`: a folder with a simulated company: exports, settings, truth, the vault's key."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from dagster_pipelines.demo import Scale, simulate, write_exports
from dagster_pipelines.errors import UsageError
from dagster_pipelines.run_lock import lock_path, run_lock
from dagster_pipelines.settings import load_settings

MARK = "# A made-up company."
"""How the settings of a demo begin; a folder without them is never written into."""

TRUTH = "truth.csv"
"""What is true of the company by construction; the job never reads it."""


def prepare(folder: Path, scale: Scale) -> Path:
    """Write a company's exports into a folder; return the path of its `tacit.yml`.

    The same company again changes nothing. Another one replaces it, and what was computed from it.

    Raises
    ------
    UsageError
        The folder holds something else, cannot be written, or no company has this size.
    JobError
        A run is at work on the company that would be replaced.
    """
    settings_path = folder / "tacit.yml"
    _refuse_what_is_not_a_demo(folder, settings_path)
    unfinished = folder / ".new"
    try:
        company = simulate(scale)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        write_exports(company, unfinished)
        if not _is_same(unfinished / "exports", folder / "exports"):
            if settings_path.exists():
                _forget(settings_path)
            shutil.rmtree(folder / "exports", ignore_errors=True)
            (unfinished / "exports").replace(folder / "exports")
        (unfinished / "truth.csv").replace(folder / TRUTH)
        (unfinished / "tacit.yml").replace(settings_path)
    except ValueError as error:
        raise UsageError(f"No company of this size: {error}.") from None
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}).") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return settings_path


def _refuse_what_is_not_a_demo(folder: Path, settings_path: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder; name one, or one that is not there yet.")
    if settings_path.exists():
        if not settings_path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
            raise UsageError(f"{settings_path}: is not a demo's; name another folder.")
    elif any(folder.iterdir()):
        raise UsageError(f"{folder}: holds other files; name an empty folder, or a new one.")


def _is_same(new: Path, old: Path) -> bool:
    """Whether two folders of exports hold the same files with the same bytes."""
    if not old.is_dir():
        return False
    names = sorted(path.relative_to(new) for path in new.rglob("*") if path.is_file())
    if names != sorted(path.relative_to(old) for path in old.rglob("*") if path.is_file()):
        return False
    return all(filecmp.cmp(new / name, old / name, shallow=False) for name in names)


def _forget(settings_path: Path) -> None:
    """Remove what was computed from the company that is replaced, its key included."""
    settings = load_settings(settings_path)
    if not settings.data_path.is_dir():
        return
    with run_lock(settings):
        for path in settings.data_path.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path != lock_path(settings):
                path.unlink()
        settings.key_path.unlink(missing_ok=True)
