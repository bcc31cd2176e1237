"""Mentoring, buddies, shadowing: whom they reach, how alive pairs are, what changed with people."""

from __future__ import annotations

from dagster_pipelines.dashboard import charts
from dagster_pipelines.dashboard.figures import (
    MONTH,
    PEOPLE,
    Asked,
    Choice,
    Column,
    Figure,
    Kind,
    Page,
    Shown,
    choose,
    value_of,
    written,
)
from dagster_pipelines.dashboard.published import Definition, Published, Row
from dagster_pipelines.dashboard.series import series

FIRST = "cross_team_contacts"
ELIGIBLE = Column("people", "Eligible people", Kind.COUNT)
_NONE = (
    "No programme is known: name their lists and enrolments in tacit.yml (formats programmes_csv"
    " and enrolments_csv)."
)


def show(published: Published, asked: Asked) -> Shown:
    """Show the effects of programmes on an outcome, and their reach."""
    definitions = published.definitions
    outcomes = [row["outcome"] for row in published.ask("programmes", "outcomes")]
    outcome = choose(
        asked,
        "outcome",
        "Outcome",
        {
            name: definitions[name].label
            for name in sorted(outcomes, key=lambda name: (name != FIRST, name))
        },
    )
    effects = published.ask("programmes", "effects", outcome=outcome.chosen)
    share = definitions["programme_share"]
    reach = published.ask("programmes", "reach")
    names = list(dict.fromkeys(row["programme_name"] for row in reach))
    programme = choose(asked, "programme", "Programme", {name: name for name in names})
    own = [row for row in reach if row["programme_name"] == programme.chosen]
    choices: list[Choice] = [one for one in (outcome, programme) if one.options]
    return Shown(
        figures=[
            _effects(definitions["programme_effect"], definitions.get(outcome.chosen), effects),
            _over_time(share, published.ask("programmes", "reach_over_time")),
            _reach(share, programme.chosen, own),
            _engagement(published, published.ask("programmes", "engagement")),
        ],
        choices=choices,
    )


def _effects(definition: Definition, outcome: Definition | None, rows: list[Row]) -> Figure:
    known = [row for row in rows if row["value"] is not None]
    clear = [row for row in known if row["interval_low"] > 0 or row["interval_high"] < 0]
    unit = f"{outcome.unit} more than comparable people" if outcome else ""
    return Figure(
        name="effects",
        title=f"{outcome.label}: what changed with each programme" if outcome else "Effects",
        rows=rows,
        columns=(
            Column("programme", "Programme", Kind.TEXT),
            Column("horizon_weeks", "After weeks", Kind.COUNT),
            Column("value", "Effect", Kind.NUMBER),
            Column("interval_low", "95 % interval from", Kind.NUMBER),
            Column("interval_high", "to", Kind.NUMBER),
            Column("detectable_effect", "Could be seen from", Kind.NUMBER),
            Column("people", "People matched", Kind.COUNT),
        ),
        definitions=(definition, outcome) if outcome else (definition,),
        chart=charts.intervals(rows, "programme", unit),
        says=(
            f"{len(clear)} of {len(known)} effects that are shown are clear: their interval does"
            f" not contain 0. {_largest(clear)}"
        ),
        note=rows[0]["caveat"] if rows else "",
        nothing=_NONE,
    )


def _largest(rows: list[Row]) -> str:
    if not rows:
        return ""
    most = max(rows, key=lambda row: abs(row["value"]))
    return (
        f"The largest is of {most['programme']} after {most['horizon_weeks']} weeks:"
        f" {written(most['value'], Kind.NUMBER)}."
    )


def _over_time(definition: Definition, rows: list[Row]) -> Figure:
    return series(
        definition,
        rows,
        name="reach-over-time",
        title="Reach of each programme, month by month",
        says=f"{len({row['programme_name'] for row in rows})} programmes.",
        along=MONTH,
        by=Column("programme_name", "Programme", Kind.TEXT),
        people=ELIGIBLE,
        nothing=_NONE,
    )


def _reach(definition: Definition, programme: str, rows: list[Row]) -> Figure:
    return Figure(
        name="reach-by-department",
        title=f"Whom {programme or 'a programme'} reached in the last month, by department",
        rows=rows,
        columns=(
            Column("department", "Department", Kind.TEXT),
            value_of(definition),
            ELIGIBLE,
        ),
        definitions=(definition,),
        chart=charts.bars(rows, "department", "share of those eligible", is_share=True),
        says=f"{len(rows)} departments.",
        nothing=_NONE,
    )


def _engagement(published: Published, rows: list[Row]) -> Figure:
    labelled = [
        {
            **row,
            "label": f"{published.definitions[row['metric']].label}, {row['statistic']}",
            "unit": "share"
            if row["statistic"] == "share"
            else published.definitions[row["metric"]].unit,
        }
        for row in rows
    ]
    return Figure(
        name="engagement",
        title="How alive the pairs are",
        rows=labelled,
        columns=(
            Column("programme_name", "Programme", Kind.TEXT),
            Column("label", "Figure", Kind.TEXT),
            Column("value", "Value"),
            Column("unit", "Unit", Kind.TEXT),
            PEOPLE,
        ),
        definitions=[
            published.definitions[name] for name in ("met_share", "days_to_first_meeting")
        ],
        note="Programmes that bring two people together: buddies, mentoring, shadowing, pairing.",
        nothing="No programme brings two people together.",
    )


PAGE = Page(
    slug="programmes",
    title="Programmes",
    question="Whom do mentoring, buddies and shadowing reach, and what changes with them?",
    reads=frozenset({"programme_effects", "programme_engagement", "programme_reach"}),
    show=show,
)
