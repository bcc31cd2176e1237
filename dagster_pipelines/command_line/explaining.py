"""How the explanation of a cell looks on a screen: from the number down to the exports."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dagster_pipelines.command_line.console import count, number
from dagster_pipelines.command_line.printing import heading, indented, lines
from dagster_pipelines.explanation import Explanation, Found

TITLES = {
    "people": "People",
    "ties": "Ties",
    "pair_days": "Days on which two people interacted",
    "events": "Events",
    "records": "Where they stand in the exports",
}
MEANINGS = {
    "formula": "formula",
    "time_window": "when",
    "denominator": "out of",
    "caveats": "mind",
}
# What a step passes on to the next; it says nothing to a reader.
_HIDDEN = {"thread_id", "reply_to_id", "space_id", "week_start"}

WIDE_PAPER = 170
"""Columns of a page that does not go to a terminal: ids are long, and rows are read as lines."""


def print_explanation(console: Console, found: Explanation) -> None:
    """Print a cell, what it means, what was found at each step, and what comes out again."""
    if not console.is_terminal:
        console.width = WIDE_PAPER
    heading(console, f"marts.{found.mart}: {found.column} = {said(found.value)}")
    if description := found.meaning.get("description"):
        lines(console, [" ".join(description.split())])
    for name, title in MEANINGS.items():
        if name in found.meaning:
            console.print(indented(Text(f"{title}: {found.meaning[name]}", style="dim")))
    for step in found.steps:
        _print_step(console, step, found.row)
    _print_recount(console, found)
    console.print()


def _print_step(console: Console, step: Found, cell: dict[str, Any]) -> None:
    """Print what a step found; what is the same in all rows, the cell's own person, once only."""
    among = f" of {number(step.looked_at)}" if step.looked_at != step.counting else ""
    heading(console, f"{TITLES[step.table]}: {number(step.counting)}{among}")
    console.print(indented(Text(step.clause, style="dim")))
    if not step.rows:
        return
    said_already = _HIDDEN if step.table == "people" else {*_HIDDEN, *cell.keys() & {"person_id"}}
    names = [name for name in step.rows[0] if name not in said_already]
    names.sort(key=lambda name: name != "file")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in step.rows:
        table.add_row(*(Text(said(row[name])) for name in names))
    console.print(indented(table))
    if step.counting > len(step.rows):
        more = number(step.counting - len(step.rows))
        console.print(indented(Text(f"and {more} more; --rows 0 shows all.", style="dim")))


def _print_recount(console: Console, found: Explanation) -> None:
    if not found.recounted:
        return
    if found.differing:
        heading(
            console,
            f"Counted again from these rows: {said(found.again)}. Of"
            f" {count(found.recounted, 'figure')} {number(found.differing)} came out otherwise"
            " than the marts have it.",
            "bold red",
        )
        return
    figures = count(found.recounted, "figure")
    heading(
        console,
        f"Counted again from these rows: {said(found.again)}, as the mart has it"
        f" ({figures} compared).",
        "bold green",
    )


def said(value: Any) -> str:
    """Write a value of a table.

    >>> said(None), said(True), said(0.5), said(3.0), said(Decimal("4.000")), said("Sales")
    ('NULL', 'yes', '0.5', '3', '4', 'Sales')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return f"{float(value):.10g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
