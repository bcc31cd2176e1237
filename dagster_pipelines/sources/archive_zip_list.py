"""The bytes of a zip file, and the list of members at its end, which is not read at any length.

`zipfile` reads the list at once and makes an object of each member in it, however many, and does
not ask whether it is whole. What is in a member does not belong here.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources.archive_entries import Limits, unreadable

ERRORS_OF_DAMAGE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    UnicodeDecodeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What `zipfile` raises where a zip is not as it should be."""

_LISTED_BYTES = 512  # for each member that is allowed: its name, times, owner
_LISTED_SIGNATURE = b"PK\x01\x02"
_END_SIGNATURE, _END = b"PK\x05\x06", struct.Struct("<10sH")
_END_64_SIGNATURE, _END_64 = b"PK\x06\x06", struct.Struct("<32sQ")


class ZipBytes(io.BufferedReader):
    """The bytes of a zip file. `where` names it in errors.

    Raises
    ------
    UsageError
        It cannot be opened.
    """

    def __init__(self, path: Path, where: str, limits: Limits) -> None:
        try:
            super().__init__(io.FileIO(path))
        except OSError as error:
            raise UsageError(f"{where} cannot be opened ({error.strerror}).") from None
        self._where = where
        self._limit = limits.members
        self._is_listing = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to so many bytes; without a size, the rest of the file.

        Raises
        ------
        UsageError
            They are a list of too many members.
        """
        # Without a size, `zipfile` reads no more than the 64 KiB in which the list's place stands.
        is_list = self._is_listing and size is not None and size > 0
        if is_list and size > self._limit * _LISTED_BYTES:
            raise self._too_many()
        data = super().read(size)
        if is_list and data.count(_LISTED_SIGNATURE) > self._limit:
            raise self._too_many()
        return data

    def listed(self) -> zipfile.ZipFile:
        """Return the zip as it lists itself.

        Raises
        ------
        UsageError
            It is none, its list is damaged, or it lists too many members.
        JobError
            The disk does not give it.
        """
        self._is_listing = True
        try:
            try:
                # Programs of macOS write UTF-8 without the flag that says so.
                opened = zipfile.ZipFile(self, metadata_encoding="utf-8")
            except UnicodeDecodeError:
                opened = zipfile.ZipFile(self)
        except (*ERRORS_OF_DAMAGE, OSError):
            raise self._none_or_damaged() from None
        finally:
            self._is_listing = False
        # `zipfile` takes a list that breaks off, or an empty one, for the whole.
        with self.errors_of_disk():
            is_whole = self._says_as_many(len(opened.infolist()))
        if not is_whole:
            raise self._none_or_damaged()
        return opened

    @contextmanager
    def errors_of_disk(self) -> Iterator[None]:
        """Turn what the system says of the disk into a JobError."""
        try:
            yield
        except OSError as error:
            raise unreadable(self._where, error) from None

    def _says_as_many(self, found: int) -> bool:
        """Return whether the record behind the list, where `zipfile` stopped, counts as many."""
        record = self.read(_END_64.size)
        if len(record) == _END_64.size and record.startswith(_END_64_SIGNATURE):
            return found == _END_64.unpack(record)[1]
        if len(record) >= _END.size and record.startswith(_END_SIGNATURE):
            # Two bytes; some programs let them overflow.
            return found & 0xFFFF == _END.unpack_from(record)[1]
        return False

    def _too_many(self) -> UsageError:
        return UsageError(
            f"{self._where} lists more than {self._limit} files and folders, or a list too long"
            " for so many; export a shorter time, or name its parts one by one."
        )

    def _none_or_damaged(self) -> UsageError:
        with self.errors_of_disk():
            self.seek(0)
            begins_like_a_zip = self.read(2) == b"PK"
        if begins_like_a_zip:
            return UsageError(
                f"{self._where} is a zip file that is cut short or damaged: its list of members"
                " cannot be read; download or copy it again."
            )
        return UsageError(
            f"{self._where} is neither a zip file nor a folder; name the export as it was"
            " downloaded, or the folder that it was unpacked to."
        )
