"""Pages as HTML: what the server sends, and the report. No script is in either."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dagster_pipelines.dashboard import charts
from dagster_pipelines.dashboard.figures import (
    Asked,
    Column,
    Figure,
    Kind,
    Page,
    Shown,
    Tile,
    value_kind,
    written,
)
from dagster_pipelines.dashboard.published import Published, Row

_TEMPLATES = Path(__file__).resolve().parent / "templates"
STYLE = _TEMPLATES / "style.css"
WITHHELD = "withheld"


def page_html(published: Published, pages: Sequence[Page], page: Page, asked: Asked) -> str:
    """Return a page as it was asked for."""
    shown = page.show(published, asked)
    chosen = {choice.name: choice.chosen for choice in shown.choices if choice.chosen}

    def csv_of(figure: Figure) -> str:
        return f"/{page.slug}/{figure.name}.csv" + (f"?{urlencode(chosen)}" if chosen else "")

    return _render("page.html", published, page=page, pages=pages, shown=shown, csv_of=csv_of)


def report_html(published: Published, pages: Sequence[Page]) -> str:
    """Return all pages, as they are when nothing is chosen, as one file that needs no other."""
    chapters = [(page, _with_own_names(page, page.show(published, {}))) for page in pages]
    return _render(
        "report.html",
        published,
        chapters=chapters,
        style=STYLE.read_text(encoding="utf-8"),
        csv_of=lambda _: None,
    )


def message_html(title: str, message: str, again: str = "/", words: str = "Look again") -> str:
    """Return a page that says one thing, and where to go from there."""
    template = _environment().get_template("message.html")
    return template.render(title=title, message=message, again=again, words=words)


def _with_own_names(page: Page, shown: Shown) -> Shown:
    """Return a page of which no figure has the name of one of another page."""
    figures = [replace(one, name=f"{page.slug}-{one.name}") for one in shown.figures]
    return replace(shown, figures=figures)


def _render(template: str, published: Published, **said: object) -> str:
    release = published.release
    return (
        _environment()
        .get_template(template)
        .render(
            organisation=release["organisation_name"],
            least=release["min_group_size"],
            footer=_footer(published),
            **said,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.globals.update(
        cell=_cell, is_number=_is_number, picture=_picture, tile_value=_tile_value
    )
    return environment


def _footer(published: Published) -> str:
    """Say which publication this is, of what, and what it does not show."""
    release = published.release
    covered = (
        f"weeks from {release['coverage_from']} to {release['coverage_to']}"
        if isinstance(release["coverage_from"], date)
        else "no weeks yet"
    )
    return (
        f"Publication {published.generation}, {covered}, {release['people']:,} people. Groups only:"
        f" fewer than {release['min_group_size']} people are never shown, nor what would give them"
        " away."
    )


def _tile_value(tile: Tile, value: float | None) -> str:
    return written(value, value_kind(tile.definition))


def _cell(row: Row, column: Column) -> str:
    """Return a cell of a table; where it is withheld, that it is."""
    value = row.get(column.field)
    if value is None and row.get("is_withheld") and column.field == "value":
        return WITHHELD
    return written(value, column.kind)


def _is_number(column: Column) -> bool:
    return column.kind in (Kind.COUNT, Kind.NUMBER, Kind.SHARE)


def _picture(figure: Figure) -> str:
    """Return a figure's chart as an address that holds the picture itself.

    As a picture of its own it keeps the names of its parts to itself: charts have the same ones.
    """
    if figure.chart is None:
        raise ValueError(f"{figure.name} has no chart")
    svg = charts.picture(figure.chart).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
