"""A team beside teams of its size."""

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
    "network_size",
    "cross_team_contacts",
    "cross_team_share",
    "departments_reached",
    "reciprocal_share",
    "lifting_interactions",
    "lifting_beyond_manager",
    "coaching_given",
    "learning_minutes",
)
EVERY = "every team"


def show(published: Published, asked: Asked) -> Shown:
    """Show all teams beside comparable ones, and one that was chosen over time."""
    metric = choose_metric(asked, published, METRICS)
    names = [row["team"] for row in published.ask("teams", "teams")]
    team = choose(asked, "team", "Team", {"": EVERY, **{name: name for name in names}})
    definition = published.definitions[metric.chosen]
    rows = published.ask("teams", "beside", metric=metric.chosen)
    if not team.chosen:
        return Shown(figures=[_beside(definition, rows)], choices=[team, metric])
    trend = published.ask("teams", "trend", metric=metric.chosen, team=team.chosen)
    own = [row for row in rows if row["team"] == team.chosen]
    return Shown(
        figures=[_beside(definition, own), _trend(definition, team.chosen, trend)],
        choices=[team, metric],
    )


def _beside(definition: Definition, rows: list[Row]) -> Figure:
    kind = value_kind(definition)
    ranked = [row for row in rows if row["value"] is not None and row["lower_quartile"] is not None]
    below = sum(row["value"] < row["lower_quartile"] for row in ranked)
    above = sum(row["value"] > row["upper_quartile"] for row in ranked)
    if len(ranked) == 1:
        (row,) = ranked
        says = (
            f"{row['team']} has {written(row['value'], kind)}; the middle half of comparable teams"
            f" lies between {written(row['lower_quartile'], kind)} and"
            f" {written(row['upper_quartile'], kind)}."
        )
    else:
        says = (
            f"Of {len(ranked)} teams that are shown {below} lie below the middle half of teams of"
            f" their size, and {above} above it."
        )
    return Figure(
        name="beside",
        title=f"{definition.label}: teams beside teams of their size",
        rows=rows,
        columns=(
            Column("team", "Team", Kind.TEXT),
            value_of(definition, "Mean"),
            Column("lower_quartile", "Comparable: lower quartile", kind),
            Column("median_team", "median", kind),
            Column("upper_quartile", "upper quartile", kind),
            Column("comparable_teams", "Comparable teams", Kind.COUNT),
            PEOPLE,
        ),
        definitions=(definition,),
        chart=charts.beside(rows, "team", definition.unit, is_share=definition.is_share),
        says=says,
        note=(
            "A dot is a team's mean in the last week. The grey band is the middle half of the teams"
            " that have between two thirds and one and a half times as many people, the line in it"
            " their median. Teams differ by what they are for: a dot beyond the band is a question,"
            " not an answer."
        ),
        nothing="No team is known: the roster has none, or they are all too small to be shown.",
    )


def _trend(definition: Definition, team: str, rows: list[Row]) -> Figure:
    return series(
        definition,
        rows,
        name="trend",
        title=f"{definition.label}: {team} and the organisation, week by week",
        says=f"The weekly means of {team} beside those of the organisation.",
        by=Column("who", "Who", Kind.TEXT),
        heading="Mean",
        note="A gap is a week that is withheld.",
    )


PAGE = Page(
    slug="teams",
    title="Teams",
    question="How does a team compare with teams of its size?",
    reads=frozenset({"segment_weeks"}),
    show=show,
)
