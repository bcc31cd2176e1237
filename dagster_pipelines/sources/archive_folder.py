"""An export that was unpacked to a folder: its files, never what they link to."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources import archive_reasons as reasons
from dagster_pipelines.sources.archive_entries import (
    FOLDER_LIMIT,
    Entry,
    Limits,
    changed,
    unreadable,
)
from dagster_pipelines.sources.archive_names import Listed, is_litter

_CHUNK_BYTES = 1 << 20
_SIZE_BYTES = 8
_READ, _REFUSED = b"\1", b"\0"
# Without blocking, for a file may have become a pipe meanwhile.
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_FOLDER_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY
# What opening says when something else is in the place of a file or folder that was there.
_GONE = (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO)


class FolderStore:
    """An open folder.

    Raises
    ------
    UsageError
        It, or a folder in it, cannot be opened, or there are too many files in it.
    """

    def __init__(self, path: Path, where: str, limits: Limits) -> None:
        self._where = where
        self._limits = limits
        try:
            self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise UsageError(f"{where} cannot be opened ({error.strerror}).") from None
        try:
            self._files = self._found()
        except BaseException:
            os.close(self._root)
            raise

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._root)

    @property
    def size(self) -> int:
        """Size of all files in bytes when the folder was opened."""
        return sum(_size(status) for _, status in self._files)

    @property
    def exported_at(self) -> datetime:
        """When the newest file was last written, in UTC without saying so."""
        times = [status.st_mtime for _, status in self._files if stat.S_ISREG(status.st_mode)]
        newest = max(times, default=os.fstat(self._root).st_mtime)
        return datetime.fromtimestamp(newest, UTC).replace(tzinfo=None)

    def is_unchanged(self) -> bool:
        """Return whether the folder has the files, sizes and times that it had when opened."""
        try:
            now = [(name, _stamp(status)) for name, status in self._found()]
        except UsageError:
            return False
        return now == [(name, _stamp(status)) for name, status in self._files]

    def sha256(self, listing: list[Listed]) -> str:
        """Return the SHA-256 of names and contents, in hexadecimal.

        Each stands behind its length. A file that may not be read counts with its reason instead
        of its content.

        Raises
        ------
        JobError
            The disk does not give a file, or it was written to meanwhile.
        """
        digest = hashlib.sha256()
        for item in listing:
            digest.update(_with_length(item.name.encode("utf-8", "surrogatepass")))
            if item.reason is not None:
                digest.update(_REFUSED + _with_length(item.reason.encode()))
                continue
            digest.update(_READ + item.entry.size.to_bytes(_SIZE_BYTES, "big"))
            for chunk in self.chunks(item.entry):
                digest.update(chunk)
        return digest.hexdigest()

    def entries(self) -> list[Entry]:
        """Return the files, by name, without those that systems leave behind."""
        return [
            Entry(position, name, _size(status), self._reason(status))
            for position, (name, status) in enumerate(self._files)
        ]

    def read(self, entry: Entry) -> bytes:
        """Return the content of an entry.

        Raises
        ------
        JobError
            The disk does not give it, or it was written to meanwhile.
        """
        return b"".join(self.chunks(entry))

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield the content of an entry.

        Raises
        ------
        JobError
            The disk does not give it, or it was written to meanwhile.
        """
        name, listed = self._files[entry.position]
        size = 0
        try:
            with ExitStack() as opened:
                file = self._opened(name, opened)
                if _stamp(os.fstat(file)) != _stamp(listed):
                    raise changed(self._where)
                while size <= entry.size and (chunk := os.read(file, _CHUNK_BYTES)):
                    size += len(chunk)
                    yield chunk
        except OSError as error:
            gone = error.errno in _GONE
            raise changed(self._where) if gone else unreadable(self._where, error) from None
        if size != entry.size:
            raise changed(self._where)

    def _opened(self, name: str, opened: ExitStack) -> int:
        """Return the open file; no link is followed, in none of the folders on its way either."""
        *folders, last = name.split("/")
        folder = self._root
        for part in folders:
            folder = os.open(part, _FOLDER_FLAGS, dir_fd=folder)
            opened.callback(os.close, folder)
        file = os.open(last, _FILE_FLAGS, dir_fd=folder)
        opened.callback(os.close, file)
        return file

    def _found(self) -> list[tuple[str, os.stat_result]]:
        """Return the names below the folder that are no folders, sorted, and what they are.

        A folder that lies too deep is among them: what is in it is not looked at.

        Raises
        ------
        UsageError
            A folder cannot be opened, or there are too many files and folders.
        """
        found: list[tuple[str, os.stat_result]] = []
        seen = 0
        try:
            for folder, folders, files, number in os.fwalk(
                ".", dir_fd=self._root, follow_symlinks=False, onerror=_raised
            ):
                above = folder.removeprefix(".").removeprefix("/")
                seen += len(folders) + len(files)
                if seen > self._limits.members:
                    raise UsageError(
                        f"{self._where} holds more than {self._limits.members} files and folders;"
                        " export a shorter time, or name its parts one by one."
                    )
                # One more than allowed, for the top folder may turn out to be the root.
                is_bottom = bool(above) and above.count("/") >= FOLDER_LIMIT
                for name in folders + files:
                    status = os.stat(name, dir_fd=number, follow_symlinks=False)
                    path = f"{above}/{name}" if above else name
                    is_entry = is_bottom or not stat.S_ISDIR(status.st_mode)
                    if is_entry and not is_litter(path):
                        found.append((path, status))
                if is_bottom:
                    folders.clear()
        except FileNotFoundError:
            raise changed(self._where) from None
        except OSError as error:
            raise UsageError(
                f"{self._where}: a folder in it cannot be opened ({error.strerror}); make all"
                " of it readable."
            ) from None
        return sorted(found, key=lambda item: item[0])

    def _reason(self, status: os.stat_result) -> str | None:
        if stat.S_ISDIR(status.st_mode):
            return reasons.TOO_DEEP
        if not stat.S_ISREG(status.st_mode):
            return reasons.NOT_A_FILE
        is_large = status.st_size > self._limits.member_bytes
        return reasons.MEMBER_TOO_LARGE if is_large else None


def _raised(error: OSError) -> None:
    raise error


def _size(status: os.stat_result) -> int:
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    """Return what changes when a file is written to or replaced."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(_SIZE_BYTES, "big") + data
