"""Remote people beside those at offices."""

from __future__ import annotations

from dagster_pipelines.dashboard.figures import (
    Asked,
    Column,
    Kind,
    Page,
    Shown,
    choose_metric,
    value_kind,
    written,
)
from dagster_pipelines.dashboard.published import Published, Row
from dagster_pipelines.dashboard.series import series

METRICS = (
    "network_size",
    "cross_team_share",
    "departments_reached",
    "lifting_interactions",
    "coaching_given",
    "learning_minutes",
    "isolated_share",
    "silent_share",
)


def show(published: Published, asked: Asked) -> Shown:
    """Show a metric of each work mode, week by week."""
    metric = choose_metric(asked, published, METRICS)
    definition = published.definitions[metric.chosen]
    rows = published.ask("remote", "trend", metric=metric.chosen)
    figure = series(
        definition,
        rows,
        name="trend",
        title=f"{definition.label} by work mode, week by week",
        says=_last(rows, value_kind(definition)),
        by=Column("work_mode", "Work mode", Kind.TEXT),
        note="Means of people, shares of groups. A gap is a week that is withheld.",
        nothing="The roster does not say who works where: it has no column for work_mode.",
    )
    return Shown(figures=[figure], choices=[metric])


def _last(rows: list[Row], kind: Kind) -> str:
    """Say where each work mode stood in the last week."""
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return ""
    last = max(row["week_start"] for row in known)
    modes = [
        f"{row['work_mode']} {written(row['value'], kind)}"
        for row in known
        if row["week_start"] == last
    ]
    return f"In the week of {last}: {', '.join(modes)}."


PAGE = Page(
    slug="remote",
    title="Remote and on-site",
    question="How do remote people fare beside those at offices?",
    reads=frozenset({"segment_weeks"}),
    show=show,
)
