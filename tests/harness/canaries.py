"""A word that stands for everything personal, and where to look for it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

CANARY = "zanarie"
"""A word that nothing but our exports holds."""


def stored(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and content of every file below a folder, in the encodings that text may have."""
    for path in folder.rglob("*"):
        yield "a file's name", str(path.relative_to(folder)).lower()
        if path.is_file():
            content = path.read_bytes()
            for encoding in ("latin-1", "utf-16-le", "utf-16-be"):
                yield path.name, content.decode(encoding, errors="replace").lower()


def values_of(*paths: Path) -> Iterator[tuple[str, Any]]:
    """Every value of every table of DuckDB's databases, compressed as it may be on disk."""
    for path in paths:
        with closing(duckdb.connect(str(path), read_only=True)) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() order by all"
            ).fetchall()
            assert tables
            for schema, table in tables:
                rows = connection.table(f"{schema}.{table}").fetchall()
                yield from ((f"{schema}.{table}", value) for row in rows for value in row)


def values_of_parquet(*paths: Path) -> Iterator[tuple[str, Any]]:
    """Every value of Parquet files."""
    for path in paths:
        for row in duckdb.read_parquet(str(path)).fetchall():
            yield from ((path.name, value) for value in row)


def values_of_sqlite(*paths: Path) -> Iterator[tuple[str, Any]]:
    """Every value of every table of SQLite's databases."""
    for path in paths:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            tables = connection.execute("select name from sqlite_master where type = 'table'")
            for (table,) in tables.fetchall():
                for row in connection.execute(f'select * from "{table}"'):  # noqa: S608
                    yield from ((f"{path.name}: {table}", value) for value in row)


def words_in(lines: Iterable[str]) -> set[str]:
    """All cells of CSV lines with the canary in them, as they could be hashed without a key."""
    cells = {cell.strip('" ') for line in lines for cell in line.split(",")}
    forms = {form for cell in cells for form in (cell, cell.lower(), cell.strip())}
    return {form for form in forms if CANARY in form.lower()}


def hashes_of(texts: set[str]) -> set[bytes]:
    """What a table of well-known hashes would hold of texts: digests, and as text."""
    found = set()
    for text in texts:
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            digest = algorithm(text.encode()).digest()
            found |= {digest, digest.hex().encode()}
    return found


def as_bytes(value: Any) -> set[bytes]:
    """A value as a hash could stand in it."""
    return {value} if isinstance(value, bytes) else {str(value).encode()}
