"""An export that is a zip file: its entries as the zip lists them, and their contents.

`zipfile` reads the format. Here belongs what it leaves to its callers: sizes that lie, entries
whose data overlap, and errors without its texts, which quote names.
"""

from __future__ import annotations

import copy
import hashlib
import io
import os
import stat
import struct
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources import archive_reasons as reasons
from dagster_pipelines.sources.archive_entries import Entry, EntryError, Limits
from dagster_pipelines.sources.archive_names import Listed, is_litter
from dagster_pipelines.sources.archive_zip_list import ERRORS_OF_DAMAGE, ZipBytes

_CHUNK_BYTES = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_LOCAL_SIGNATURE = b"PK\x03\x04"

_ENCRYPTED_FLAGS = 0x0001 | 0x0040 | 0x2000
_PATCH_FLAG = 0x0020
# `zipfile` bounds what it unpacks at a time for these alone.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_RATIO_LIMIT = 200
_RATIO_MATTERS_FROM = 1 << 20


class ZipStore:
    """An open zip file.

    Raises
    ------
    UsageError
        It cannot be opened, is none or a damaged one, lists too many members, or is encrypted.
    JobError
        The disk does not give it.
    """

    def __init__(self, path: Path, where: str, limits: Limits) -> None:
        self._where = where
        self._limits = limits
        self._file = ZipBytes(path, where, limits)
        try:
            self._stat = os.fstat(self._file.fileno())
            self._zip = self._file.listed()
            self._infos = self._zip.infolist()
            self._refuse_what_is_encrypted()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    @property
    def size(self) -> int:
        """Size of the zip file in bytes when it was opened."""
        return self._stat.st_size

    @property
    def exported_at(self) -> datetime:
        """When the zip file was last written, in UTC without saying so."""
        return datetime.fromtimestamp(self._stat.st_mtime, UTC).replace(tzinfo=None)

    def is_unchanged(self) -> bool:
        """Return whether the file has the size and time that it had when it was opened."""
        now = os.fstat(self._file.fileno())
        return (now.st_size, now.st_mtime_ns) == (self._stat.st_size, self._stat.st_mtime_ns)

    def sha256(self, listing: list[Listed]) -> str:
        """Return the SHA-256 of the file's bytes, in hexadecimal; the listing is not needed."""
        del listing
        with self._file.errors_of_disk():
            self._file.seek(0)
            return hashlib.file_digest(self._file, "sha256").hexdigest()

    def entries(self) -> list[Entry]:
        """Return the entries but folders and litter, in the order of the zip's own list."""
        misplaced = self._misplaced()
        return [
            Entry(
                position,
                # `filename` ends at a zero byte, which would hide what the zip really says.
                info.orig_filename,
                info.file_size,
                misplaced.get(position) or _reason(info, self._limits),
            )
            for position, info in enumerate(self._infos)
            if not _is_folder(info) and not is_litter(info.orig_filename)
        ]

    def read(self, entry: Entry) -> bytes:
        """Return the content of an entry, exactly as large and with the checksum that it declares.

        Raises
        ------
        EntryError
            The content is damaged, or is not what it declares.
        JobError
            The disk does not give it, or the file was written to meanwhile.
        """
        content = io.BytesIO()
        for chunk in self.chunks(entry):
            content.write(chunk)
        return content.getvalue()

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield the content of an entry; what an error follows is not what the entry declares.

        Raises
        ------
        EntryError
            The content is damaged, or is not what it declares.
        JobError
            The disk does not give it, or the file was written to meanwhile.
        """
        info = self._infos[entry.position]
        size = 0
        try:
            with self._file.errors_of_disk():
                for chunk in self._unpacked(info):
                    size += len(chunk)
                    yield chunk
                    # What is there, but not much more than is declared.
                    if size > info.file_size:
                        break
        except ERRORS_OF_DAMAGE:
            raise EntryError(reasons.DAMAGED_MEMBER) from None
        if size != info.file_size:
            raise EntryError(reasons.SIZE_DIFFERS)

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield what is there, however much."""
        # `zipfile` would cut the content at the declared size and say nothing.
        uncut = copy.copy(info)
        uncut.file_size = sys.maxsize
        with self._zip.open(uncut) as stream:
            while True:
                try:
                    chunk = stream.read(_CHUNK_BYTES)
                except zipfile.BadZipFile:
                    raise EntryError(reasons.BAD_CHECKSUM) from None
                if not chunk:
                    return
                yield chunk

    def _refuse_what_is_encrypted(self) -> None:
        if any(info.flag_bits & _ENCRYPTED_FLAGS for info in self._infos):
            raise UsageError(
                f"{self._where} is encrypted, at least in part; unpack it with its password and"
                " name the folder."
            )

    def _misplaced(self) -> dict[int, str]:
        """Return the positions of entries that overlap or lie nowhere, each with the reason."""
        found: dict[int, str] = {}
        reach, owner = 0, -1
        order = sorted(range(len(self._infos)), key=lambda at: self._infos[at].header_offset)
        for position in order:
            info = self._infos[position]
            end = self._end(info)
            if 0 <= info.header_offset < reach:
                found[position] = found[owner] = reasons.OVERLAPPING_MEMBER
            elif end is None:
                found[position] = reasons.DAMAGED_MEMBER
            if end is None:
                continue
            if end > self._zip.start_dir:
                # Its own size is wrong; that says nothing against those that follow it.
                found[position] = reasons.OVERLAPPING_MEMBER
            elif end > reach:
                reach, owner = end, position
        return found

    def _end(self, info: zipfile.ZipInfo) -> int | None:
        """Return where the data of an entry end by what it declares, None if it has no header."""
        if not 0 <= info.header_offset < self._zip.start_dir:
            return None
        with self._file.errors_of_disk():
            self._file.seek(info.header_offset)
            header = self._file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size:
            return None
        signature, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
        if signature != _LOCAL_SIGNATURE:
            return None
        before_data: int = info.header_offset + len(header) + name_bytes + extra_bytes
        return before_data + info.compress_size


def _is_folder(info: zipfile.ZipInfo) -> bool:
    # A folder with content would be a file that nobody counts.
    is_named_so = info.orig_filename.endswith(("/", "\\"))
    return info.file_size == 0 and (is_named_so or stat.S_ISDIR(info.external_attr >> 16))


def _reason(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    """Return why an entry may not be read, as far as it says so itself."""
    is_folder = info.orig_filename.endswith(("/", "\\"))
    # Zips of Windows know no kinds of files, and say 0.
    if is_folder or stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return reasons.NOT_A_FILE
    if info.compress_type not in _METHODS or info.flag_bits & _PATCH_FLAG:
        return reasons.UNSUPPORTED_COMPRESSION
    if info.file_size > limits.member_bytes:
        return reasons.MEMBER_TOO_LARGE
    is_large = info.file_size > _RATIO_MATTERS_FROM
    if is_large and info.file_size > _RATIO_LIMIT * info.compress_size:
        return reasons.SUSPICIOUS_COMPRESSION
    return None
