r"""The careful reader of CSV records: for the places where quotes are not as they should be.

The rules, which the fast path obeys too wherever a text is regular (RFC 4180):

- A quoted field begins with a quote at the beginning of a field and ends with the next single
  quote (a pair stands for one), which a delimiter or the end of the line must follow. A quote
  anywhere else is a character like any other.
- A quote that does not end so, or not within FIELD_LIMIT bytes, is broken: the record is given up
  to the end of the line on which that quote stands, and reading goes on with the next line. So one
  broken quote costs one record and not the rest of the file.
- A line ends with `\n`, `\r\n` or `\r`. An empty line between records is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dagster_pipelines.sources import reasons
from dagster_pipelines.sources.csv_layout import FIELD_LIMIT, Dialect

_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class Scanned:
    """A record: its fields, or the reason why it has none; where it stands in the data.

    `line` counts from 0, at the first line of the data that was scanned.
    """

    start: int
    end: int
    line: int
    lines: int
    fields: tuple[bytes, ...]
    reason: str | None = None


class Scanner:
    """Reads records out of bytes that begin at the beginning of a record.

    `is_end` says that the bytes reach to the end of the file. Where they do not, a record is given
    only if nothing that may follow could change it.
    """

    def __init__(self, data: bytes, dialect: Dialect, *, is_end: bool) -> None:
        self._data = data
        self._is_end = is_end
        self._delimiter = dialect.delimiter.encode("ascii")
        self._quote = dialect.quote.encode("ascii")
        self._ends_of_field = dialect.ends_of_field
        self._end_of_bare = re.compile(b"[" + re.escape(dialect.ends_of_field) + b"]")

    def records(self, least: int | None = None) -> Iterator[Scanned]:
        """Yield records until they reach `least` bytes, the data end, or more is needed to tell."""
        position = line = 0
        while position < len(self._data) and (least is None or position < least):
            after = self._after_line_end(position)
            if after is None:
                return
            if after > position:
                position, line = after, line + 1
                continue
            record = self._record(position, line)
            if record is None:
                return
            yield record
            position, line = record.end, line + record.lines

    def _record(self, start: int, line: int) -> Scanned | None:
        """Return the record at `start`, None if the data ends before it does."""
        fields: list[bytes] = []
        position = start
        while True:
            if self._data.startswith(self._quote, position):
                close = self._closing_quote(position)
                if close is None:
                    return None
                if close < 0 or not self._is_field_end(close + 1):
                    return self._given_up(start, position, close, line)
                field = self._data[position + 1 : close]
                fields.append(field.replace(self._quote * 2, self._quote))
                position = close + 1
            else:
                found = self._end_of_bare.search(self._data, position)
                if found is None and not self._is_end:
                    return None
                end = found.start() if found else len(self._data)
                fields.append(self._data[position:end])
                position = end
            if self._data.startswith(self._delimiter, position):
                position += 1
                continue
            end = self._after_line_end(position)
            if end is None:
                return None
            return Scanned(start, end, line, self._lines(start, end), tuple(fields))

    def _closing_quote(self, opening: int) -> int | None:
        """Return where the field opened here is closed: -1 is nowhere, None is not known yet."""
        reach = opening + 1 + FIELD_LIMIT
        position = opening + 1
        while True:
            close = self._data.find(self._quote, position, reach + 1)
            if close < 0:
                is_known = self._is_end or len(self._data) > reach
                return -1 if is_known else None
            if close + 1 >= len(self._data) and not self._is_end:
                return None
            if not self._data.startswith(self._quote, close + 1):
                return close
            position = close + 2

    def _is_field_end(self, position: int) -> bool:
        return position >= len(self._data) or self._data[position] in self._ends_of_field

    def _given_up(self, start: int, opening: int, close: int, line: int) -> Scanned | None:
        """Give a record up to the end of the line on which its broken quote was opened."""
        line_end = _LINE_END.search(self._data, opening)
        if line_end is None and not self._is_end:
            return None
        end = len(self._data) if line_end is None else self._after_line_end(line_end.start())
        if end is None:
            return None
        is_open = close < 0 or close > end
        reason = reasons.UNTERMINATED_QUOTE if is_open else reasons.TEXT_AFTER_QUOTE
        return Scanned(start, end, line, self._lines(start, end), (), reason)

    def _after_line_end(self, position: int) -> int | None:
        r"""Return the position after the line end that stands here, or `position` if none does.

        None means that the data ends with `\r` and a `\n` may follow.
        """
        if self._data.startswith(b"\r\n", position):
            return position + 2
        if self._data.startswith(b"\r", position) and position + 1 == len(self._data):
            return position + 1 if self._is_end else None
        if self._data[position : position + 1] in (b"\r", b"\n"):
            return position + 1
        return position

    def _lines(self, start: int, end: int) -> int:
        return line_ends(self._data[start:end])


def line_ends(data: bytes) -> int:
    r"""Return the number of line ends, `\r\n` counting as one."""
    found = data.count(b"\n")
    if b"\r" in data:
        found += data.count(b"\r") - data.count(b"\r\n")
    return found
