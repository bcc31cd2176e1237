"""The published tables one after the other: what is stated of them now, and what stays.

Here belongs how a table's cells are held against those before and go back into the candidate. Which
of them may be stated anew belongs in `segments`, where cells are sums over people who are in others
too; cells that have nobody's number in common are looked at each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from dagster_pipelines.restating import pairs, segments
from dagster_pipelines.sqlfiles import SQL, statements

FOLDER = SQL / "restating"

OF_SEGMENTS = ("segment_weeks", "programme_reach")
OF_PAIRS = ("unit_pair_weeks",)
ALONE = (
    *("participation", "org_structure", "newcomer_ramp"),
    *("programme_engagement", "programme_effects"),
)
"""The published tables; each has a file of its name that says what its cells rest on."""


def restate(
    connection: duckdb.DuckDBPyConnection, table: str, state: int, least: int, *, has_before: bool
) -> None:
    """Put in a table of the candidate what may be stated, and remember it in `stated`.

    Parameters
    ----------
    connection
        Has the databases `warehouse`, `candidate`, `stated` and, with `has_before`, `before`.
    table
        The name of the published table.
    state
        The number of what the warehouse says now; greater than all before.
    least
        Fewer people than this are a few.
    has_before
        Whether something is known of what was stated before.
    """
    steps = statements(FOLDER / "tables.sql")
    parameters = {"panel": table, "state": state, "least": least}
    _run(connection, statements(FOLDER / f"{table}.sql").values(), {})
    if has_before:
        _run(connection, [steps["people_before"]], parameters)
        connection.execute("create temp table cells_before as from before." + table)
    else:
        _run(connection, [steps["nobody_before"]], {})
        connection.execute(
            "create temp table cells_before as"
            " select *, null::integer[] as states from cells_now where false"
        )
    _run(connection, [steps["differences"], steps["figures"]], parameters)
    if table in OF_SEGMENTS:
        segments.decide(connection, state, least)
    elif table in OF_PAIRS:
        pairs.decide(connection, least)
    else:
        _run(connection, [statements(FOLDER / "alone.sql")["decide"]], parameters)
    _run(connection, [steps["state"], steps["remember"]], parameters)
    remember = f"create table stated.{table} as select * exclude (is_there) from cells_stated"  # noqa: S608 - the names are ours
    connection.execute(remember)
    if has_before:
        columns = ", ".join(connection.table(f"candidate.bi.{table}").columns)
        replace = f"""
            truncate candidate.bi.{table};
            insert into candidate.bi.{table} by name
            select {columns} from cells_stated where is_there order by all
        """  # noqa: S608 - the names are ours
        connection.execute(replace)
    _run(connection, [steps["forget"]], {})


def _run(
    connection: duckdb.DuckDBPyConnection, texts: Iterable[str], parameters: Mapping[str, Any]
) -> None:
    """Execute statements, each with those of the parameters that it has."""
    for text in texts:
        for statement in connection.extract_statements(text):
            named = statement.named_parameters
            connection.execute(statement, {name: parameters[name] for name in named})
