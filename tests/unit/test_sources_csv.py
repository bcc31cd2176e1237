"""CSV text to records: the rules of quoting, counting and giving up, held against Python's csv.

Here belongs what becomes of bytes. What a column means belongs in the tests of the formats.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.sources import csv_count, csv_file, csv_pieces, csv_records, csv_scan
from dagster_pipelines.sources.csv_layout import Dialect
from dagster_pipelines.sources.csv_reading import Columns, CsvReading

COMMA = Dialect(",", '"', "utf-8")

Rows = list[tuple[int, tuple[str, ...]]]
"""Line and fields of each record."""

Rejected = list[tuple[int, str]]
"""Line and reason of each record."""


def read(data: bytes, dialect: Dialect = COMMA, chunk: int = 1 << 20) -> tuple[Rows, Rejected, int]:
    """The records below the header, those that were rejected, and the independent count."""
    with bytes_as_file(data) as path, chunks_of(chunk):
        reading = CsvReading(path, dialect, {}, columns_of(data, dialect), {}, "a file")
        with reading:
            rows: Rows = []
            rejected: Rejected = []
            for records in reading.records():
                cells = [column.to_pylist() for column in records.table.columns]
                rows += zip(map(int, records.lines), zip(*cells, strict=True), strict=True)
                rejected += records.rejected
        return rows, rejected, reading.file.records


def columns_of(data: bytes, dialect: Dialect) -> Columns:
    """All columns of a file whose header is plain."""
    header = data.decode(dialect.encoding, "replace").lstrip("\ufeff\r\n").splitlines()[0]
    names = [name.strip('"') for name in header.split(dialect.delimiter)]
    return Columns(known=names, required=names, coded=names[1:])


@contextmanager
def bytes_as_file(data: bytes) -> Iterator[Path]:
    """A file with these bytes."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(data)
        yield path


@contextmanager
def chunks_of(size: int) -> Iterator[None]:
    """Files are read so many bytes at a time."""
    with patch.object(csv_file, "_HEAD_BYTES", size), patch.object(csv_file, "_CHUNK_BYTES", size):
        yield


@contextmanager
def fields_of_at_most(size: int) -> Iterator[None]:
    """A quoted field of more bytes was never closed."""
    with (
        patch.object(csv_scan, "FIELD_LIMIT", size),
        patch.object(csv_count, "FIELD_LIMIT", size),
        patch.object(csv_pieces, "FIELD_LIMIT", size),
    ):
        yield


def fields(rows: Rows) -> list[tuple[str, ...]]:
    return [cells for _, cells in rows]


# What belongs in a field: all that CSV itself makes something of, and text of several bytes.
TEXTS = st.text(st.sampled_from('a",;\n\r\té€𝄞 '), max_size=6)
WIDTHS = st.shared(st.integers(2, 4), key="width")
ROWS = WIDTHS.flatmap(
    lambda width: st.lists(st.tuples(*[TEXTS] * width), max_size=12),
)


@given(
    rows=ROWS,
    width=WIDTHS,
    # Python quotes as little as can be only if it knows that both characters end a line.
    layout=st.sampled_from(
        [
            ("\n", csv.QUOTE_ALL),
            ("\r", csv.QUOTE_ALL),
            ("\r\n", csv.QUOTE_ALL),
            ("\r\n", csv.QUOTE_MINIMAL),
        ]
    ),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    chunk=st.integers(1, 64),
)
@settings(max_examples=200, deadline=None)
def test_what_python_writes_is_read_as_it_was(
    rows: list[tuple[str, ...]],
    width: int,
    layout: tuple[str, int],
    delimiter: str,
    encoding: str,
    chunk: int,
) -> None:
    written = io.StringIO()
    line_end, quoting = layout
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerow([f"column {number}" for number in range(width)])
    writer.writerows(rows)
    data = written.getvalue().encode(encoding)
    read_rows, rejected, count = read(data, Dialect(delimiter, '"', encoding), chunk)
    assert fields(read_rows) == rows
    assert (rejected, count) == ([], len(rows))


