"""Rows out of a text in XML that is one list of them: `<posts><row Id="1" …/>…</posts>`.

Read piece by piece, however long the text is, by expat, and strictly: a document type is refused
before anything in it is looked at, so that no entity is ever declared, expanded or fetched. What a
list of rows has no use for (comments, processing instructions, sections of raw text, other
elements) is refused too, and so is what is not UTF-8, whatever the text says of itself. A text that
is refused is refused whole: behind a break nobody knows what is a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn
from xml.parsers import expat

from dagster_pipelines.errors import UsageError

STRETCH_LIMIT = 16_000_000
"""So many bytes may pass without a row, in a very long one for instance; expat holds them all."""

_ROW = "row"
_ROW_BEGINS = re.compile(rb"<row[\s/>]")
_LENGTH_OF_A_BEGINNING = 5
# None is in a text in UTF-8 and XML. By them, expat takes a text for UTF-16, whatever it is told.
_FOREIGN_BYTES = (b"\x00", b"\xfe", b"\xff")


@dataclass(frozen=True, slots=True)
class XmlRow:
    """A row: the line on which it begins, from 1, and its attributes."""

    line: int
    attributes: dict[str, str]


class XmlRows:
    """The rows of a text, which is read as they are asked for, its first piece at once.

    `root` is the name of the element that holds the rows, `where` names the text in errors. After
    the last row, `bytes_read` is the length of the text, and `count` the independent count of its
    rows: their beginnings, found by searching the bytes, with no part of the parser.

    Raises
    ------
    UsageError
        The text is no such list, as far as its first piece tells.
    """

    def __init__(self, chunks: Iterable[bytes], root: str, where: str) -> None:
        self.bytes_read = 0
        self.count = 0
        self._tail = b""
        self._parser = _RowParser(root, where)
        self._pieces = self._read(chunks)
        self._first = next(self._pieces, [])
        if not self.bytes_read:
            raise UsageError(f"{where} is empty; export or download it again.")

    def pieces(self) -> Iterator[list[XmlRow]]:
        """Yield the rows, some at a time; may be asked for once.

        Raises
        ------
        UsageError
            The text breaks off, is no XML any more, or holds what no list of rows does.
        """
        return chain([self._first], self._pieces)

    def _read(self, chunks: Iterable[bytes]) -> Iterator[list[XmlRow]]:
        for chunk in chunks:
            self.bytes_read += len(chunk)
            self._count(chunk)
            yield self._parser.rows_in(chunk)
        if self.bytes_read:
            self._parser.finish()

    def _count(self, chunk: bytes) -> None:
        # A beginning may lie across two chunks, and never twice in what is left of the first.
        data = self._tail + chunk
        self.count += sum(1 for _ in _ROW_BEGINS.finditer(data))
        self._tail = data[-(_LENGTH_OF_A_BEGINNING - 1) :]


class _RowParser:
    """Expat, and what it is not allowed to let through."""

    def __init__(self, root: str, where: str) -> None:
        self._root = root
        self._where = where
        self._depth = 0
        self._rows: list[XmlRow] = []
        self._stretch = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        parser.CommentHandler = self._refuse_other
        parser.ProcessingInstructionHandler = self._refuse_other
        parser.StartCdataSectionHandler = self._refuse_other

    def rows_in(self, chunk: bytes) -> list[XmlRow]:
        """Return the rows whose beginning is whole by the end of this part of the text."""
        self._rows = []
        if any(byte in chunk for byte in _FOREIGN_BYTES):
            self._refuse("there are bytes that are no UTF-8; export or download it again")
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            # Expat's own words for its codes quote nothing.
            self._refuse(
                f"is no XML any more ({expat.ErrorString(error.code)}); export or download it"
                " again",
                error.lineno,
            )
        self._stretch = 0 if self._rows else self._stretch + len(chunk)
        if self._stretch > STRETCH_LIMIT:
            self._refuse(f"more than {STRETCH_LIMIT // 1_000_000} MB follow without a row")
        return self._rows

    def finish(self) -> None:
        """Make sure that the text is whole."""
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._refuse(
                "the text ends before its list of rows does: it was cut short; export or"
                " download it again",
                error.lineno,
            )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and name != self._root:
            self._refuse(f"the text does not begin with the element <{self._root}>")
        if self._depth == 1:
            return
        if self._depth > 2 or name != _ROW:
            self._refuse(f"an element is no row of <{self._root}>")
        self._rows.append(XmlRow(self._parser.CurrentLineNumber, attributes))

    def _end(self, name: str) -> None:
        del name
        self._depth -= 1

    def _refuse_document_type(self, *_: Any) -> None:
        self._refuse("a document type is declared, which such a list never does; it is not read")

    def _refuse_other(self, *_: Any) -> None:
        self._refuse(
            "there is a comment, an instruction or a section of raw text, which such a list never"
            " has; take it out"
        )

    def _refuse(self, what: str, line: int | None = None) -> NoReturn:
        where = f"{self._where}, line {line or self._parser.CurrentLineNumber}"
        raise UsageError(f"{where}: {what}.") from None
