"""Cuts decoded CSV text into pieces of whole records, wherever the chunks happen to end.

Nearly all text is regular: every quote begins or ends a field where it should. Regular pieces go
to the fast parser. From a quote that is not where it should be, a window of records is read by the
careful scanner, then the rest is looked at afresh. How the text comes in chunks changes nothing of
what is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources.csv_layout import FIELD_LIMIT, LINE_LIMIT, Dialect
from dagster_pipelines.sources.csv_scan import Scanned, Scanner, line_ends

Positions = npt.NDArray[np.intp]

_SMALLEST_WINDOW = 1 << 16


@dataclass(frozen=True)
class Piece:
    """Whole records: UTF-8 bytes, the physical line on which they begin (the file's first is 1).

    `lines` is the number of physical lines, the empty and the quoted ones among them. `scanned`
    holds the records of a piece that the fast parser may not read, with lines counted from the
    piece's first; None otherwise.
    """

    data: bytes
    first_line: int
    lines: int
    scanned: tuple[Scanned, ...] | None = None

    @property
    def is_regular(self) -> bool:
        """Whether every quote stands where it should."""
        return self.scanned is None


@dataclass(frozen=True)
class _Quoting:
    """The quoted fields of a text that begins at the beginning of a record.

    `starts` and `ends` are the positions of the quotes that open and close them. `irregular` is
    the position of the first quote that breaks the rules, `unclosed` that of one whose end is still
    to come; of both at most one is given.
    """

    starts: Positions
    ends: Positions
    irregular: int | None = None
    unclosed: int | None = None


class PieceCutter:
    """Cuts the chunks of one file; `where` begins the sentence of an error."""

    def __init__(
        self, chunks: Iterator[bytes], dialect: Dialect, first_line: int, where: str
    ) -> None:
        self._chunks = chunks
        self._dialect = dialect
        self._line = first_line
        self._where = where
        self._buffer = b""
        self._is_end = False
        self._window = _SMALLEST_WINDOW

    def __iter__(self) -> Iterator[Piece]:
        """Yield all pieces.

        Raises
        ------
        UsageError
            A line is too long for a CSV file.
        """
        self._read_on()
        while self._buffer or not self._is_end:
            quoting = self._quoting()
            stop = _first(quoting.irregular, quoting.unclosed, len(self._buffer))
            cut = self._last_record_start(quoting, stop)
            if quoting.irregular is None:
                yield from self._regular(len(self._buffer) if self._is_end else cut)
                if not self._is_end:
                    self._read_on()
            else:
                self._window = _SMALLEST_WINDOW if cut > self._window else 2 * self._window
                yield from self._regular(cut)
                yield from self._irregular()

    def first_record(self) -> Scanned | None:
        """Take the first record, the header, off the text; None if the file has none."""
        self._read_on()
        while True:
            scanner = Scanner(self._buffer, self._dialect, is_end=self._is_end)
            for record in scanner.records(least=None):
                self._take(record.end)
                return record
            if self._is_end:
                self._take(len(self._buffer))
                return None
            self._read_on()

    def _read_on(self) -> None:
        """Add the next chunk to what is left."""
        chunk = next(self._chunks, None)
        if chunk is None:
            self._is_end = True
            return
        self._buffer = self._buffer + chunk if self._buffer else chunk
        if len(self._buffer) > LINE_LIMIT + 2 * FIELD_LIMIT + len(chunk):
            raise UsageError(
                f"{self._where}: line {self._line} is longer than {LINE_LIMIT // 1_000_000} MB;"
                " is this a CSV file?"
            )

    def _take(self, size: int, scanned: tuple[Scanned, ...] | None = None) -> Piece:
        """Take so many bytes off the text and count their lines."""
        data, first_line = self._buffer[:size], self._line
        self._buffer = self._buffer[size:]
        ends = line_ends(data)
        self._line += ends
        return Piece(data, first_line, ends + (not data.endswith((b"\n", b"\r"))), scanned)

    def _regular(self, size: int) -> Iterator[Piece]:
        if size:
            yield self._take(size)

    def _irregular(self) -> Iterator[Piece]:
        """Scan a window of records at the beginning of the text."""
        scanner = Scanner(self._buffer, self._dialect, is_end=self._is_end)
        records = tuple(scanner.records(self._window))
        if records:
            yield self._take(records[-1].end, records)
        else:
            self._read_on()

    def _quoting(self) -> _Quoting:
        """Find the quoted fields of the text, and where its quotes break the rules."""
        quote = ord(self._dialect.quote)
        none = np.empty(0, dtype=np.intp)
        if self._dialect.quote.encode("ascii") not in self._buffer:
            return _Quoting(none, none)
        characters = np.frombuffer(self._buffer, dtype=np.uint8)
        starts, ends, open_at = _paired(np.flatnonzero(characters == quote))
        if not self._is_end and len(ends) and ends[-1] == len(characters) - 1:
            open_at, starts, ends = int(starts[-1]), starts[:-1], ends[:-1]

        may_surround = np.zeros(256, dtype=np.bool_)
        may_surround[list(self._dialect.ends_of_field)] = True
        is_good = (starts == 0) | may_surround[characters[starts - 1]]
        if len(ends):
            after = np.minimum(ends + 1, len(characters) - 1)
            is_good &= (ends == len(characters) - 1) | may_surround[characters[after]]
            is_good &= ends - starts - 1 <= FIELD_LIMIT
        if not is_good.all():
            return _Quoting(starts, ends, irregular=int(starts[np.argmin(is_good)]))
        if open_at is None:
            return _Quoting(starts, ends)
        begins_field = open_at == 0 or may_surround[characters[open_at - 1]]
        is_lost = self._is_end or len(characters) - open_at - 1 > FIELD_LIMIT
        if is_lost or not begins_field:
            return _Quoting(starts, ends, irregular=open_at)
        return _Quoting(starts, ends, unclosed=open_at)

    def _last_record_start(self, quoting: _Quoting, position: int) -> int:
        """Return where the last record begins that begins at or before `position`."""
        while True:
            # The text may go on with the line feed of a final carriage return.
            reach = min(position, len(self._buffer) - 1)
            end = max(self._buffer.rfind(b"\n", 0, position), self._buffer.rfind(b"\r", 0, reach))
            if end < 0:
                return 0
            field = int(np.searchsorted(quoting.starts, end)) - 1
            if field < 0 or quoting.ends[field] < end:
                return end + 1
            position = int(quoting.starts[field])


def _paired(quotes: Positions) -> tuple[Positions, Positions, int | None]:
    """Pair the quotes of a text: positions that open and close fields, and one left open.

    A closing quote with another right after it is half of a pair that stands for one quote.
    """
    pairs = len(quotes) // 2
    openers, closers = quotes[0 : 2 * pairs : 2], quotes[1 : 2 * pairs : 2]
    is_joined = openers[1:] == closers[:-1] + 1
    starts = openers[np.concatenate(([True], ~is_joined))] if pairs else openers
    ends = closers[np.concatenate((~is_joined, [True]))] if pairs else closers
    if len(quotes) == 2 * pairs:
        return starts, ends, None
    last = int(quotes[-1])
    if pairs and ends[-1] + 1 == last:
        return starts[:-1], ends[:-1], int(starts[-1])
    return starts, ends, last


def _first(*positions: int | None) -> int:
    return min(position for position in positions if position is not None)