@given(
    body=st.text(st.sampled_from('aé",\n\r'), max_size=60).map(str.encode)
    | st.lists(st.sampled_from([b'"', b",", b"\n", b"\r", b"a", b"\xff", b"\0", b"\xc3\xa9"])).map(
        b"".join
    ),
    chunk=st.integers(1, 40),
    limit=st.sampled_from([5, 1_000_000]),
)
@example(body=b'"\xc3\xa9,\n\n"a,b\n', chunk=3, limit=5)
@settings(max_examples=400, deadline=None)
def test_whatever_stands_in_a_file_each_record_has_one_fate_and_chunks_change_nothing(
    body: bytes, chunk: int, limit: int
) -> None:
    data = b"x,y\n" + body
    with fields_of_at_most(limit):
        whole = read(data)
        assert read(data, chunk=chunk) == whole
    rows, rejected, count = whole
    lines = [line for line, _ in rows] + [line for line, _ in rejected]
    assert len(set(lines)) == len(lines) == count


@given(body=st.text(st.sampled_from('a",\n\r'), max_size=60).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_the_fast_parser_and_the_careful_one_read_the_same(body: bytes) -> None:
    data = b"x,y\n" + body
    with patch.object(csv_records.RecordReader, "_parsed", csv_records.RecordReader.read_carefully):
        carefully = read(data)
    assert read(data) == carefully


@pytest.mark.parametrize(
    ("body", "rows", "rejected"),
    [
        # A quote is doubled within quotes.
        (b'"a ""b"" c",d\n', [(2, ('a "b" c', "d"))], []),
        # A quote in the middle of a field is a character like any other.
        (b'5" pipe,6" pipe\n', [(2, ('5" pipe', '6" pipe'))], []),
        (b'a, "b"\n', [(2, ("a", ' "b"'))], []),
        # Quoted line ends are part of the field; the next record knows its own line.
        (b'"a\nb",c\nd,e\n', [(2, ("a\nb", "c")), (4, ("d", "e"))], []),
        # Blank lines are no records, but they are lines.
        (b"\n\na,b\n\r\n\nc,d\n\n", [(4, ("a", "b")), (7, ("c", "d"))], []),
        # A file may mix line ends and end without one.
        (
            b"a,b\rc,d\r\ne,f\ng,h",
            [(2, ("a", "b")), (3, ("c", "d")), (4, ("e", "f")), (5, ("g", "h"))],
            [],
        ),
        # Ragged records are rejected where they stand, whatever stands around them.
        (
            b"a,b\nc\nd,e,f\n\ng,h\n",
            [(2, ("a", "b")), (6, ("g", "h"))],
            [(3, "too_few_fields"), (4, "too_many_fields")],
        ),
        # A quote that is never closed costs the line on which it stands, and nothing more.
        (
            b'a,b\n"c,d\ne,f\ng,h\n',
            [(2, ("a", "b")), (4, ("e", "f")), (5, ("g", "h"))],
            [(3, "unterminated_quote")],
        ),
        # So does one that would be closed by the opening quote of a later record.
        (
            b'a,b\n"c,d\ne,f\n"g","h"\n',
            [(2, ("a", "b")), (4, ("e", "f")), (5, ("g", "h"))],
            [(3, "unterminated_quote")],
        ),
        # Text after a closing quote on the same line is another mistake.
        (b'"a"b,c\nd,e\n', [(3, ("d", "e"))], [(2, "text_after_quote")]),
        # The record ends where its broken quote's line ends, the well-quoted line end before it.
        (b'"a\nb","c\nd,e\n', [(4, ("d", "e"))], [(2, "unterminated_quote")]),
        (b'"a","b\n', [], [(2, "unterminated_quote")]),
        (b'"', [], [(2, "unterminated_quote")]),
        # Bytes that are no text cost the record that holds them, also outside the needed columns.
        (b"a,b\n\xff,c\nd,\xc3\xa9\n", [(2, ("a", "b")), (4, ("d", "é"))], [(3, "bad_encoding")]),
        (b"a,b\n\xc3,c\nd,e\n", [(2, ("a", "b")), (4, ("d", "e"))], [(3, "bad_encoding")]),
        (b"a,b\nc\0,c\nd,e\n", [(2, ("a", "b")), (4, ("d", "e"))], [(3, "nul_byte")]),
    ],
)
@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 7, 1 << 20])
def test_each_record_has_its_line_and_its_fate(
    body: bytes, rows: Rows, rejected: Rejected, chunk: int
) -> None:
    read_rows, read_rejected, count = read(b"x,y\n" + body, chunk=chunk)
    assert (read_rows, read_rejected) == (rows, rejected)
    assert count == len(rows) + len(rejected)


