"""The independent count of the records of a CSV text: neither parser has a part in it.

The manifest holds what became of each record against this number, and nothing is published while
they differ. What is counted: lines that are not empty and do not lie within a quoted field that
began on an earlier line. A quoted field is what `csv_scan` says; a broken quote begins none, so
each line after it counts.
"""

from __future__ import annotations

import re

import numpy as np

from dagster_pipelines.sources.csv_layout import FIELD_LIMIT, Dialect

_LINE_FEED, _RETURN = ord("\n"), ord("\r")


def count_records(data: bytes, dialect: Dialect, *, is_regular: bool) -> int:
    """Return the number of records in UTF-8 bytes that hold whole records.

    `is_regular` says that every quote stands where it should; then the parity of the quotes before
    a line end tells whether it lies inside a field.
    """
    quote = dialect.quote.encode("ascii")
    if quote not in data:
        return _lines_with_text(data)
    if is_regular:
        return _lines_outside_quotes(data, quote)
    return _lines_with_text(_without_quoted_fields(data, dialect))


def _lines_with_text(data: bytes) -> int:
    """Count lines that are not empty: ends of runs of characters that are no line ends."""
    if b"\r" not in data and b"\n\n" not in data and not data.startswith(b"\n"):
        return data.count(b"\n") + (not data.endswith(b"\n") and data != b"")
    characters = np.frombuffer(data, dtype=np.uint8)
    is_end = (characters == _LINE_FEED) | (characters == _RETURN)
    ends_of_text = int(np.count_nonzero(is_end[1:] & ~is_end[:-1]))
    return ends_of_text + (len(data) > 0 and not bool(is_end[-1]))


def _lines_outside_quotes(data: bytes, quote: bytes) -> int:
    """Count lines that are not empty and whose end has an even number of quotes before it."""
    characters = np.frombuffer(data, dtype=np.uint8)
    is_end = (characters == _LINE_FEED) | (characters == _RETURN)
    ends_of_text = np.flatnonzero(is_end[1:] & ~is_end[:-1]) + 1
    quotes = np.flatnonzero(characters == quote[0])
    outside = np.searchsorted(quotes, ends_of_text) % 2 == 0
    return int(np.count_nonzero(outside)) + (len(data) > 0 and not bool(is_end[-1]))


def _without_quoted_fields(data: bytes, dialect: Dialect) -> bytes:
    """Return the text with a letter in place of each quoted field; broken quotes stay."""
    pattern = rb"(?:(?<=[DE])|\A)Q(?:[^Q]*+(?:QQ[^Q]*+)*+Q(?=[DE]|\Z)|(?P<broken>[^E]*))"
    for letter, text in (
        (b"D", re.escape(dialect.delimiter.encode("ascii"))),
        (b"Q", re.escape(dialect.quote.encode("ascii"))),
        (b"E", rb"\r\n"),
    ):
        pattern = pattern.replace(letter, text)
    quoted = re.compile(pattern)
    parts: list[bytes] = []
    position = 0
    while found := quoted.search(data, position):
        parts.append(data[position : found.start()])
        end = found.end()
        if found.group("broken") is not None or end - found.start() > FIELD_LIMIT + 2:
            end = _end_of_line(data, found.start())
            parts.append(b"x")
        else:
            parts.append(b"x")
        position = end
    return b"".join((*parts, data[position:]))


def _end_of_line(data: bytes, position: int) -> int:
    ends = [end for mark in (b"\n", b"\r") if (end := data.find(mark, position)) >= 0]
    return min(ends, default=len(data))
