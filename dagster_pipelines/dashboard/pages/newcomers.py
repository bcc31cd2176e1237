"""How newcomers find their network."""

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

FIRST = "network_size"


def show(published: Published, asked: Asked) -> Shown:
    """Show the ramp of a metric, by weeks since the hire."""
    known = [row["metric"] for row in published.ask("newcomers", "metrics")] or [FIRST]
    metric = choose_metric(asked, published, sorted(known, key=lambda name: (name != FIRST, name)))
    definition = published.definitions[metric.chosen]
    rows = published.ask("newcomers", "ramp", metric=metric.chosen)
    figure = series(
        definition,
        rows,
        name="ramp",
        title=f"{definition.label} of newcomers, by weeks since they were hired",
        says=_caught_up(rows, value_kind(definition)),
        along=Column("weeks_since_hire", "Weeks since the hire", Kind.COUNT),
        by=Column("population", "Who", Kind.TEXT),
        heading="Median",
        note=(
            "Medians, of newcomers and of tenured people of the same calendar weeks. Later weeks"
            " are of those who were hired early enough to be seen so long."
        ),
        nothing="Nobody was hired in these weeks, or the roster does not say when.",
    )
    return Shown(figures=[figure], choices=[metric])


def _caught_up(rows: list[Row], kind: Kind) -> str:
    """Say when newcomers had first as much as the tenured, and where they stood at the end."""
    by_week: dict[int, dict[str, float]] = {}
    for row in rows:
        if row["value"] is not None:
            by_week.setdefault(row["weeks_since_hire"], {})[row["population"]] = row["value"]
    both = {week: values for week, values in by_week.items() if len(values) == 2}
    if not both:
        return "No week shows newcomers and tenured people side by side."
    even = [week for week, values in both.items() if values["newcomers"] >= values["tenured"]]
    last = max(both)
    return (
        (f"Newcomers first had as much after {min(even)} weeks. " if even else "")
        + f"After {last} weeks they had {written(both[last]['newcomers'], kind)}, tenured people"
        f" {written(both[last]['tenured'], kind)}."
    )


PAGE = Page(
    slug="newcomers",
    title="Newcomers",
    question="How fast do newcomers come to know as many people as the others?",
    reads=frozenset({"newcomer_ramp"}),
    show=show,
)
