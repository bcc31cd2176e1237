"""How a source writes times and dates, and between which times an event may lie.

The reading itself is SQL, in `sql/raw/reading/times.sql`; whatever is outside the limits is
quarantined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sqlfiles import SQL, statements

_FIRST_DAY = datetime(1990, 1, 1)  # noqa: DTZ001 - a local date


@dataclass(frozen=True)
class Preparation:
    """A statement that must run once before texts are read, and its parameters."""

    sql: str
    parameters: Mapping[str, Any]


def reading_sql() -> Mapping[str, str]:
    """Return the sections by which texts become times and dates."""
    return statements(SQL / "raw" / "reading" / "times.sql")


def limits_of_time(settings: Settings, now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning of 1990 and the end of the day of the run, in UTC without saying so.

    Both are days of the organisation's zone; `now` is the time of the run in UTC.
    """
    zone = settings.zone
    tomorrow = now.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=1)
    return _in_utc(_FIRST_DAY, zone), _in_utc(datetime.combine(tomorrow, time()), zone)


def time_parameters(settings: Settings, source: Source, now: datetime) -> dict[str, Any]:
    """Return what the reading of a source's times needs to know: zone, format and limits."""
    earliest, latest = limits_of_time(settings, now)
    return {
        "zone": settings.source_zone(source),
        "time_format": getattr(source, "time_format", None) or "",
        "earliest": earliest,
        "latest": latest,
    }


def time_preparations(parameters: Mapping[str, Any]) -> list[Preparation]:
    """Return what must run before times are read, given what `time_parameters` said."""
    sql = reading_sql()
    limits = {name: parameters[name] for name in ("zone", "earliest", "latest")}
    return [
        Preparation(sql[_time_macros(parameters["time_format"])], {}),
        Preparation(sql["zone_dates"], limits),
        Preparation(sql["placed_times"], {}),
    ]


def date_preparations(date_format: str | None) -> list[Preparation]:
    """Return what must run before dates are read."""
    return [Preparation(reading_sql()["iso_dates" if date_format is None else "pattern_dates"], {})]


def _time_macros(time_format: str) -> str:
    """Return the section that reads times as they are written."""
    if not time_format:
        return "iso_times"
    return "epoch_times" if time_format in ("epoch_s", "epoch_ms") else "pattern_times"


def _in_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
