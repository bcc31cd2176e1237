"""How far to trust the numbers: what the sources delivered, and what is withheld."""

from __future__ import annotations

from dagster_pipelines.dashboard import charts
from dagster_pipelines.dashboard.figures import (
    PEOPLE,
    WEEK,
    Asked,
    Column,
    Figure,
    Kind,
    Page,
    Shown,
    written,
)
from dagster_pipelines.dashboard.published import Published, Row

RELEASE = {
    "run_id": ("Run", Kind.TEXT),
    "built_at": ("Built at (UTC)", Kind.DATE),
    "coverage_from": ("Covers from", Kind.DATE),
    "coverage_to": ("to", Kind.DATE),
    "weeks": ("Weeks", Kind.COUNT),
    "people": ("People", Kind.COUNT),
    "events": ("Events", Kind.COUNT),
    "files": ("Files", Kind.COUNT),
    "records": ("Records", Kind.COUNT),
    "quarantined_records": ("of these not readable", Kind.COUNT),
    "data_fingerprint": ("Files' fingerprint", Kind.TEXT),
    "timezone": ("Time zone", Kind.TEXT),
    "interaction_profile": ("What counts as an interaction", Kind.TEXT),
    "tie_window_weeks": ("Window of a tie, weeks", Kind.COUNT),
    "tie_min_interactions": ("Interactions of a tie, at least", Kind.COUNT),
    "min_group_size": ("Smallest group that is shown", Kind.COUNT),
    "parameters_fingerprint": ("Parameters' fingerprint", Kind.TEXT),
    "data_tests": ("Data tests that held", Kind.COUNT),
    "expectations": ("Expectations that held", Kind.COUNT),
    "tacit_version": ("tacit", Kind.TEXT),
    "code_fingerprint": ("Models' fingerprint", Kind.TEXT),
    "dbt_version": ("dbt", Kind.TEXT),
    "duckdb_version": ("DuckDB", Kind.TEXT),
    "great_expectations_version": ("Great Expectations", Kind.TEXT),
}


def show(published: Published, asked: Asked) -> Shown:
    """Show the sources, what is withheld, and what the publication was made of."""
    del asked
    steps = [row["source_name"] for row in published.answer("steps_in_the_series")]
    notes = []
    if steps:
        names = ", ".join(steps)
        notes.append(
            f"Of the weeks that are covered these sources lack some at an end: {names}. All series"
            " step there, without anybody doing anything else."
        )
    return Shown(
        figures=[
            _sources(published.answer("trust_in_the_data")),
            _events(published.ask("quality", "events")),
            _withheld(published.answer("withheld")),
            _release(published.release),
        ],
        notes=notes,
    )


def _sources(rows: list[Row]) -> Figure:
    return Figure(
        name="sources",
        title="Each source over the last four weeks",
        rows=rows,
        columns=(
            Column("source_name", "Source", Kind.TEXT),
            Column("events", "Events", Kind.COUNT),
            Column("unresolved_share", "People not recognised", Kind.SHARE),
            Column("quarantined_share", "Records not readable", Kind.SHARE),
            Column("known_teams_interactions_share", "Interactions of known teams", Kind.SHARE),
            Column("ranked_interactions_share", "Interactions of known ranks", Kind.SHARE),
            Column("people", "People, at least", Kind.COUNT),
            Column("last_event_date", "Last event", Kind.DATE),
            Column("last_exported_on", "Newest file", Kind.DATE),
        ),
        note=(
            "Where people are not recognised, networks look smaller than they are. Ranks are needed"
            " for lifting, teams for diversity."
        ),
        nothing="No source has brought anything yet.",
    )


def _events(rows: list[Row]) -> Figure:
    return Figure(
        name="events",
        title="Events of each source, week by week",
        rows=rows,
        columns=(
            WEEK,
            Column("source_name", "Source", Kind.TEXT),
            Column("value", "Events", Kind.COUNT),
            PEOPLE,
        ),
        chart=charts.lines(rows, "week_start", "source_name", "events"),
        says=f"{len({row['source_name'] for row in rows})} sources.",
        note="Withheld is only how many people they were of.",
        nothing="No source has brought anything yet.",
    )


def _withheld(rows: list[Row]) -> Figure:
    cells = sum(row["cells"] for row in rows)
    withheld = sum(row["withheld_cells"] for row in rows)
    shares = [{**row, "value": row["withheld_cells"] / row["cells"]} for row in rows]
    return Figure(
        name="withheld",
        title="What is withheld, by kind of group",
        rows=shares,
        columns=(
            Column("segment_type", "Groups", Kind.TEXT),
            Column("cells", "Cells", Kind.COUNT),
            Column("withheld_cells", "Withheld", Kind.COUNT),
            Column("value", "Share", Kind.SHARE),
        ),
        chart=charts.bars(shares, "segment_type", "share of cells", is_share=True),
        says=f"{withheld:,} of {cells:,} cells are withheld.",
        note="Small groups are withheld, and whatever would give them away.",
        nothing="There are no groups yet.",
    )


def _release(release: Row) -> Figure:
    return Figure(
        name="release",
        title="What this publication was made of",
        rows=[
            {"what": heading, "is": written(release[name], kind)}
            for name, (heading, kind) in RELEASE.items()
        ],
        columns=(Column("what", "", Kind.TEXT), Column("is", "", Kind.TEXT)),
    )


PAGE = Page(
    slug="quality",
    title="Data quality",
    question="How far are these numbers to be trusted?",
    reads=frozenset({"data_quality", "release", "segment_weeks"}),
    show=show,
)
