"""Write docs/questions.md: each question of sql/bi, its SQL, and what a published database says.

    python scripts/questions.py demo/data/published/current

`make docs` calls it for the simulated company.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_pipelines.publication import open_published
from dagster_pipelines.sqlfiles import SQL, repository, statements

PAGE = repository() / "docs" / "questions.md"
ROWS = 5

INTRODUCTION = """\
# Questions

What leaders and analysts ask, in SQL on the published database, and what it says of the
simulated company of `make demo` (the first rows). Each is a file of `sql/bi`: copy one, or open it
in a shell:

```
duckdb -readonly data/published/current/tacit.duckdb -f sql/bi/headlines.sql
tacit shell -c "$(cat sql/bi/headlines.sql)"
```

Written by `make docs`.
"""


@dataclass(frozen=True)
class Question:
    """One file of `sql/bi`.

    Attributes
    ----------
    name
        The file's.
    asks
        The question, a sentence.
    explains
        What stands behind it, if anything.
    sql
        What answers it.
    """

    name: str
    asks: str
    explains: str
    sql: str

    @classmethod
    def of(cls, path: Path) -> Question:
        """Read a file, which begins with the question as a comment."""
        said = path.read_text(encoding="utf-8").partition("-- :answer")[0]
        words = " ".join(line.removeprefix("--").strip() for line in said.splitlines())
        asks, mark, explains = words.partition("?")
        return cls(path.stem, asks + mark, explains.strip(), statements(path)["answer"])

    def written(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
        """Return the question in Markdown, with its answer."""
        shown = [[_written(value) for value in row] for row in rows[:ROWS]]
        left = len(rows) - len(shown)
        lines = [
            f"## {self.asks}",
            self.explains,
            _table(columns, shown),
            f"({left} more rows)" if left > 0 else "",
            f"<details><summary><code>sql/bi/{self.name}.sql</code></summary>",
            f"```sql\n{self.sql}\n```",
            "</details>",
        ]
        return "\n\n".join(line for line in lines if line)


def questions() -> list[Question]:
    """Return all questions, by their files' names."""
    return [Question.of(path) for path in sorted((SQL / "bi").glob("*.sql"))]


def page(folder: Path) -> str:
    """Return the page with the answers of the publication in a folder."""
    parts = [INTRODUCTION.strip()]
    with closing(open_published(folder.resolve())) as connection:
        for question in questions():
            answer = connection.execute(question.sql)
            columns = [column[0] for column in answer.description or ()]
            parts.append(question.written(columns, answer.fetchall()))
    return "\n\n".join(parts) + "\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _written(value: object) -> str:
    """Write a value for a table: a number with so many digits as one reads."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}".replace(",", " ")
    return str(value).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(Path(sys.argv[1])), encoding="utf-8")
    print(f"The questions, with their answers: {PAGE.relative_to(repository())}")
