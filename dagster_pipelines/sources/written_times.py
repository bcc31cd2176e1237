"""What the texts of a source's times and dates mean, looked up in a database without a disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa

from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sources.closing import Closing
from dagster_pipelines.sources.csv_batches import typed_by
from dagster_pipelines.sources.times import (
    Preparation,
    date_preparations,
    reading_sql,
    time_parameters,
    time_preparations,
)
from dagster_pipelines.warehouse import connect_in_memory


class WrittenTimes(Closing):
    """Reads texts as a source writes its times and dates; `now` is the time of the run in UTC.

    The SQL is that of the large files (`sql/raw/reading`), so that a time means the same wherever
    it stands.
    """

    def __init__(self, settings: Settings, source: Source, now: datetime) -> None:
        self._settings = settings
        self._source = source
        self._now = now
        self._database = connect_in_memory()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def times(self, texts: Sequence[str]) -> list[tuple[datetime | None, str | None]]:
        """Return the time in UTC that each text means, or the reason why it is none."""
        return self._read("read_times", self._for_times, "occurred_at", texts)

    def dates(self, texts: Sequence[str]) -> list[tuple[date | None, str | None]]:
        """Return the date that each text means, or the reason why it is none."""
        return self._read("read_dates", self._for_dates, "written", texts)

    @cached_property
    def _for_times(self) -> Mapping[str, Any]:
        """Make ready for times; return what their reading needs to know."""
        parameters = time_parameters(self._settings, self._source, self._now)
        self._prepare(time_preparations(parameters))
        return parameters

    @cached_property
    def _for_dates(self) -> Mapping[str, Any]:
        """Make ready for dates; return what their reading needs to know."""
        pattern = getattr(self._source, "date_format", None)
        self._prepare(date_preparations(pattern))
        return {"date_format": pattern or ""}

    def _prepare(self, preparations: Sequence[Preparation]) -> None:
        for one in preparations:
            self._database.execute(one.sql, dict(one.parameters))

    def _read(
        self, section: str, parameters: Mapping[str, Any], column: str, texts: Sequence[str]
    ) -> list[tuple[Any, str | None]]:
        """Read texts; the answer has the columns line_number, what was read, and reason."""
        lines = pa.array(range(len(texts)), pa.int64())
        incoming = pa.table({"line_number": lines, column: pa.array(texts, pa.string())})
        found = typed_by(self._database, reading_sql()[section], parameters, incoming)
        _, read, reasons = (one.to_pylist() for one in found.sort_by("line_number").columns)
        # A time that is no good has a value all the same: that of a text outside of the limits.
        return [
            (None if reason else value, reason) for value, reason in zip(read, reasons, strict=True)
        ]
