"""The file that `tacit identities export` writes: who is who, for its owner's eyes only."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dagster_pipelines.errors import UsageError

COLUMNS = ("source", "identifier", "person_id")


def write_identities(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file with columns source, identifier and person_id that only its owner may read.

    Raises
    ------
    UsageError
        The file is there already, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(
                (row["source_name"], row["identifier"], row["person_id"]) for row in rows
            )
    except FileExistsError:
        raise UsageError(f"{path}: is there already; name another file.") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}).") from None
