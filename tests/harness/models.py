"""One model as dbt compiles it, in SQL or in Python, and what makes and fills its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class Model:
    """One compiled model.

    `code` is what a build of everything runs, `partial_code` what one runs that computes anew what
    changed; of such a table the rows whose `key` is among what `recomputes` names are replaced. It
    is SQL, unless `is_python`.
    """

    name: str
    relation: str
    schema: str
    is_view: bool
    is_python: bool
    code: str
    partial_code: str
    key: str | None
    recomputes: str | None
    needs: frozenset[str]

    def create_in(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the model's table or view, of what stands in the tables that it reads."""
        if self.is_python:
            connection.register("rows_of_python", rows_of_python(connection, self.code)())
            connection.execute(f"create table {self.relation} as from rows_of_python")
            connection.unregister("rows_of_python")
        else:
            kind = "view" if self.is_view else "table"
            connection.execute(f"create {kind} {self.relation} as {self.code}")


class Insertion:
    """What adds a model's rows to a table, again and again: SQL that is planned once, or Python.

    Parameters
    ----------
    connection
        Where the table is, and what the model reads.
    model
        The model.
    into
        The table.
    in_part
        Whether it gives the rows of what changed alone.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, model: Model, into: str, *, in_part: bool
    ) -> None:
        self._connection = connection
        self._into = into
        self._plan = f"{model.name}_in_part" if in_part else model.name
        code = model.partial_code if in_part else model.code
        self._rows = rows_of_python(connection, code) if model.is_python else None
        if not model.is_python:
            connection.execute(f"prepare {self._plan} as insert into {into} {code}")

    def run(self) -> None:
        """Add the rows."""
        if self._rows is None:
            self._connection.execute("execute " + self._plan)
            return
        self._connection.register("rows_of_python", self._rows())
        self._connection.execute(f"insert into {self._into} by name from rows_of_python")
        self._connection.unregister("rows_of_python")


def rows_of_python(connection: duckdb.DuckDBPyConnection, code: str) -> Callable[[], pa.Table]:
    """What runs a model in Python; dbt's own lines in it say by which names the model reads."""
    module: dict[str, Any] = {}
    exec(code, module)  # noqa: S102 - it is the project's own, as dbt would run it
    dbt = module["dbtObj"](lambda relation: connection.query("from " + relation))
    return lambda: module["model"](dbt, connection)
