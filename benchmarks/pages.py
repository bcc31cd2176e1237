"""Figures of a run in a page that is written by hand, between two marks."""

from __future__ import annotations

import re
from pathlib import Path

FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


def put_into_page(page: Path, figures: str) -> None:
    """Put the figures between the page's two marks, in place of those that are there.

    Raises
    ------
    ValueError
        The page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    if not FIGURES.search(text):
        raise ValueError(f"{page.name} has no marks for the figures")
    page.write_text(FIGURES.sub(lambda _: figures, text), encoding="utf-8")
