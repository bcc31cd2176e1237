"""What an error of a library means to the person who can do something about it.

A full disk and a damaged database make themselves known in a dozen ways, by the system, by DuckDB,
by SQLite and through dbt's words. Here belongs recognising them. The texts of errors may quote
values, so none is passed on.
"""

from __future__ import annotations

import errno
import sqlite3

import duckdb

FULL_DISK = "the disk is full or may not be written; free some space and run again"
DAMAGED = (
    "a database file is damaged; run again, which puts back what a run that was killed has damaged."
    " If it stays so, restore a backup, or remove the folders vault and warehouse and run again:"
    " all exports that are still there are loaded anew"
)

_FULL_DISK_NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_DISK_TEXTS = (
    "no space left on device",
    "disk quota exceeded",
    "file too large",
    "database or disk is full",
    "could not write",
    "disk i/o error",
)
_DAMAGED_TEXTS = (
    "corrupt",
    "not a valid duckdb database",
    "does not match stored checksum",
    "database disk image is malformed",
    "file is not a database",
)


def cause_of(error: BaseException | None) -> str | None:
    """Return why an error arose, as the end of a sentence; None if it is none of these causes.

    Looks at the error and at those that it came of.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _FULL_DISK_NUMBERS:
            return FULL_DISK
        if isinstance(error, duckdb.Error | sqlite3.Error) and (found := cause_in(str(error))):
            return found
        error = error.__cause__ or error.__context__
    return None


def cause_in(text: str) -> str | None:
    """Return what a message of a database, or of dbt about one, says of these causes."""
    lowered = text.lower()
    if any(known in lowered for known in _FULL_DISK_TEXTS):
        return FULL_DISK
    if any(known in lowered for known in _DAMAGED_TEXTS):
        return DAMAGED
    return None


def names_a_cause(sentence: str) -> bool:
    """Tell whether a sentence of ours says one of these causes."""
    return FULL_DISK in sentence or DAMAGED in sentence


def is_busy_database(error: duckdb.Error) -> bool:
    """Tell whether a database did not open since another process has it."""
    return "could not set lock" in str(error).lower()
