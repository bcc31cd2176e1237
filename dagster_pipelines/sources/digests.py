"""By what a file is known: the hash of its bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dagster_pipelines.errors import PassingError

_READ_BYTES = 1 << 22


def sha256_of(path: Path, where: str) -> str:
    """Return SHA-256 of a file's bytes.

    Raises
    ------
    PassingError
        The file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise PassingError(f"{where} cannot be read ({error.strerror}); run again.") from None
    return digest.hexdigest()
