"""A warehouse in memory: raw tables that are filled directly, and the compiled models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from tests.harness.dbt import CATALOG
from tests.harness.models import Insertion
from tests.harness.project import MARTS, Project, compiled_project, declarations
from tests.harness.raw import RawTables

Row = dict[str, Any]
"""One row of a result, by column name."""


def schemas_of_raw(connection: duckdb.DuckDBPyConnection) -> dict[str, pa.Schema]:
    """The columns of each table of schema `raw`, as they are declared."""
    declared = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall()
    return {
        table: connection.table(f"{CATALOG}.raw.{table}").to_arrow_table().schema
        for (table,) in declared
    }


def replace_raw(
    connection: duckdb.DuckDBPyConnection, schemas: Mapping[str, pa.Schema], raw: RawTables
) -> None:
    """Replace the contents of schema `raw` by these rows.

    Raises
    ------
    KeyError
        A table is not one of schema `raw`, or a row has a column that its table has not.
    """
    for table in schemas:
        connection.execute("truncate raw." + table)
    for table, rows in raw.items():
        schema = schemas[table]
        if unknown := {name for row in rows for name in row} - {*schema.names}:
            raise KeyError(f"raw.{table} has no column {min(unknown)}")
        if rows:
            columns = {name: [row.get(name) for row in rows] for name in schema.names}
            connection.register("filled", pa.table(columns, schema=schema))
            connection.execute(f"insert into raw.{table} from filled")
            connection.unregister("filled")


class Warehouse:
    """One database in memory that is filled again and again.

    Every model is planned once, since planning takes longer than running on a small company. Such
    a plan must not rest on the values that it met first: the two optimisers that look at them are
    off.

    Parameters
    ----------
    project
        What dbt compiled.
    names
        The models to build; what they need is built too.
    """

    def __init__(self, project: Project, names: Iterable[str] = MARTS) -> None:
        self._models = project.models_for(frozenset(names))
        self._connection = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
        run = self._connection.execute
        run("set disabled_optimizers = 'statistics_propagation,compressed_materialization'")
        # dbt writes the catalog's name into every relation.
        run("attach ':memory:' as " + CATALOG)
        run("use " + CATALOG)
        for schema in sorted({"raw", "intermediate", *(model.schema for model in self._models)}):
            run("create schema " + schema)
        for declaration in declarations():
            run(declaration)
        for seed in project.seeds:
            seeded = self._connection.read_csv(
                str(seed.path), header=True, dtype=dict(seed.column_types), na_values=""
            )
            seeded.create(seed.relation.replace('"', ""))
        self._raw = schemas_of_raw(self._connection)
        for model in self._models:
            model.create_in(self._connection)
        self._tables = [model for model in self._models if not model.is_view]
        self._insertions = {
            model.name: Insertion(self._connection, model, model.relation, in_part=False)
            for model in self._tables
        }

    def build(self, raw: RawTables) -> None:
        """Replace the contents of schema `raw` by these rows and build all models from them.

        Raises
        ------
        KeyError
            A table is not one of schema `raw`, or a row has a column that its table has not.
        """
        self.fill(raw)
        for model in self._tables:
            self._connection.execute("truncate " + model.relation)
        for model in self._tables:
            self._insertions[model.name].run()

    def fill(self, raw: RawTables) -> None:
        """Replace the contents of schema `raw` by these rows; build nothing.

        Raises
        ------
        KeyError
            A table is not one of schema `raw`, or a row has a column that its table has not.
        """
        replace_raw(self._connection, self._raw, raw)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The database, for whoever asks it more than the rows of a model."""
        return self._connection

    @property
    def tables(self) -> list[str]:
        """The names of the models that are built as tables, in the order in which they run."""
        return [model.name for model in self._tables]

    @property
    def planned(self) -> list[str]:
        """Those of the tables whose SQL is planned once."""
        return [model.name for model in self._tables if not model.is_python]

    def rows(self, name: str) -> list[Row]:
        """All rows of a model that was built."""
        [relation] = [model.relation for model in self._models if model.name == name]
        return self._rows_of("from " + relation)

    def rows_planned_anew(self, name: str) -> list[Row]:
        """The rows that a model's own SQL gives of what its parents hold."""
        [query] = [model.code for model in self._models if model.name == name]
        return self._rows_of(query)

    def _rows_of(self, query: str) -> list[Row]:
        cursor = self._connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@cache
def shared_warehouse() -> Warehouse:
    """The one warehouse of a test session; whoever builds in it replaces what was there."""
    return Warehouse(compiled_project())
