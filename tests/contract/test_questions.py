"""The questions of sql/bi stand in docs/questions.md as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_pipelines.sqlfiles import SQL, repository, statements

QUESTIONS = sorted((SQL / "bi").glob("*.sql"))
PAGE = (repository() / "docs" / "questions.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_stands_in_the_docs_with_its_answer(question: Path) -> None:
    said, _, _ = question.read_text(encoding="utf-8").partition("?")
    asks = " ".join(line.removeprefix("-- ") for line in said.splitlines())
    [section] = [part for part in PAGE.split("\n## ") if part.startswith(f"{asks}?\n")]
    assert f"```sql\n{statements(question)['answer']}\n```" in section
    assert "\n| --- |" in section


def test_the_docs_have_no_other_questions() -> None:
    assert PAGE.count("\n## ") == len(QUESTIONS) >= 24
