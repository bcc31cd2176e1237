"""The published tables in PostgreSQL too, for many users at once.

Here belongs how a generation that has been promoted is copied into a schema of its own, and how the
views that people read come to show it, all in one transaction. The files stay what is published
first; what is in PostgreSQL is a copy of them. Nothing here computes or withholds anything.

A crash leaves the views on the old generation or on the new one. A schema that is not finished says
so in its comment, and the next run removes it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import errors, sql

from dagster_pipelines.errors import JobError, PassingError
from dagster_pipelines.publication import (
    GENERATIONS_KEPT,
    declared_columns,
    open_published,
    published_tables,
    verify,
)
from dagster_pipelines.settings import Publish, Settings
from dagster_pipelines.sqlfiles import SQL, statements

TYPES = {
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}
"""DuckDB's types, of published columns, and PostgreSQL's."""

_STATEMENTS = SQL / "postgres" / "publication.sql"
_CONNECT_SECONDS = 10
# Longer than any statement of a publication takes; a server that hangs does not hang the run.
_STATEMENT_SECONDS = 600
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_ROWS_AT_ONCE = 10_000
_UNFINISHED = "unfinished"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Copied:
    """What a publication came to: the schema of the generation, and the rows of each table."""

    schema: str
    rows: dict[str, int]


def publish(settings: Settings, generation: Path, progress: Progress) -> Copied:
    """Copy a generation into PostgreSQL and let the views show it.

    Parameters
    ----------
    settings
        With a section `publish`.
    generation
        The folder that was promoted.
    progress
        Is told how many tables of how many have been copied.

    Raises
    ------
    JobError
        The generation is damaged; the server refuses; or a schema of that name is somebody else's.
    PassingError
        The server cannot be reached; another run publishes there; or readers have kept the views
        for a minute.
    """
    verify(generation)
    target = settings.publish
    if target is None:
        raise JobError("tacit.yml names no PostgreSQL: set publish.postgres.")
    with _said_plainly(target), closing(_connect(target)) as connection:
        server = _Server(connection, target, settings.organisation.name)
        server.take_turn()
        kept = server.clear_up()
        schema = server.schema_of(generation)
        rows = server.copy(generation, schema, progress) if schema not in kept else {}
        server.show(schema)
        server.drop_old(schema)
        return Copied(schema, rows)


@dataclass(frozen=True)
class Shown:
    """Where the copy is, and whether it is that of a generation; None while nothing is shown."""

    place: str
    is_current: bool | None


def look(settings: Settings, generation: Path) -> Shown | None:
    """Look whether the views show a generation; None if `tacit.yml` names no database.

    Raises
    ------
    JobError
        The server cannot be reached or refuses; or a schema of that name is somebody else's.
    """
    target = settings.publish
    if target is None:
        return None
    with _said_plainly(target), closing(_connect(target)) as connection:
        server = _Server(connection, target, settings.organisation.name)
        shown = server.marks().get(target.postgres_schema)
    is_current = None if shown is None else shown == server.schema_of(generation)
    return Shown(f"schema {target.postgres_schema} of {_place(target)}", is_current)


class _Server:
    """The schemas of one company on a server.

    Parameters
    ----------
    connection
        In autocommit.
    target
        Where to publish.
    organisation
        Whose schemas they are: what another's are called is never touched.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], target: Publish, organisation: str
    ) -> None:
        self._connection = connection
        self._target = target
        self._views = target.postgres_schema
        self._prefix = f"{self._views}_gen_"
        self._mark = f"tacit, {organisation}: "
        self._said = statements(_STATEMENTS)

    def schema_of(self, generation: Path) -> str:
        """Return the schema of a generation: at most 63 letters, as PostgreSQL has them."""
        return self._prefix + generation.name.removeprefix("gen-").replace("-", "_").lower()

    def take_turn(self) -> None:
        """Keep other runs from publishing into these schemas while this connection lives."""
        [(is_ours,)] = self._run("lock", {"views": self._views})
        if not is_ours:
            raise PassingError(
                f"Another run publishes into schema {self._views} of {_place(self._target)}; try"
                " again when it has ended."
            )

    def marks(self) -> dict[str, str]:
        """Return what the comment of each schema says, of those that tacit made for this company.

        Raises
        ------
        JobError
            A schema of such a name is somebody else's.
        """
        marks = {}
        found = self._run("schemas", {"views": self._views, "prefix": self._prefix})
        for schema, said in found:
            if not (said or "").startswith(self._mark):
                raise JobError(
                    f"Schema {schema} of {_place(self._target)} was not made by tacit for this"
                    " company; name another one in publish.postgres_schema, or remove it."
                )
            marks[schema] = said.removeprefix(self._mark)
        return marks

    def clear_up(self) -> list[str]:
        """Remove what dead runs left unfinished; return the schemas of the other generations."""
        kept = []
        for schema, said in self.marks().items():
            if said == _UNFINISHED:
                self._drop(schema)
            elif schema != self._views:
                kept.append(schema)
        return kept

    def copy(self, generation: Path, schema: str, progress: Progress) -> dict[str, int]:
        """Copy every published table into a new schema; return how many rows each has."""
        with self._connection.transaction():
            self._run("begin_schema", schema=sql.Identifier(schema))
            self._say_of(schema, _UNFINISHED)
        columns = declared_columns()
        rows = {}
        with closing(open_published(generation)) as published:
            for done, table in enumerate(published_tables()):
                progress(done, len(columns))
                rows[table] = self._copy_table(published, schema, table, columns[table])
        self._say_of(schema, generation.name)
        return rows

    def _copy_table(
        self,
        published: duckdb.DuckDBPyConnection,
        schema: str,
        table: str,
        columns: Sequence[tuple[str, str, bool]],
    ) -> int:
        place = {"schema": sql.Identifier(schema), "table": sql.Identifier(table)}
        declared = [
            sql.SQL(" ").join(
                [sql.Identifier(name), sql.SQL(TYPES[kind] + ("" if is_nullable else " not null"))]
            )
            for name, kind, is_nullable in columns
        ]
        names = sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
        with self._connection.transaction():
            self._run("create_table", **place, declared_columns=sql.SQL(", ").join(declared))
            statement = sql.SQL(self._said["copy_table"]).format(**place, columns=names)
            rows = published.table(f"bi.{table}").project(
                ", ".join(f'"{name}"' for name, _, _ in columns)
            )
            count = 0
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                while some := rows.fetchmany(_ROWS_AT_ONCE):
                    for row in some:
                        copy.write_row(row)
                    count += len(some)
            [(stored,)] = self._run("count_rows", **place)
            if stored != count:
                raise JobError(f"PostgreSQL has {stored} rows of {table}, and {count} were copied.")
        self._run("analyze_table", **place)
        return count

    def show(self, schema: str) -> None:
        """Let the views show a generation, all at one moment.

        While this waits for a reader, other readers wait for it, and one of them may hold what it
        waits for: so it waits for a moment only, lets go, and tries again.

        Raises
        ------
        PassingError
            Some view was read at every moment of a minute.
        """
        if self._views not in self.marks():
            with self._connection.transaction():
                self._run("begin_schema", schema=sql.Identifier(self._views))
                self._say_of(self._views, "nothing yet")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                with self._connection.transaction():
                    self._swap(schema)
            except errors.LockNotAvailable:
                if time.monotonic() > deadline:
                    raise PassingError(
                        f"The views of schema {self._views} of {_place(self._target)} were read all"
                        " the time, and show what was published before; look for sessions that"
                        " are idle in transaction."
                    ) from None
                time.sleep(_PAUSE_SECONDS)
            else:
                return

    def _swap(self, schema: str) -> None:
        views = [name for (name,) in self._run("views", {"views": self._views})]
        place = {"schema": sql.Identifier(self._views)}
        if views:
            relations = sql.SQL(", ").join(sql.Identifier(self._views, view) for view in views)
            self._run("lock_views", relations=relations)
        for view in views:
            if view not in published_tables() or self._columns(self._views, view) != self._columns(
                schema, view
            ):
                self._run("drop_view", **place, table=sql.Identifier(view))
        for table in published_tables():
            self._run(
                "show_table",
                **place,
                table=sql.Identifier(table),
                generation=sql.Identifier(schema),
            )
        self._say_of(self._views, schema)
        if self._target.postgres_readers:
            readers = sql.Identifier(self._target.postgres_readers)
            self._run("let_read", **place, readers=readers)

    def drop_old(self, current: str) -> None:
        """Keep the newest generations; one that somebody still reads is left to the next run."""
        others = [name for name in self.marks() if name not in (self._views, current)]
        for schema in sorted(others, reverse=True)[GENERATIONS_KEPT - 1 :]:
            with suppress(errors.LockNotAvailable):
                self._drop(schema)

    def _drop(self, schema: str) -> None:
        with self._connection.transaction():
            self._run("drop_schema", schema=sql.Identifier(schema))

    def _columns(self, schema: str, relation: str) -> list[tuple[str, str]]:
        name = sql.Identifier(schema, relation).as_string()
        return self._run("columns", {"relation": name})

    def _say_of(self, schema: str, said: str) -> None:
        self._run("mark_schema", schema=sql.Identifier(schema), said=sql.Literal(self._mark + said))

    def _run(
        self,
        statement: str,
        parameters: dict[str, str] | None = None,
        **names: sql.Composable,
    ) -> list[tuple[Any, ...]]:
        """Run a section of the file and return its rows."""
        done = self._connection.execute(sql.SQL(self._said[statement]).format(**names), parameters)
        return done.fetchall() if done.description else []


