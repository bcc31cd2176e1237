"""What zip files and folders have in common: their entries, their limits, their errors.

Here belongs what both know of an entry before names are looked at. The rules of names are in
`archive_names`, the reading in `archive_zip` and `archive_folder`.
"""

from __future__ import annotations

from dataclasses import dataclass

from dagster_pipelines.errors import JobError

FOLDER_LIMIT = 10
"""A member lies below so many folders of the export at most."""


@dataclass(frozen=True)
class Limits:
    """What one export may be at most; sizes in bytes, as they are when unpacked."""

    members: int = 200_000
    total_bytes: int = 64 << 30
    member_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as the zip or the folder lists it.

    `position` is where it stands in that list, `raw_name` what it is called there, `size` its
    bytes when unpacked, as far as the list is to be believed. `reason` says why its content may
    not be read, if that is known without reading it.
    """

    position: int
    raw_name: str
    size: int
    reason: str | None = None


class EntryError(Exception):
    """An entry turned out to be unreadable; `reason` is one of `archive_reasons`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def changed(where: str) -> JobError:
    """Return the error of an export that is not what it was when it was opened."""
    return JobError(f"{where} was written to while it was read; run again later.")


def unreadable(where: str, error: OSError) -> JobError:
    """Return the error of an export that the disk does not give."""
    return JobError(f"{where} cannot be read to its end ({error.strerror}); run again.")
