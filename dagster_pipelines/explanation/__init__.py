"""From a cell of a mart down to the lines of the exports that made it.

For whoever may read the warehouse: people are the random numbers that they are there. Here belongs
how a cell is looked up, followed down and counted again; which way leads down stands in `routes`,
the questions in `sql/explain`, how it looks on a screen in `command_line`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import isclose
from pathlib import Path
from typing import Any

import duckdb

from dagster_pipelines.errors import TacitError, UsageError
from dagster_pipelines.explanation import recounts
from dagster_pipelines.explanation.routes import MARTS, Mart, Route, Step
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources.archives import Archive, open_archive
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect, vault_path, warehouse_path

Row = dict[str, Any]

_PARAMETER = re.compile(r"\$(\w+)")
_MEMBER = re.compile(r"member (\d+), (record \d+)")
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Found:
    """What a step found: a clause of the definition, and the rows that it speaks of.

    `rows` are those that count, up to the limit that was asked for; `counting` is the number of
    all that count, `looked_at` that of all among which they were found.
    """

    table: str
    clause: str
    rows: list[Row]
    counting: int
    looked_at: int


@dataclass(frozen=True)
class Explanation:
    """A cell, what its column means, what it was made of, and what comes out counted again.

    `differing` are those of the `recounted` figures that are not what the mart has.
    """

    mart: str
    row: Row
    column: str
    meaning: dict[str, str]
    steps: list[Found] = field(default_factory=list)
    recounted: int = 0
    differing: int = 0
    again: float | None = None

    @property
    def value(self) -> Any:
        """The cell as the mart has it."""
        return self.row[self.column]


def explain(
    settings: Settings, mart: str, words: Sequence[str], limit: int | None = None
) -> Explanation:
    """Explain a cell of a mart: what it means, what it was made of, what comes out counted again.

    Parameters
    ----------
    settings
        Whose warehouse.
    mart
        The name of a table of schema `marts`.
    words
        What names the row, in the order of the mart's key, and the column.
    limit
        How many rows of each step are fetched; None for all.

    Raises
    ------
    UsageError
        Nothing is loaded; there is no such mart, row or column, or it cannot be explained.
    """
    parameters, column = _parameters(mart, words)
    if not warehouse_path(settings).exists():
        raise UsageError(f"{settings.data_path}: nothing is loaded here yet; `tacit run` loads.")
    with closing(connect(warehouse_path(settings), read_only=True)) as connection:
        found = explain_in(connection, mart, parameters, column, limit)
        _name_files(settings, connection, found)
    return found


def explain_in(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    parameters: Mapping[str, Any],
    column: str,
    limit: int | None = None,
) -> Explanation:
    """Explain a cell of an open warehouse; see `explain`. Files are known by number alone."""
    try:
        row = _row(connection, mart, parameters)
        route = _route(mart, row, column)
        known = {**parameters, "mart": mart, "column": column, "measure": route.measure or column}
        meaning = _meaning(connection, known)
        known["column"] = route.column or column
        steps = [_step(connection, step, known, limit) for step in route.steps]
        again = _again(connection, route, row, column)
    except duckdb.CatalogException:
        raise UsageError(
            f"marts.{mart}, or what made it, is not built by this version; `tacit run` builds it."
        ) from None
    return Explanation(mart, row, column, meaning, steps, **again)


def _mart(name: str) -> Mart:
    if name not in MARTS:
        raise UsageError(
            f"MART: {name!r} is none whose cells can be explained; these are {', '.join(MARTS)}."
        )
    return MARTS[name]


def _parameters(mart: str, words: Sequence[str]) -> tuple[Row, str]:
    """Read the words of a key, and the column after them.

    Raises
    ------
    UsageError
        They are too many, too few, or not of their kind.
    """
    names = _mart(mart).key
    if len(words) != len(names) + 1:
        wanted = " ".join(name.upper() for name, _ in names)
        raise UsageError(f"KEY: write `tacit explain {mart} {wanted} COLUMN`.")
    *key, column = words
    return {
        name: _read(name, kind, text) for (name, kind), text in zip(names, key, strict=True)
    }, column


def _read(name: str, kind: type, text: str) -> Any:
    try:
        if kind is date:
            return date.fromisoformat(text)
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return kind(text)
    except (ValueError, KeyError):
        wanted = {date: "a date such as 2026-03-02", int: "a whole number", bool: "true or false"}
        raise UsageError(f"KEY: {name} is {wanted[kind]}.") from None


def _row(connection: duckdb.DuckDBPyConnection, mart: str, parameters: Mapping[str, Any]) -> Row:
    rows = _asked(connection, "cells", mart, parameters)
    if not rows:
        monday = " A week is written as its Monday." if "week_start" in parameters else ""
        raise UsageError(f"KEY: marts.{mart} has no such row.{monday}")
    return rows[0]


def _route(mart: str, row: Row, column: str) -> Route:
    ways = {name: MARTS[mart].route(name) for name in row if name not in dict(MARTS[mart].key)}
    route = ways.get(column)
    if route is None:
        names = ", ".join(name for name, way in ways.items() if way)
        raise UsageError(f"COLUMN: name one of {mart} that can be explained: {names}.")
    return route


def _meaning(connection: duckdb.DuckDBPyConnection, known: Mapping[str, Any]) -> dict[str, str]:
    [first, *_] = _asked(connection, "cells", "meaning", known)
    return {name: said for name, said in first.items() if said}


def _step(
    connection: duckdb.DuckDBPyConnection, step: Step, known: Mapping[str, Any], limit: int | None
) -> Found:
    """Find the rows of a step, and keep them for the next in a table that ends with the session."""
    clause, sql = _section(step.table, step.way)
    table = f"explained_{step.table}"
    connection.execute(f"create or replace temp table {table} as {sql}", _used(sql, known))
    relation = connection.table(table)
    counting = relation.filter("counts").project("* exclude (counts)").order("all")
    [looked_at], [counted] = relation.count("*").fetchone(), counting.count("*").fetchone()
    shown = counting.limit(limit) if limit is not None else counting
    return Found(step.table, clause, shown.to_arrow_table().to_pylist(), counted, looked_at)


def _section(table: str, way: str) -> tuple[str, str]:
    """Return the clause of the definition over a statement, and the statement."""
    lines = statements(SQL / "explain" / f"{table}.sql")[way].splitlines()
    start = next(place for place, line in enumerate(lines) if not line.startswith("--"))
    clause = " ".join(line.removeprefix("--").strip() for line in lines[:start])
    return clause, "\n".join(lines[start:]).rstrip(";")


def _asked(
    connection: duckdb.DuckDBPyConnection, file: str, section: str, known: Mapping[str, Any]
) -> list[Row]:
    sql = statements(SQL / "explain" / f"{file}.sql")[section]
    return connection.execute(sql, _used(sql, known)).to_arrow_table().to_pylist()


def _used(sql: str, known: Mapping[str, Any]) -> Row:
    return {name: known[name] for name in _PARAMETER.findall(sql)}


def _again(
    connection: duckdb.DuckDBPyConnection, route: Route, row: Row, column: str
) -> dict[str, Any]:
    """Count the cell again from the rows that were found; the cell is the last of all figures."""
    pairs = list(_recounted(connection, route, row, column))
    return {
        "recounted": len(pairs),
        "differing": sum(not _equal(one, other) for one, other in pairs),
        "again": pairs[-1][0] if pairs else None,
    }


def _recounted(
    connection: duckdb.DuckDBPyConnection, route: Route, row: Row, column: str
) -> Iterator[tuple[Any, Any]]:
    """Yield each figure as it comes out again, and as the marts have it.

    What lies behind a cell is counted person by person, and is in `fct_person_weeks`.
    """
    is_of_people = route.steps[0].way in ("of_person_week", "of_segment_week")
    if route.recount and route.counted and is_of_people:
        rows = defaultdict(list)
        for one in _kept(connection, route.counted):
            rows[one["person_id"]].append(one)
        for own in _asked(connection, "people", "own_rows", {}):
            yield route.recount(own, rows[own["person_id"]])[route.column], own[route.column]
    elif route.recount and route.counted:
        yield route.recount(row, _kept(connection, route.counted))[column], row[column]
    if route.measure == "departments_reached_together":
        yield _together(_kept(connection, "ties"), _kept(connection, "people")), row[column]
    elif route.statistic:
        yield recounts.of_segment(row, _kept(connection, "people"))[route.statistic], row[column]


def _together(ties: list[Row], people: list[Row]) -> int | None:
    """Count the departments that a segment's measured people reach, each one's own left out."""
    if not any(person["counts"] and person["department"] is not None for person in people):
        return None
    return len({tie["department"] for tie in ties if tie["counts"]})


def _kept(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    return connection.table(f"explained_{table}").to_arrow_table().to_pylist()


def _equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def _name_files(
    settings: Settings, connection: duckdb.DuckDBPyConnection, found: Explanation
) -> None:
    """Let records name files, and members of archives, that still lie where they were loaded from.

    The warehouse knows a path by its fingerprint, which the vault's key makes. Who has no key sees
    numbers alone.
    """
    records = [row for step in found.steps if step.table == "records" for row in step.rows]
    paths = _paths_of_files(settings, connection) if records else {}
    with ExitStack() as opened:

        @cache
        def archive(path: Path) -> Archive:
            return opened.enter_context(open_archive(path, path.name))

        for row in records:
            number = row.pop("file_id")
            path = paths.get(number)
            row["file"] = path.name if path else f"file {number}"
            if path and (said := _MEMBER.fullmatch(row["place"])):
                with suppress(TacitError):
                    row["place"] = f"{archive(path).name_of(int(said[1]))}, {said[2]}"


def _paths_of_files(settings: Settings, connection: duckdb.DuckDBPyConnection) -> dict[int, Path]:
    """Return where the files lie that were loaded, by number, as far as the key can tell."""
    if not vault_path(settings).exists():
        return {}
    try:
        with Vault.open(settings) as vault:
            names = {
                vault.fingerprint("path", str(path)).hex(): path
                for source in settings.sources
                for path in files_of(settings, source)
            }
    except TacitError:
        return {}
    files = _asked(connection, "records", "files", {})
    return {
        file["file_id"]: names[file["path_fingerprint"]]
        for file in files
        if file["path_fingerprint"] in names
    }
