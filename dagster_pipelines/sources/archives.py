"""An export of many files, zipped or unpacked to a folder, read without unpacking it to a disk.

Both kinds have the same members under the same names. Whatever is odd about one member is a
reason not to read that one (`SENTENCES`); what is odd about the whole is an error. Here belongs
nothing that knows what is in a member.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.sources.archive_entries import Entry, EntryError, Limits, changed
from dagster_pipelines.sources.archive_folder import FolderStore
from dagster_pipelines.sources.archive_names import Listed, displayable, listed
from dagster_pipelines.sources.archive_reasons import SENTENCES
from dagster_pipelines.sources.archive_zip import ZipStore
from dagster_pipelines.sources.closing import Closing

__all__ = ["SENTENCES", "Archive", "Limits", "Member", "MemberError", "Rejected", "open_archive"]

_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the export: its number, its name below the root, and its declared size in bytes."""

    number: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file of the export that is not read: its number, and one of the reasons of SENTENCES."""

    number: int
    reason: str


class MemberError(JobError):
    """A member turned out to be unreadable while it was read; the others are not concerned."""

    def __init__(self, where: str, rejected: Rejected) -> None:
        super().__init__(f"{where}, member {rejected.number}: {SENTENCES[rejected.reason]}")
        self.rejected = rejected


class _Store(Protocol):
    @property
    def size(self) -> int: ...

    @property
    def exported_at(self) -> datetime: ...

    def close(self) -> None: ...

    def is_unchanged(self) -> bool: ...

    def sha256(self, listing: list[Listed]) -> str: ...

    def entries(self) -> list[Entry]: ...

    def read(self, entry: Entry) -> bytes: ...

    def chunks(self, entry: Entry) -> Iterator[bytes]: ...


class Archive(Closing):
    """An open export. Every file in it is one of `members` or, from the beginning, of `rejected`.

    Numbers count both, from 1, by name. Members have one name each, with forward slashes and
    composed accents (NFC), below the export's root. A member may be rejected later, by `read`;
    it stays among `members`.
    """

    def __init__(self, store: _Store, where: str, limits: Limits) -> None:
        self._store = store
        self._where = where
        entries = store.entries()
        if sum(entry.size for entry in entries) > limits.total_bytes:
            raise UsageError(
                f"{where} would unpack to more than {limits.total_bytes >> 30} GiB, which is more"
                " than an export is read of; name its parts one by one."
            )
        self._listing = listed(entries)
        self._by_number = {item.number: item for item in self._listing}
        self._reasons = {
            item.number: item.reason for item in self._listing if item.reason is not None
        }
        self.members = [
            Member(item.number, item.name, item.entry.size)
            for item in self._listing
            if item.reason is None
        ]

    def close(self) -> None:
        """Let go of the zip file or folder."""
        self._store.close()

    @property
    def rejected(self) -> list[Rejected]:
        """The files that were rejected so far, by number."""
        return [Rejected(number, reason) for number, reason in sorted(self._reasons.items())]

    @cached_property
    def sha256(self) -> str:
        """SHA-256 in hexadecimal; reads the whole export when it is first asked for.

        Of a zip file it is that of its bytes. Of a folder it is one of names and contents, so
        that neither their order on the disk nor their times matter.

        Raises
        ------
        JobError
            The disk does not give the bytes, or they were written to meanwhile.
        """
        return self._store.sha256(self._listing)

    @property
    def size(self) -> int:
        """Size on the disk in bytes when the export was opened; of a folder, of its files."""
        return self._store.size

    @property
    def exported_at(self) -> datetime:
        """When the zip, or the newest file of the folder, was written; UTC without saying so."""
        return self._store.exported_at

    def name_of(self, number: int) -> str:
        """Return the name of a member or rejected file, for the eyes of who asks and no record.

        Characters that a terminal would obey are replaced.
        """
        return displayable(self._by_number[number].name)

    def read(self, member: Member) -> bytes:
        """Return the content of a member.

        Raises
        ------
        MemberError
            The member is unreadable. It is among `rejected` from now on.
        JobError
            The disk does not give it, or the export was written to meanwhile.
        """
        with self._noting_what_is_unreadable(member):
            return self._store.read(self._by_number[member.number].entry)

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Yield the content of a member, for one that is too large to be held in memory.

        Whether the content is what it should be is known after the last of it: what an error
        follows means nothing.

        Raises
        ------
        MemberError
            The member is unreadable. It is among `rejected` from now on.
        JobError
            The disk does not give it, or the export was written to meanwhile.
        """
        with self._noting_what_is_unreadable(member):
            yield from self._store.chunks(self._by_number[member.number].entry)

    @contextmanager
    def _noting_what_is_unreadable(self, member: Member) -> Iterator[None]:
        try:
            yield
        except EntryError as error:
            self.check_unchanged()
            self._reasons[member.number] = error.reason
            raise MemberError(self._where, Rejected(member.number, error.reason)) from None

    def check_unchanged(self) -> None:
        """Make sure that what was read is what was there when the export was opened.

        Raises
        ------
        JobError
            The zip file, or the folder, was written to meanwhile.
        """
        if not self._store.is_unchanged():
            raise changed(self._where)


def open_archive(path: Path, where: str, limits: Limits = _DEFAULT_LIMITS) -> Archive:
    """Open a zip file or folder; `where` names it in errors, as the beginning of a sentence.

    Raises
    ------
    UsageError
        It cannot be opened, is neither, is damaged as a whole, is encrypted, or is too large.
    JobError
        The disk does not give it.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(f"{where} cannot be opened ({error.strerror}).") from None
    store: ZipStore | FolderStore
    if stat.S_ISDIR(mode):
        store = FolderStore(path, where, limits)
    elif stat.S_ISREG(mode):
        store = ZipStore(path, where, limits)
    else:
        raise UsageError(f"{where} is neither a zip file nor a folder; name one of these.")
    try:
        return Archive(store, where, limits)
    except BaseException:
        store.close()
        raise
