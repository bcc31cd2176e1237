"""What lies in the exports' folders now, and for how long it has stood still.

Here belongs looking at the files of all sources without opening any. When the job starts because of
them belongs in `defs.automation`; what is loaded of them, in `landing`.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from dagster_pipelines.settings import Settings
from dagster_pipelines.sources.paths import files_of, single_files


@dataclass(frozen=True)
class Exports:
    """The files that the sources name now: what they are, and for how long none has changed.

    `fingerprint` is a SHA-256 of their paths, sizes and times, in hexadecimal. `still_seconds` is
    negative if one was changed later than the clock says: it went back since, or whoever copied the
    file set its time.
    """

    fingerprint: str
    files: int
    still_seconds: float


def exports(settings: Settings) -> Exports:
    """Look at the files of all sources. Their names go into the fingerprint only.

    Raises
    ------
    UsageError
        A source has no files.
    """
    found = {
        file
        for source in settings.sources
        for path in files_of(settings, source)
        for file in single_files(path)
    }
    stats = {str(path): path.stat() for path in found}
    last_change = max(max(stat.st_mtime, stat.st_ctime) for stat in stats.values())
    return Exports(
        fingerprint=_fingerprint(stats.items()),
        files=len(stats),
        still_seconds=time.time() - last_change,
    )


def _fingerprint(stats: Iterable[tuple[str, os.stat_result]]) -> str:
    digest = hashlib.sha256()
    for path, stat in sorted(stats, key=lambda item: item[0]):
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()
