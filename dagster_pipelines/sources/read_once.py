"""A file that is read once: what is hashed and measured is what was read."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import BinaryIO

from dagster_pipelines.errors import PassingError
from dagster_pipelines.sources.closing import Closing


class ReadOnce(Closing):
    """An open file; `size` (bytes) and `sha256` are of what was read so far.

    `where` names the file in errors: the source, and what the user calls the file.
    """

    def __init__(self, file: BinaryIO, where: str) -> None:
        self.where = where
        self.size = 0
        self._digest = hashlib.sha256()
        self._file = file
        self._stat = os.fstat(file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes read so far, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def exported_at(self) -> datetime:
        """When the file was last written, in UTC without saying so."""
        return datetime.fromtimestamp(self._stat.st_mtime, UTC).replace(tzinfo=None)

    @property
    def size_on_disk(self) -> int:
        """Size of the file in bytes when it was opened."""
        return self._stat.st_size

    def read(self, size: int) -> bytes:
        """Read the next bytes, none at the end.

        Raises
        ------
        PassingError
            The file cannot be read to its end.
        """
        try:
            chunk = self._file.read(size)
        except OSError as error:
            raise PassingError(
                f"{self.where} cannot be read to its end ({error.strerror}); run again."
            ) from None
        self._digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def check_unchanged(self) -> None:
        """See that the file is as long and as old as what was read of it.

        Raises
        ------
        PassingError
            The file was written to meanwhile.
        """
        now = os.fstat(self._file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self.size, self._stat.st_mtime_ns):
            raise PassingError(f"{self.where} was written to while it was read; run again later.")
