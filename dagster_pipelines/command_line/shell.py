"""A prompt for SQL on what is published.

DuckDB answers and draws the answers; how the database is opened belongs in `publication`.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module

import duckdb
from rich.console import Console

from dagster_pipelines.sqlfiles import SQL, statements

PROMPT, MORE = "tacit> ", "   ..> "
ROWS_SHOWN = 40

HELP = """\
Statements end with a semicolon. The tables are in schema bi: from bi.segment_weeks limit 5;
  .tables         the tables, and how many rows they have
  .columns TABLE  a table's columns
  .help  .quit"""
CATALOGUE = SQL / "ops" / "describe.sql"
SCHEMA = "bi"


class Shell:
    """Answers statements on a console, and says on another why one cannot be answered."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, console: Console, problems: Console
    ) -> None:
        self._connection = connection
        self._console = console
        self._problems = problems

    def answer(self, text: str) -> bool:
        """Answer the statements of a text up to one that cannot be; tell whether all were."""
        try:
            for statement in self._connection.extract_statements(text):
                self._show(self._connection.sql(statement.query))
        except duckdb.Error as error:
            self._problems.print(str(error), markup=False, soft_wrap=True)
            return False
        return True

    def converse(self, generation: str) -> None:
        """Answer what is typed, until it ends."""
        # With it `input` knows what was typed before.
        with suppress(ImportError):
            import_module("readline")
        self._say(f"{generation}, read-only. .help says what can be typed.")
        typed = ""
        while True:
            try:
                line = input(_prompt(MORE if typed else PROMPT))
            except EOFError:
                self._say("")
                return
            except KeyboardInterrupt:
                typed = ""
                self._say("")
                continue
            if not typed and line.strip().startswith("."):
                if line.strip() in (".quit", ".exit"):
                    return
                self._answer_dot(line.split())
            elif line.strip() or typed:
                typed += f"{line}\n"
                if line.rstrip().endswith(";"):
                    self.answer(typed)
                    typed = ""

    def _answer_dot(self, words: list[str]) -> None:
        asks = statements(CATALOGUE)
        if words == [".tables"]:
            self._show(self._connection.sql(asks["tables"], params={"schema": SCHEMA}))
        elif len(words) == 2 and words[0] == ".columns":
            table = words[1].removeprefix(f"{SCHEMA}.")
            parameters = {"schema": SCHEMA, "table": table}
            self._show(self._connection.sql(asks["columns"], params=parameters))
        else:
            self._say(HELP)

    def _show(self, answer: duckdb.DuckDBPyRelation | None) -> None:
        """Draw an answer, if the statement had one."""
        if answer is not None:
            answer.show(max_rows=ROWS_SHOWN, max_width=self._console.width)

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False, soft_wrap=True)


def _prompt(words: str) -> str:
    """Return a prompt for somebody who types, none for a file."""
    return words if sys.stdin.isatty() else ""
