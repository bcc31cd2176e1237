"""A prompt for SQL on what is published.

DuckDB answers and draws the answers; how the database is opened belongs in `publication`.
"""

from __future__ import annotations

import importlib.util
import sys

import duckdb
from rich.console import Console

PROMPT, MORE = "tacit> ", "   ..> "
ROWS_SHOWN = 40

HELP = """\
Statements end with a semicolon. The tables are in schema bi: from bi.segment_weeks limit 5;
  .tables         the tables, and how many rows they have
  .columns TABLE  a table's columns
  .help  .quit"""
TABLES = """
select table_name as "table", estimated_size as "rows"
from duckdb_tables()
where schema_name = 'bi'
order by table_name
"""
COLUMNS = """
select column_name as "column", data_type as "type"
from duckdb_columns()
where schema_name = 'bi' and table_name = ?
order by column_index
"""


class Shell:
    """Answers statements on a console."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, console: Console) -> None:
        self._connection = connection
        self._console = console

    def answer(self, text: str) -> bool:
        """Answer the statements of a text up to one that cannot be; tell whether all were."""
        try:
            for statement in self._connection.extract_statements(text):
                self._show(self._connection.sql(statement.query))
        except duckdb.Error as error:
            self._say(str(error))
            return False
        return True

    def converse(self, generation: str) -> None:
        """Answer what is typed, until it ends."""
        if importlib.util.find_spec("readline"):
            # With it `input` knows what was typed before.
            importlib.import_module("readline")
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
        if words == [".tables"]:
            self._show(self._connection.sql(TABLES))
        elif len(words) == 2 and words[0] == ".columns":
            name = words[1].removeprefix("bi.")
            self._show(self._connection.sql(COLUMNS, params=[name]))
        else:
            self._say(HELP)

    def _show(self, answer: duckdb.DuckDBPyRelation | None) -> None:
        """Draw an answer, if the statement had one."""
        if answer is not None:
            width = self._console.width
            answer.show(max_rows=ROWS_SHOWN, max_width=width)

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False, soft_wrap=True)


def _prompt(words: str) -> str:
    """Return a prompt for somebody who types, none for a file."""
    return words if sys.stdin.isatty() else ""
