"""Local clocks, in whole arrays: working hours at a site, dates of the organisation.

Times are seconds since 1970 in UTC; days are counted from 1970 too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dagster_pipelines.demo import names
from dagster_pipelines.demo.scale import FIRST_MONDAY, Scale

Seconds = NDArray[np.int64]
DAY, HOUR, MINUTE = 86_400, 3_600, 60

# Monday to Sunday.
WEEKDAY_SHARES = np.array([10, 11, 11, 10, 8, 0.3, 0.3]) / 50.6
DAY_BEGINS, DAY_PEAKS, DAY_ENDS = 8 * HOUR, 10.5 * HOUR, 18 * HOUR
LATEST_HOUR = 20
WEEKEND_ENDS = 15 * HOUR


def day_number(day: date) -> int:
    """Return a date as days since 1970."""
    return (day - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Clocks:
    """The clocks of the company's sites and of the organisation, over the weeks of the exports."""

    scale: Scale

    @property
    def _days(self) -> range:
        first = day_number(FIRST_MONDAY)
        return range(first - 1, first + 7 * self.scale.weeks + 1)

    @cached_property
    def _site_offsets(self) -> Seconds:
        """(sites, days): how far a site's clocks are ahead of UTC at noon there.

        Clocks change at night, outside of the hours that are drawn.
        """
        return np.array(
            [
                [_offset_at_noon(ZoneInfo(site.zone), day) for day in self._days]
                for site in names.SITES
            ]
        )

    @cached_property
    def _organisation_changes(self) -> tuple[Seconds, Seconds]:
        """When the organisation's clocks change, and how far they are ahead of UTC from then on."""
        zone = ZoneInfo(names.ORGANISATION_ZONE)
        moments, offsets = [self._days[0] * DAY], [_offset(zone, self._days[0] * DAY)]
        for hour in range(24 * len(self._days)):
            moment = self._days[0] * DAY + hour * HOUR
            if _offset(zone, moment) != offsets[-1]:
                moments.append(moment)
                offsets.append(_offset(zone, moment))
        return np.array(moments), np.array(offsets)

    def days(self, at: Seconds) -> NDArray[np.int64]:
        """Return the organisation's date of each time, as days since 1970."""
        changes, offsets = self._organisation_changes
        place = np.searchsorted(changes, at, side="right") - 1
        return (at + offsets[np.maximum(place, 0)]) // DAY

    def weeks(self, at: Seconds) -> NDArray[np.int64]:
        """Return the week of each time, counted from 0."""
        return (self.days(at) - day_number(FIRST_MONDAY)) // 7

    def week_ends(self, week: NDArray[np.integer]) -> Seconds:
        """Return a time late on the Sunday of each week, before it ends for the organisation."""
        sunday = day_number(FIRST_MONDAY) + 7 * week.astype(np.int64) + 6
        return sunday * DAY + 20 * HOUR

    def working_moments(
        self, week: NDArray[np.integer], site: NDArray[np.integer], chance: np.random.Generator
    ) -> Seconds:
        """Draw a time of the working week for each, by the clocks of its site."""
        size = len(week)
        weekday = chance.choice(7, size=size, p=WEEKDAY_SHARES)
        ends = np.where(weekday < 5, DAY_ENDS, WEEKEND_ENDS)
        second = chance.triangular(DAY_BEGINS, DAY_PEAKS, ends).astype(np.int64)
        day = day_number(FIRST_MONDAY) + 7 * week.astype(np.int64) + weekday
        return day * DAY + second - self._offset_of(day, site)

    def not_at_night(
        self, at: Seconds, site: NDArray[np.integer], chance: np.random.Generator
    ) -> Seconds:
        """Put off until the morning what would happen at night, by the clocks of its site."""
        day = at // DAY
        local = at + self._offset_of(day, site)
        second = local % DAY
        morning = local - second + np.where(second >= LATEST_HOUR * HOUR, DAY, 0) + DAY_BEGINS
        is_night = (second >= LATEST_HOUR * HOUR) | (second < DAY_BEGINS)
        delay = chance.integers(0, 2 * HOUR, len(at))
        return np.where(is_night, at - local + morning + delay, at)

    def _offset_of(self, day: NDArray[np.int64], site: NDArray[np.integer]) -> Seconds:
        last = len(self._days) - 1
        return self._site_offsets[site, np.clip(day - self._days[0], 0, last)]


def _offset_at_noon(zone: ZoneInfo, day: int) -> int:
    noon = datetime(1970, 1, 1, 12, tzinfo=zone) + timedelta(days=day)
    return int(noon.utcoffset().total_seconds())


def _offset(zone: ZoneInfo, moment: int) -> int:
    return int(datetime.fromtimestamp(moment, UTC).astimezone(zone).utcoffset().total_seconds())
