"""From pieces of CSV text to columns of text, with the line of each record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from dagster_pipelines.sources import reasons
from dagster_pipelines.sources.csv_layout import UNDECODABLE, Dialect
from dagster_pipelines.sources.csv_pieces import Piece
from dagster_pipelines.sources.csv_scan import Scanned, Scanner

Integers = npt.NDArray[np.int64]

CODED = pa.dictionary(pa.int32(), pa.string())
"""Type of a column of which each distinct text is looked at once."""

_PARSER_BLOCK_BYTES = 1 << 22
_NOT_TEXT = re.compile(re.escape(UNDECODABLE.encode()) + b"|\0")


@dataclass(frozen=True)
class Records:
    """Records of one piece: the needed columns, the line of each row, and the rejected.

    `table` has a column of text for each bound one, by our names; `lines` the first physical line
    of each of its rows. `rejected` holds line and reason of each record that cannot be read,
    `excluded` the number of those left out by each rule.
    """

    table: pa.Table
    lines: Integers
    rejected: list[tuple[int, str]] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)


class RecordReader:
    """Reads the pieces of one file.

    `columns` are the positions of the needed columns by our names, `coded` those of them that come
    as CODED rather than plain text; `width` is the number of columns of the header.
    """

    def __init__(
        self, dialect: Dialect, columns: Mapping[str, int], coded: Sequence[str], width: int
    ) -> None:
        self._dialect = dialect
        self._columns = dict(columns)
        self._width = width
        self._names = [f"column_{position}" for position in range(width)]
        self._types = {name: CODED if name in coded else pa.string() for name in columns}

    def read(self, piece: Piece) -> Records:
        """Return the records of a piece."""
        if piece.scanned is not None:
            return self._of_scanned(piece.scanned, piece.first_line)
        if not piece.data.strip(b"\r\n"):
            return Records(self._table([]), np.empty(0, np.int64))
        try:
            return self._parsed(piece)
        except pa.ArrowInvalid:
            return self.read_carefully(piece)

    def read_carefully(self, piece: Piece) -> Records:
        """Return the records of a piece as the scanner reads them: the same, but slowly."""
        scanner = Scanner(piece.data, self._dialect, is_end=True)
        return self._of_scanned(tuple(scanner.records()), piece.first_line)

    def _parsed(self, piece: Piece) -> Records:
        """Read a regular piece with the fast parser."""
        ragged: list[pa.csv.InvalidRow] = []
        table = self._parse(piece.data, ragged)
        if ragged:
            # Only without threads does the parser say which records it left out.
            ragged = []
            table = self._parse(piece.data, ragged, use_threads=False)
        records = table.num_rows + len(ragged)
        rejected = {
            row.number - 1: reasons.TOO_FEW_FIELDS
            if row.actual_columns < row.expected_columns
            else reasons.TOO_MANY_FIELDS
            for row in ragged
        }
        kept = np.delete(np.arange(records), list(rejected))
        not_text = self._not_text(piece.data)
        if not (rejected or not_text) and records == piece.lines:
            return Records(table, np.arange(records) + piece.first_line)
        lines = self._record_starts(piece.data)[1] + piece.first_line
        rejected = not_text | rejected
        is_text = ~np.isin(kept, list(not_text))
        if not is_text.all():
            table = table.filter(pa.array(is_text))
        return Records(
            table,
            lines[kept[is_text]],
            [(int(lines[record]), reason) for record, reason in sorted(rejected.items())],
        )

    def _parse(
        self, data: bytes, ragged: list[pa.csv.InvalidRow], *, use_threads: bool = True
    ) -> pa.Table:
        def note(row: pa.csv.InvalidRow) -> str:
            ragged.append(row)
            return "skip"

        needed = {name: self._names[position] for name, position in self._columns.items()}
        table = pa.csv.read_csv(
            pa.py_buffer(data),
            pa.csv.ReadOptions(
                column_names=self._names,
                block_size=min(len(data) + 1, _PARSER_BLOCK_BYTES),
                use_threads=use_threads,
            ),
            pa.csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                quote_char=self._dialect.quote,
                newlines_in_values=self._dialect.quote.encode() in data,
                invalid_row_handler=note,
            ),
            pa.csv.ConvertOptions(
                check_utf8=False,
                column_types={theirs: self._types[name] for name, theirs in needed.items()},
                include_columns=list(needed.values()),
                strings_can_be_null=False,
            ),
        )
        return table.rename_columns(list(needed))

    def _of_scanned(self, scanned: Sequence[Scanned], first_line: int) -> Records:
        """Sort scanned records into rows and rejected."""
        rows: list[tuple[bytes, ...]] = []
        lines: list[int] = []
        rejected: list[tuple[int, str]] = []
        for record in scanned:
            reason = record.reason or self._reason(record.fields)
            if reason is None:
                rows.append(record.fields)
                lines.append(record.line + first_line)
            else:
                rejected.append((record.line + first_line, reason))
        return Records(self._table(rows), np.array(lines, dtype=np.int64), rejected)

    def _reason(self, fields: tuple[bytes, ...]) -> str | None:
        """Return why a record with these fields is rejected."""
        if len(fields) != self._width:
            is_short = len(fields) < self._width
            return reasons.TOO_FEW_FIELDS if is_short else reasons.TOO_MANY_FIELDS
        for one in fields:
            found = _NOT_TEXT.search(one)
            if found:
                return _reason_of(found)
        return None

    def _table(self, rows: Sequence[tuple[bytes, ...]]) -> pa.Table:
        """Return the needed columns of rows of fields."""
        columns = {}
        for name, position in self._columns.items():
            texts = pa.array([row[position].decode() for row in rows], pa.string())
            coded = self._types[name] == CODED
            columns[name] = texts.dictionary_encode() if coded else texts
        return pa.table(columns)

    def _not_text(self, data: bytes) -> dict[int, str]:
        """Return the records that hold what is no text, with the reason for each."""
        if data.isascii() and b"\0" not in data:
            return {}
        found = list(_NOT_TEXT.finditer(data))
        if not found:
            return {}
        starts = self._record_starts(data)[0]
        records = np.searchsorted(starts, [one.start() for one in found], side="right") - 1
        # The first of a record's is its reason.
        pairs = zip(reversed(records), reversed(found), strict=True)
        return {int(record): _reason_of(one) for record, one in pairs}

    def _record_starts(self, data: bytes) -> tuple[Integers, Integers]:
        """Return where the records of a regular piece begin: positions, and lines from 0."""
        characters = np.frombuffer(data, dtype=np.uint8)
        is_feed, is_return = characters == ord("\n"), characters == ord("\r")
        # Of a carriage return and line feed, the feed is the end.
        is_end = is_feed.copy()
        is_end[:-1] |= is_return[:-1] & ~is_feed[1:]
        is_end[-1:] |= is_return[-1:]
        ends = np.flatnonzero(is_end)
        starts = np.concatenate(([0], ends + 1))
        starts = starts[starts < len(data)]
        quotes = np.flatnonzero(characters == ord(self._dialect.quote))
        is_outside = np.searchsorted(quotes, starts) % 2 == 0
        has_text = ~(is_feed | is_return)[starts]
        lines = np.flatnonzero(is_outside & has_text)
        return starts[lines], lines


def _reason_of(found: re.Match[bytes]) -> str:
    return reasons.NUL_BYTE if found.group() == b"\0" else reasons.BAD_ENCODING
