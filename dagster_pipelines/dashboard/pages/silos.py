"""Departments, and what passes between them."""

from __future__ import annotations

from dagster_pipelines.dashboard import charts
from dagster_pipelines.dashboard.figures import (
    MONTH,
    PEOPLE,
    Asked,
    Column,
    Figure,
    Kind,
    Page,
    Shown,
    choose_metric,
    value_of,
    written,
)
from dagster_pipelines.dashboard.published import Definition, Published, Row
from dagster_pipelines.dashboard.series import series

FEWEST = 10


def show(published: Published, asked: Asked) -> Shown:
    """Show the matrix of departments, how inward each is, the fewest ties, the whole over time."""
    metric = choose_metric(asked, published, ("ties", "interactions", "share"))
    definitions = published.definitions
    chosen = definitions[metric.chosen]
    return Shown(
        figures=[
            _matrix(chosen, published.ask("silos", "matrix", metric=metric.chosen)),
            _inward(definitions["department_ei_index"], published.answer("departments_inward")),
            _bridges(definitions["ties"], published.ask("silos", "bridges")),
            *(
                _over_time(definitions[name], published.ask("silos", "over_time", metric=name))
                for name in ("department_ei_index", "department_modularity")
            ),
        ],
        choices=[metric],
    )


def _matrix(definition: Definition, rows: list[Row]) -> Figure:
    return Figure(
        name="matrix",
        title=f"{definition.label} between departments",
        rows=rows,
        columns=(
            Column("from_department", "From", Kind.TEXT),
            Column("to_department", "To", Kind.TEXT),
            value_of(definition),
        ),
        definitions=(definition,),
        chart=charts.matrix(rows, definition.unit, is_share=definition.is_share),
        says=(
            f"{len({row['from_department'] for row in rows})} departments; the table has each"
            " square."
        ),
        note=(
            "White squares: nothing between the two. x: withheld, since too few people are behind"
            " it, or since another square would follow from it."
        ),
        nothing="No department is known: the roster has none.",
    )


def _inward(definition: Definition, rows: list[Row]) -> Figure:
    cells = [{**row, "value": row["ei_index"]} for row in rows]
    says = ""
    if cells and cells[0]["value"] is not None:
        most = cells[0]
        says = f"{most['department']} looks inward most: {written(most['value'], Kind.NUMBER)}."
    return Figure(
        name="inward",
        title="How inward each department is",
        rows=cells,
        columns=(
            Column("department", "Department", Kind.TEXT),
            value_of(definition, "E-I index"),
            PEOPLE,
        ),
        definitions=(definition,),
        chart=charts.bars(cells, "department", "E-I index of the contacts", limits=(-1, 1)),
        says=says,
        note=(
            "-1: all contacts are inside, 1: all are in other departments. Large departments look"
            " inward even where people meet at random. Where a mean is withheld it is not known."
        ),
        nothing="No department is known: the roster has none.",
    )


def _bridges(definition: Definition, rows: list[Row]) -> Figure:
    known = [row for row in rows if row["value"] is not None][:FEWEST]
    withheld = [row for row in rows if row["is_withheld"]]
    return Figure(
        name="bridges",
        title="Departments that hang together by few ties",
        rows=[*known, *withheld],
        columns=(
            Column("departments", "Departments", Kind.TEXT),
            Column("value", "Ties", Kind.COUNT),
        ),
        definitions=(definition,),
        chart=charts.bars(known, "departments", "ties"),
        says=f"The {len(known)} pairs with the fewest ties, of those that are shown.",
        note="Whoever holds such a tie is a bridge; who that is is nobody's business here.",
        nothing="No two departments have a tie.",
    )


def _over_time(definition: Definition, rows: list[Row]) -> Figure:
    return series(
        definition,
        rows,
        name=definition.metric.replace("_", "-"),
        title=f"{definition.label} of the organisation, month by month",
        says=f"{len(rows)} months.",
        along=MONTH,
        nothing="No month has ended yet, or no department is known.",
    )


PAGE = Page(
    slug="silos",
    title="Silos",
    question="Which departments keep to themselves, and what holds them together?",
    reads=frozenset({"org_structure", "segment_weeks", "unit_pair_weeks"}),
    show=show,
)