def _connect(target: Publish) -> psycopg.Connection[Any]:
    return psycopg.connect(
        target.postgres,
        autocommit=True,
        connect_timeout=_CONNECT_SECONDS,
        application_name="tacit",
        options=f"-c statement_timeout={_STATEMENT_SECONDS}s",
    )


@contextmanager
def _said_plainly(target: Publish) -> Iterator[None]:
    """Say what the server answers in a sentence that quotes neither names nor values."""
    where, stays = _place(target), "The files are published; the next run publishes there too."
    try:
        yield
    except (errors.InsufficientPrivilege, errors.UndefinedObject):
        raise JobError(
            f"{where} does not let tacit do its work: its account needs `create` on the database,"
            f" and the role of publish.postgres_readers must exist. {stays}"
        ) from None
    except errors.DependentObjectsStillExist:
        raise JobError(
            f"In {where} somebody's own views depend on columns of schema {target.postgres_schema}"
            f" that have changed; remove them. {stays}"
        ) from None
    except (errors.DiskFull, errors.InsufficientResources):
        raise JobError(f"{where} has no room. {stays}") from None
    except psycopg.OperationalError as error:
        raise _unreachable(where, str(error), stays) from None


def _unreachable(where: str, answer: str, stays: str) -> JobError:
    """Return the error of a server that was not reached, or did not let tacit in."""
    if any(words in answer for words in ("authentication", "password", "pg_hba", "role ")):
        return JobError(
            f"{where} does not let tacit in: look at the account, its password (PGPASSWORD or"
            f" ~/.pgpass) and pg_hba.conf. {stays}"
        )
    if "does not exist" in answer:
        return JobError(f"{where} does not exist there. {stays}")
    return PassingError(
        f"{where} cannot be reached: is the server up, and does its port answer from here? {stays}"
    )


def _place(target: Publish) -> str:
    """Return where a server is, without an account."""
    said = psycopg.conninfo.conninfo_to_dict(target.postgres)
    host, port = said.get("host", "this machine"), said.get("port", "5432")
    return f"PostgreSQL at {host}:{port}, database {said.get('dbname', 'of the account')}"
