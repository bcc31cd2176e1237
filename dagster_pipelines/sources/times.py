"""Between which times an event may lie; whatever is outside is quarantined."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dagster_pipelines.settings import Settings

_FIRST_DAY = datetime(1990, 1, 1)  # noqa: DTZ001 - a local date


def limits_of_time(settings: Settings, now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning of 1990 and the end of the day of the run, in UTC without saying so.

    Both are days of the organisation's zone; `now` is the time of the run in UTC.
    """
    zone = settings.zone
    tomorrow = now.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=1)
    return _in_utc(_FIRST_DAY, zone), _in_utc(datetime.combine(tomorrow, time()), zone)


def _in_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
