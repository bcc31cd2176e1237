"""One export file in CSV, read once: the same bytes are hashed, counted and parsed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dagster_pipelines.errors import UsageError
from dagster_pipelines.identifiers import trim
from dagster_pipelines.sources.csv_count import count_records
from dagster_pipelines.sources.csv_layout import (
    COLUMN_LIMIT,
    UNDECODABLE,
    Dialect,
    marking_handler,
)
from dagster_pipelines.sources.csv_pieces import Piece, PieceCutter
from dagster_pipelines.sources.read_once import ReadOnce

_HEAD_BYTES = 1 << 18
_CHUNK_BYTES = 1 << 24
_BYTE_ORDER_MARK = "\ufeff".encode()
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class CsvFile(ReadOnce):
    """An open file. `header` is read at once; `pieces` gives the records and may be read once.

    After the last piece `sha256`, `size` (bytes) and `records` (the independent count) hold for
    the whole file. `where` names the file in errors: the source, and what the user calls the file.
    """

    def __init__(self, path: Path, dialect: Dialect, where: str) -> None:
        super().__init__(_opened(path, where), where)
        self.records = 0
        self._dialect = dialect
        self._head = b""
        try:
            self._cutter = PieceCutter(self._decoded(), dialect, first_line=1, where=where)
            self.header = self._read_header()
        except BaseException:
            self.close()
            raise

    def pieces(self) -> Iterator[Piece]:
        """Yield the records after the header, in pieces.

        Raises
        ------
        UsageError
            The file is none of CSV.
        PassingError
            The file cannot be read to its end, or was written to meanwhile.
        """
        for piece in self._cutter:
            self.records += count_records(piece.data, self._dialect, is_regular=piece.is_regular)
            yield piece
        self.check_unchanged()

    def _bytes(self) -> Iterator[bytes]:
        """Yield the file's bytes as they are, in chunks."""
        wanted = _HEAD_BYTES
        while chunk := self.read(wanted):
            self._head = self._head or chunk
            wanted = _CHUNK_BYTES
            yield chunk

    def _decoded(self) -> Iterator[bytes]:
        """Yield the text as UTF-8, UNDECODABLE in place of what is none, byte order mark off."""
        name = "utf-8" if self._dialect.is_utf8 else self._dialect.encoding
        decoder = codecs.getincrementaldecoder(name)(marking_handler())
        is_first = True
        for chunk in self._bytes():
            if self._dialect.is_utf8 and chunk.isascii() and not decoder.getstate()[0]:
                text = chunk
            else:
                text = decoder.decode(chunk).encode()
            if is_first and text:
                text, is_first = text.removeprefix(_BYTE_ORDER_MARK), False
            if text:
                yield text
        rest = decoder.decode(b"", final=True).encode()
        if rest:
            yield rest

    def _read_header(self) -> list[str]:
        """Return the names of the columns, trimmed.

        Raises
        ------
        UsageError
            The file is empty, is not text, or has too many columns.
        """
        record = self._cutter.first_record()
        self._refuse_what_is_no_text()
        if record is None:
            raise UsageError(f"{self.where} is empty; it needs a header and records.")
        if record.reason is not None:
            raise UsageError(
                f"{self.where}: a quote in the header is not closed; is `quote` declared right?"
            )
        if len(record.fields) > COLUMN_LIMIT:
            raise UsageError(
                f"{self.where} has {len(record.fields)} columns, and {COLUMN_LIMIT} are the most"
                " that are read; is `delimiter` declared right?"
            )
        names = [field.decode() for field in record.fields]
        if any(UNDECODABLE in name for name in names):
            raise UsageError(
                f"{self.where}: the header is not {self._dialect.encoding} (byte"
                f" {self._first_bad_byte()} of the file); declare its `encoding`, such as cp1252,"
                " latin-1 or utf-16."
            )
        return [trim(name) for name in names]

    def _refuse_what_is_no_text(self) -> None:
        if self._dialect.is_utf8 and self._head.startswith(_UTF_16_MARKS):
            raise UsageError(f"{self.where} is UTF-16; declare `encoding: utf-16`.")
        is_wide = codecs.lookup(self._dialect.encoding).name.startswith(("utf-16", "utf-32"))
        first_line = self._head.lstrip(b"\r\n").split(b"\n", 1)[0]
        if b"\0" in first_line and not is_wide:
            raise UsageError(
                f"{self.where} holds zero bytes: it is not text (a spreadsheet or an archive?), or"
                " its `encoding` is another, such as utf-16."
            )

    def _first_bad_byte(self) -> int:
        """Return the position of the first byte of the head that is not text, counted from 0."""
        try:
            self._head.decode(self._dialect.encoding)
        except UnicodeDecodeError as error:
            return error.start
        return 0


def _opened(path: Path, where: str) -> BinaryIO:
    try:
        if path.is_dir():
            raise UsageError(f"{where} is a folder; name a file.")
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{where} cannot be opened ({error.strerror}).") from None
