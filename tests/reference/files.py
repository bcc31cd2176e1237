"""Rosters and generic interaction files, read from CSV.

The rules are those of docs/metrics.md, sections 1 and 2, and of `tacit.yml` (column
maps, delimiters, zones). A file that breaks them is refused here; quarantining single
records is the pipeline's business and not part of this reading.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from .model import (
    KNOWN_CHANNELS,
    MUTUAL_CHANNELS,
    UNITS,
    Event,
    ReadingError,
    RosterRow,
)
from .roster import Roster

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1"})
DATE_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_cells(path: Path, columns: Mapping[str, str], delimiter: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by our column names, cells stripped.

    Args:
        path: a UTF-8 file with a header, with or without a byte order mark.
        columns: our name → the file's; a name left out is looked for as it is.
        delimiter: what parts the cells.

    Raises
    ------
        ReadingError: the file lacks a column that the map names.

    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        header = reader.fieldnames or ()
        for name in columns.values():
            if name not in header:
                raise ReadingError(f"{path.name} has no column {name}.")
        ours = {theirs: own for own, theirs in columns.items()}
        for cells in reader:
            yield {ours.get(name, name): (cells[name] or "").strip() for name in header}


@dataclass(frozen=True)
class RosterFormat:
    """How a roster file is laid out, as its source in `tacit.yml` declares.

    `grade_order` lists the grades from the lowest to the highest, for rosters with text
    grades or with 1 on top. `snapshot_in_name` says that a date in the file's name is
    the day of the snapshot.
    """

    columns: Mapping[str, str]
    delimiter: str = ","
    grade_order: Sequence[str] | None = None
    snapshot_in_name: bool = False
    derive_units: bool = False


def read_roster(paths: Iterable[Path], layout: RosterFormat | None = None) -> list[RosterRow]:
    """The roster rows of the files of one source, with their final bounds."""
    layout = layout or RosterFormat(columns={})
    read: list[tuple[date | None, RosterRow]] = []
    for path in paths:
        named = DATE_IN_NAME.search(path.name) if layout.snapshot_in_name else None
        day_in_name = date.fromisoformat(named.group()) if named else None
        for cells in read_cells(path, layout.columns, layout.delimiter):
            snapshot = day_of(cells, "snapshot_date") or day_in_name
            read.append((snapshot, roster_row(cells, layout.grade_order)))

    # Section 1: "In monthly snapshots each holds until the next; the first does not
    # hold before its day".
    snapshots = sorted({day for day, _ in read if day is not None})
    next_snapshot = dict(pairwise(snapshots))
    rows = [
        row
        if snapshot is None
        else replace(row, valid_from=snapshot, valid_to=next_snapshot.get(snapshot))
        for snapshot, row in read
    ]
    rows = [replace(row, content_hash=content_hash(row)) for row in rows]
    return derived_units(rows) if layout.derive_units else rows


def roster_row(cells: Mapping[str, str], grade_order: Sequence[str] | None) -> RosterRow:
    """One row; without `valid_from` "valid for as long as the person is employed"."""
    hired_on, left_on = day_of(cells, "hired_on"), day_of(cells, "left_on")
    has_bounds = "valid_from" in cells
    return RosterRow(
        person=cells["person_id"],
        **{unit: cells.get(unit) or None for unit in UNITS},
        job_level=job_level(cells.get("job_level", ""), grade_order),
        manager=cells.get("manager_id") or None,
        hired_on=hired_on,
        left_on=left_on,
        valid_from=day_of(cells, "valid_from") if has_bounds else hired_on,
        valid_to=day_of(cells, "valid_to") if has_bounds else left_on,
    )


def day_of(cells: Mapping[str, str], name: str) -> date | None:
    """A date cell, None where it is empty or the column is missing."""
    text = cells.get(name, "")
    return date.fromisoformat(text[:10]) if text else None


def job_level(text: str, grade_order: Sequence[str] | None) -> float | None:
    """Section 3.3: a number, or the place in the order that the roster declares."""
    if not text:
        return None
    if grade_order is None:
        return float(text)
    return float(grade_order.index(text) + 1)


def content_hash(row: RosterRow) -> str:
    """A hash of all that a row says, to order equal rows by."""
    content = {**asdict(row), "content_hash": ""}
    return hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()


def derived_units(rows: Iterable[RosterRow]) -> list[RosterRow]:
    """Units from the reporting lines, one row for each period of unchanged roster.

    "a team is then the reports of one manager, a department everybody under one direct
    report of the top (that report included; the top itself has none)". The top is whom
    section 1 gives the reporting depth 0, so its direct reports have the depth 1.
    """
    roster = Roster(rows)
    bounds = roster.bounds
    first = bounds[0] - timedelta(days=1) if bounds else date.min
    starts = [None, *bounds]
    ends = [*bounds, None]
    derived = []
    for valid_from, valid_to in zip(starts, ends, strict=True):
        day = roster.day(valid_from or first)
        for person, row in day.rows.items():
            line = (person, *day.uplines[person])
            heads = [one for one in line if day.depths.get(one) == 1]
            derived.append(
                replace(
                    row,
                    team=day.managers.get(person),
                    department=heads[0] if heads else None,
                    valid_from=valid_from,
                    valid_to=valid_to,
                )
            )
    return derived


@dataclass(frozen=True)
class InteractionFormat:
    """How an interaction file is laid out, as its source in `tacit.yml` declares.

    `channel` holds where a row names none. `time_format` is a strptime pattern,
    `epoch_s` or `epoch_ms`; without one, times are ISO 8601. A time without a zone is
    in `timezone`.
    """

    columns: Mapping[str, str]
    channel: str = "pair"
    delimiter: str = ","
    timezone: str = "UTC"
    time_format: str | None = None


@dataclass(frozen=True)
class _Line:
    """One row of an interaction file."""

    event_id: str
    channel: str
    source: str
    target: str
    occurred_at: datetime
    minutes: float | None
    mutual: bool


def read_interactions(paths: Iterable[Path], layout: InteractionFormat) -> list[Event]:
    """The events of the files of one source.

    Rows with the same source, time and channel and no `event_id` are one event, rows
    with the same `event_id` too; exact duplicates count once; "Rows of `contact` are an
    event each" (section 2).

    Raises
    ------
        ReadingError: an event that is not mutual has two sources.

    """
    zone = ZoneInfo(layout.timezone)
    lines: dict[_Line, None] = {}
    for path in paths:
        for cells in read_cells(path, layout.columns, layout.delimiter):
            lines[_line(cells, layout, zone)] = None
    lines_of_event: dict[tuple, list[_Line]] = {}
    for line in lines:
        lines_of_event.setdefault(_key(line), []).append(line)
    return [_event(key, its_lines) for key, its_lines in lines_of_event.items()]


def _line(cells: Mapping[str, str], layout: InteractionFormat, zone: ZoneInfo) -> _Line:
    channel = cells.get("channel") or layout.channel
    minutes = cells.get("minutes", "")
    return _Line(
        event_id=cells.get("event_id", ""),
        channel=channel if channel in KNOWN_CHANNELS else "pair",
        source=cells["source"],
        target=cells["target"],
        occurred_at=instant(cells["occurred_at"], layout.time_format, zone),
        minutes=float(minutes) if minutes else None,
        mutual=cells.get("mutual", "").lower() in TRUE_WORDS,
    )


def instant(text: str, time_format: str | None, zone: ZoneInfo) -> datetime:
    """A time in UTC."""
    if time_format == "epoch_s":
        return EPOCH + timedelta(seconds=float(text))
    if time_format == "epoch_ms":
        return EPOCH + timedelta(milliseconds=float(text))
    if time_format is None:
        read = datetime.fromisoformat(text)
    else:
        read = datetime.strptime(text, time_format)  # noqa: DTZ007 - the zone follows
    if read.tzinfo is None:
        read = read.replace(tzinfo=zone)
    return read.astimezone(UTC)


def _key(line: _Line) -> tuple:
    """What the rows of one event have in common."""
    if line.channel == "contact":
        return (line.channel, *(str(value) for value in asdict(line).values()))
    if line.event_id:
        return (line.channel, line.event_id)
    return (line.channel, line.source, line.occurred_at.isoformat())


def _event(key: tuple, lines: Sequence[_Line]) -> Event:
    """One event of its rows, whatever their order."""
    sources = sorted({line.source for line in lines})
    channel = lines[0].channel
    if len(sources) > 1 and channel not in MUTUAL_CHANNELS - {"mentoring"}:
        raise ReadingError(f"Event {lines[0].event_id} has more than one source.")
    targets = {line.target for line in lines if line.target}
    return Event(
        event_id="|".join(key),
        channel=channel,
        source=sources[0],
        targets=tuple(sorted(targets | set(sources[1:]))),
        occurred_at=min(line.occurred_at for line in lines),
        minutes=max((line.minutes for line in lines if line.minutes is not None), default=None),
        mutual=any(line.mutual for line in lines),
    )
