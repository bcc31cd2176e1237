"""Figures of one metric over time, as several pages have them."""

from __future__ import annotations

from collections.abc import Sequence

from dagster_pipelines.dashboard import charts
from dagster_pipelines.dashboard.figures import PEOPLE, WEEK, Column, Figure, Kind, value_of
from dagster_pipelines.dashboard.published import Definition, Row


def series(
    definition: Definition,
    rows: Sequence[Row],
    *,
    name: str,
    title: str,
    says: str,
    along: Column = WEEK,
    by: Column | None = None,
    heading: str | None = None,
    people: Column = PEOPLE,
    note: str = "",
    nothing: str = "There is nothing to show yet.",
) -> Figure:
    """Return the figure of a metric along weeks, months or a number of weeks, a line each of `by`.

    Its values stand under the metric's label or another `heading`.
    """
    return Figure(
        name=name,
        title=title,
        rows=rows,
        columns=(along, *((by,) if by else ()), value_of(definition, heading), people),
        definitions=(definition,),
        chart=charts.lines(
            rows,
            along.field,
            by.field if by else None,
            definition.unit,
            is_share=definition.is_share,
            x_title=None if along.kind is Kind.DATE else along.heading.lower(),
        ),
        says=says,
        note=note,
        nothing=nothing,
    )
