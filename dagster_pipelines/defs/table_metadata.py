"""What Dagster shows of a table: how many rows it has and which columns.

Only names, types and descriptions, never a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

import dagster as dg
import duckdb

from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import connect, warehouse_path

ROW_COUNT = "dagster/row_count"
COLUMN_SCHEMA = "dagster/column_schema"


def of_warehouse(
    settings: Settings, tables: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the metadata of tables (schema, name) of the warehouse; of views, the columns only.

    Raises
    ------
    JobError
        The warehouse is open in another program.
    """
    with closing(connect(warehouse_path(settings), read_only=True)) as connection:
        return {table: of_table(connection, *table) for table in tables}


def of_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> dict[str, Any]:
    """Return the metadata of one table; counting a view would compute it once more."""
    ask = statements(SQL / "ops" / "describe.sql")
    columns = connection.execute(ask["columns"], {"schema": schema, "table": name}).fetchall()
    described: dict[str, Any] = {
        COLUMN_SCHEMA: dg.TableSchema(
            [
                dg.TableColumn(
                    column,
                    type=kind,
                    description=comment,
                    constraints=dg.TableColumnConstraints(nullable=is_nullable),
                )
                for column, kind, is_nullable, comment in columns
            ]
        )
    }
    is_table = connection.execute(ask["is_table"], {"schema": schema, "table": name}).fetchall()
    if is_table[0][0]:
        [(rows,)] = connection.table(f"{schema}.{name}").aggregate("count(*)").fetchall()
        described[ROW_COUNT] = rows
    return described