def test_a_quoted_field_over_the_limit_was_never_closed() -> None:
    with fields_of_at_most(10):
        rows, rejected, count = read(b'x,y\n"12345\n67890",b\nc,"1234567890"\nd,"12345678901"\n')
    assert rows == [(3, ('67890"', "b")), (4, ("c", "1234567890"))]
    assert rejected == [(2, "unterminated_quote"), (5, "unterminated_quote")]
    assert count == 4


def test_one_broken_quote_in_a_large_file_leaves_the_rest_to_the_fast_parser() -> None:
    good = b'a,"b ""c"""\n' * 200_000
    data = b"x,y\n" + good + b'"d,e\n' + good
    sort = csv_records.RecordReader._of_scanned
    with patch.object(
        csv_records.RecordReader, "_of_scanned", autospec=True, side_effect=sort
    ) as careful:
        rows, rejected, count = read(data)
        scanned = [len(call.args[1]) for call in careful.call_args_list]
    assert (len(rows), rejected, count) == (400_000, [(200_002, "unterminated_quote")], 400_001)
    assert sum(scanned) < 20_000


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "é€"),
        ("latin-1", "é\x80"),
        ("utf-16-be", "é€"),
        ("cp037", "é"),
        ("shift_jis", "日本"),
    ],
)
def test_any_encoding_that_python_knows_is_read(encoding: str, text: str) -> None:
    data = f"x,y\n{text},b\n".encode(encoding)
    rows, rejected, _ = read(data, Dialect(",", '"', encoding), chunk=3)
    assert (fields(rows), rejected) == ([(text, "b")], [])


def test_a_byte_that_the_encoding_does_not_know_costs_its_record() -> None:
    rows, rejected, count = read(b"x,y\na,\x81\nb,\xe9\n", Dialect(",", '"', "cp1252"))
    assert (fields(rows), rejected, count) == ([("b", "é")], [(2, "bad_encoding")], 2)


@pytest.mark.parametrize(
    ("data", "encoding", "said"),
    [
        (b"", "utf-8", "is empty"),
        (b"\n\r\n\n", "utf-8", "is empty"),
        (b"\xef\xbb\xbf", "utf-8", "is empty"),
        (
            b"person_id,Pay \xa3\n1,2\n",
            "utf-8",
            r"header is not utf-8 \(byte 14 of the file\).*cp1252",
        ),
        ("x,y\n1,2\n".encode("utf-16"), "utf-8", "is UTF-16; declare `encoding: utf-16`"),
        ("x,y\n1,2\n".encode("utf-16-le"), "utf-8", "zero bytes"),
        (b"PK\x03\x04\x00\x00,x,y\n", "utf-8", "zero bytes"),
        (b'"x,y\n1,2\n', "utf-8", "quote in the header is not closed"),
        (b",".join([b"c%d" % n for n in range(100_000)]), "utf-8", "100000 columns.*delimiter"),
    ],
)
def test_a_file_that_is_no_csv_gets_a_sentence(data: bytes, encoding: str, said: str) -> None:
    with bytes_as_file(data) as path, pytest.raises(UsageError, match=said):
        csv_file.CsvFile(path, Dialect(",", '"', encoding), "sources[hr]: a.csv")


def test_an_endless_line_gets_a_sentence() -> None:
    with (
        patch.object(csv_pieces, "LINE_LIMIT", 1000),
        patch.object(csv_pieces, "FIELD_LIMIT", 100),
        pytest.raises(UsageError, match="line 3 is longer than"),
    ):
        read(b"x,y\na,b\n" + b"c" * 5000, chunk=100)


def test_a_file_that_grows_while_it_is_read_gets_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"x,y\na,b\n")
    with CsvReading(path, COMMA, {}, columns_of(b"x,y\n", COMMA), {}, "sources[mail]") as reading:
        for _ in reading.records():
            with path.open("ab") as file:
                file.write(b"c,d\n")
            break
        with pytest.raises(JobError, match="was written to while it was read"):
            list(reading.records())
