"""What a format's module makes of a part of a file: rows for raw tables, and what is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

import pyarrow as pa

REJECTED = pa.schema([("position", pa.int64()), ("locator", pa.string()), ("reason", pa.string())])
"""Records that could not be read: their place to sort by, in words, and why."""


def rejected_table(rows: Sequence[tuple[int, str, str]]) -> pa.Table:
    """Return rows of REJECTED as a table."""
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table([list(column) for column in columns], schema=REJECTED)


@dataclass(frozen=True)
class Batch:
    """A part of a file.

    `rows` are typed rows by raw table, each with a `content_hash`; `rejected` has the columns of
    REJECTED; `excluded` counts the records that each rule left out. Every record is in one of them.
    """

    rows: Mapping[str, pa.Table]
    rejected: pa.Table = field(default_factory=REJECTED.empty_table)
    excluded: Counter[str] = field(default_factory=Counter)


class Reading(Protocol):
    """One pass over one file of a source, or over the folder that stands for one."""

    @property
    def size_on_disk(self) -> int:
        """Bytes when it was opened."""

    @property
    def bytes_read(self) -> int:
        """Bytes read so far."""

    @property
    def sha256(self) -> str:
        """Hash of the bytes; of the whole file once it is read."""

    @property
    def size(self) -> int:
        """Bytes, once the file is read."""

    @property
    def exported_at(self) -> datetime:
        """When the file was last written, in UTC without saying so."""

    @property
    def records_counted(self) -> int:
        """The independent count of records, once the file is read."""

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
