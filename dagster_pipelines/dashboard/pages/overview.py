"""For who leads: the headline metrics, how they moved, and in which departments."""

from __future__ import annotations

from dagster_pipelines.dashboard import charts
from dagster_pipelines.dashboard.figures import (
    PEOPLE,
    Asked,
    Column,
    Figure,
    Kind,
    Page,
    Shown,
    Tile,
    value_kind,
    value_of,
    written,
)
from dagster_pipelines.dashboard.published import Definition, Published, Row
from dagster_pipelines.dashboard.series import series

HEADLINES = ("network_size", "cross_team_share", "lifting_interactions")
"""Size and diversity of networks, and access to people higher up. They stand first."""


def show(published: Published, asked: Asked) -> Shown:
    """Show the headlines, each over time and by department."""
    del asked
    definitions = published.definitions
    tiles = [
        Tile(
            definitions[row["metric"]],
            row["statistic"],
            row["value"],
            row["value_before"],
            row["people"],
        )
        for row in sorted(published.ask("overview", "headlines"), key=_place)
    ]
    figures = []
    for metric in HEADLINES:
        definition = definitions[metric]
        figures.append(_trend(definition, published.ask("overview", "trend", metric=metric)))
        figures.append(_changes(definition, published.ask("overview", "changes", metric=metric)))
    return Shown(figures=figures, tiles=tiles)


def _place(row: Row) -> int:
    return HEADLINES.index(row["metric"]) if row["metric"] in HEADLINES else len(HEADLINES)


def _trend(definition: Definition, rows: list[Row]) -> Figure:
    kind = value_kind(definition)
    shown = [row for row in rows if row["statistic"] == "mean" and row["value"] is not None]
    says = ""
    if shown:
        first, last = shown[0], shown[-1]
        says = (
            f"The mean was {written(first['value'], kind)} in the week of {first['week_start']} and"
            f" {written(last['value'], kind)} in that of {last['week_start']}."
        )
    return series(
        definition,
        rows,
        name=f"{definition.metric}-trend",
        title=f"{definition.label}, week by week",
        says=says,
        by=Column("statistic", "Statistic", Kind.TEXT),
    )


def _changes(definition: Definition, rows: list[Row]) -> Figure:
    kind = value_kind(definition)
    moved = [row for row in rows if row["value"] is not None and row["value_before"] is not None]
    says = ""
    if moved:
        most = max(moved, key=lambda row: abs(row["value"] - row["value_before"]))
        says = (
            f"Of the departments that are shown {most['department']} changed most: from"
            f" {written(most['value_before'], kind)} to {written(most['value'], kind)}."
        )
    return Figure(
        name=f"{definition.metric}-by-department",
        title=f"{definition.label} by department, now and four weeks before",
        rows=rows,
        columns=(
            Column("department", "Department", Kind.TEXT),
            Column("value_before", "Four weeks before", kind),
            value_of(definition, "Now"),
            PEOPLE,
        ),
        definitions=(definition,),
        chart=charts.compared(rows, "department", definition.unit, is_share=definition.is_share),
        says=says,
        note="A filled dot is now, a hollow one four weeks before: means.",
        nothing="No department is known: the roster has none.",
    )


PAGE = Page(
    slug="overview",
    title="Overview",
    question="How well connected is the organisation, and what changed?",
    reads=frozenset({"segment_weeks"}),
    show=show,
)
