"""Which cells of programmes' reach are withheld so that none of them follows from those shown.

The rules are those for segments (docs/disclosure.md), a month at a time.
"""

import pyarrow

from dbt_project.withholding import COLUMNS, withheld_cells


def model(dbt, session):
    """Return a row for each cell that is withheld."""
    people = dbt.ref("eligible_people").project("* rename (month_start as period_start)")
    exposed = dbt.ref("exposed_reach_cells").project("* rename (month_start as period_start)")
    # Those eligible in a month are mostly the people of its weeks: what is withheld of how many
    # these are may not follow from the month.
    sizes = (
        dbt.ref("withheld_segment_cells")
        .filter("rests_on = 'people' and segment_type != 'organisation'")
        .project(
            "segment_type, segment_value, 'eligible' as rests_on,"
            " date_trunc('month', period_start + 6)::date as period_start"
        )
        .distinct()
    )
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are none.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    not_shown = [
        cells.project(", ".join(COLUMNS.names)).to_arrow_table().cast(COLUMNS)
        for cells in (exposed, sizes)
    ]
    return withheld_cells(people.to_arrow_table(), pyarrow.concat_tables(not_shown), *least)
