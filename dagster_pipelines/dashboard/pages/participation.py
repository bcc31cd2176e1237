"""How evenly people take part in channels, sites and teams, and whether questions are answered."""

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
    choose,
    choose_metric,
    value_kind,
    value_of,
    written,
)
from dagster_pipelines.dashboard.published import Definition, Published, Row
from dagster_pipelines.dashboard.series import series

METRICS = (
    "participation_gini",
    "silent_share",
    "lapsed_share",
    "answered_share",
    "median_hours_to_first_reply",
    "questions",
    "contributions",
    "contributors",
)
_NONE = "No channel, site or team is known in which people write."


def show(published: Published, asked: Asked) -> Shown:
    """Show a figure of all spaces of a type, who dominates, and one space over time."""
    types = [row["space_type"] for row in published.ask("participation", "space_types")]
    space_type = choose(
        asked, "space_type", "Kind", {name: name.replace("_", " ") for name in types}
    )
    metrics = published.ask("participation", "metrics", space_type=space_type.chosen)
    known = {row["metric"] for row in metrics}
    # A team has no sums: its people have them in spaces.
    metric = choose_metric(
        asked, published, [metric for metric in METRICS if metric in known] or METRICS[:1]
    )
    spaces = published.ask("participation", "spaces", space_type=space_type.chosen)
    space = choose(
        asked, "space", "Space", {row["space_name"]: row["space_name"] for row in spaces}
    )
    asks = {"space_type": space_type.chosen, "metric": metric.chosen}
    definition = published.definitions[metric.chosen]
    bands = published.ask("participation", "bands", space_type=space_type.chosen)
    trend = published.ask("participation", "trend", space_name=space.chosen, **asks)
    return Shown(
        figures=[
            _latest(definition, published.ask("participation", "latest", **asks)),
            _bands(published, bands),
            _trend(definition, space.chosen, trend),
        ],
        choices=[one for one in (space_type, metric, space) if one.options],
    )


def _latest(definition: Definition, rows: list[Row]) -> Figure:
    kind = value_kind(definition)
    known = [row for row in rows if row["value"] is not None]
    says = ""
    if known:
        says = (
            f"From {written(known[-1]['value'], kind)} ({known[-1]['space_name']}) to"
            f" {written(known[0]['value'], kind)} ({known[0]['space_name']})."
        )
    return Figure(
        name="latest",
        title=f"{definition.label} in the last week that has it",
        rows=rows,
        columns=(
            Column("space_name", "Space", Kind.TEXT),
            value_of(definition),
            PEOPLE,
        ),
        definitions=(definition,),
        chart=charts.bars(rows, "space_name", definition.unit, is_share=definition.is_share),
        says=says,
        nothing=_NONE,
    )


def _bands(published: Published, rows: list[Row]) -> Figure:
    definitions = published.definitions
    return Figure(
        name="dominance",
        title="What hangs on few people",
        rows=rows,
        columns=(
            Column("space_name", "Space", Kind.TEXT),
            Column("top_contributor_share", "From the most active one", Kind.TEXT),
            Column("absence_factor", "People behind half of it", Kind.TEXT),
            Column("people", "Members", Kind.COUNT),
        ),
        definitions=(definitions["top_contributor_share"], definitions["absence_factor"]),
        note="Bands, of spaces of ten members at least: an exact figure would be one person's.",
        nothing=_NONE,
    )


def _trend(definition: Definition, space: str, rows: list[Row]) -> Figure:
    return series(
        definition,
        rows,
        name="trend",
        title=f"{definition.label} of {space or 'a space'}, week by week",
        says=f"{sum(row['value'] is not None for row in rows)} weeks.",
        nothing="This space has no such figure.",
    )


PAGE = Page(
    slug="participation",
    title="Participation",
    question="Do many take part, or few? Do questions find answers?",
    reads=frozenset({"participation"}),
    show=show,
)
