"""Which cells of segments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; the words are those of that page. A *problem* is
one period, a week or a month, and one set of people who count. Its cells are sums over these
people. What is decided here is decided by who belongs where; by what they have only where what is
hidden would be bounded too narrowly.
"""

import pyarrow

from dbt_project.withholding import (
    PEOPLE,
    SEGMENT_TYPES,
    by_week,
    most_of,
    periods,
    withhold_together,
)

COLUMNS = pyarrow.schema(
    [
        ("segment_type", pyarrow.string()),
        ("segment_value", pyarrow.string()),
        ("rests_on", pyarrow.string()),
        ("period_start", pyarrow.date32()),
    ]
)


def model(dbt, session):
    """Return a row for each cell that is withheld, of a week or of a month's reach."""
    of_weeks = dbt.ref("counted_people").project("* rename (week_start as period_start)")
    of_months = dbt.ref("eligible_people").project("* rename (month_start as period_start)")
    exposed = dbt.ref("exposed_segment_cells").project("* rename (week_start as period_start)")
    pairs = dbt.ref("fct_unit_pair_weeks").filter("unit_type = 'department'")
    behind = dbt.ref("people_of_small_pairs")
    if dbt.is_incremental:
        changed = dbt.ref("int_changed_windows").project(
            "unnest([week_start, week_start + 7, week_start - 56,"
            " date_trunc('month', week_start + 6)::date]) as period_start"
        )
        changed = changed.distinct().set_alias("changed")
        of_weeks, of_months, exposed = (
            relation.join(changed, "period_start", how="semi")
            for relation in (of_weeks, of_months, exposed)
        )
        weeks = changed.project("period_start as week_start").set_alias("weeks")
        pairs, behind = (
            relation.join(weeks, "week_start", how="semi") for relation in (pairs, behind)
        )
    weeks_of_months = of_weeks_of(of_months, dbt.ref("counted_people"))
    newest = dbt.ref("dim_weeks").aggregate("max(week_start) - 7 * 7").fetchone()[0]
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are neither.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    ties = by_week(pairs.to_arrow_table().to_pylist(), behind.to_arrow_table().to_pylist())
    sizes = cells_of_months(weeks_of_months.to_arrow_table(), *least)
    return pyarrow.concat_tables(
        [
            withheld_cells(
                of_weeks.to_arrow_table(), exposed.to_arrow_table(), *least, ties, newest
            ),
            withheld_cells(of_months.to_arrow_table(), sizes, *least),
        ]
    )


def of_weeks_of(of_months, counted_people):
    """Return everybody in the weeks of some months, and in which segments, as `periods` takes it."""
    months = of_months.project("period_start as month_start").distinct().set_alias("months")
    weeks = counted_people.project(
        "* exclude (has) replace ({'people': true} as counts_in)"
        " rename (week_start as period_start),"
        " date_trunc('month', week_start + 6)::date as month_start"
    )
    return weeks.join(months, "month_start", how="semi")


def cells_of_months(people, least):
    """Return COLUMNS of the cells of months in a week of which it is withheld how many people they are.

    Those eligible in a month are mostly the people of its weeks: what is withheld of how many these
    are may not follow from the month. `people` is as `of_weeks_of` returns it.
    """
    starts = people.column("period_start").to_pylist()
    month_of = dict(zip(starts, people.column("month_start").to_pylist(), strict=True))
    cells = {
        (*cell, "eligible", month_of[period.start])
        for period in periods(people, least)
        for cell in period.withheld(period.solved(PEOPLE))
    }
    columns = zip(*sorted(cells), strict=True) if cells else ([] for _ in COLUMNS)
    arrays = [pyarrow.array(c, f.type) for c, f in zip(columns, COLUMNS, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=COLUMNS)


def withheld_cells(people, exposed, least, ties=None, newest=None):
    """Return COLUMNS of the cells that are withheld: fewer people than `least` are not shown.

    `people` is as `periods` takes it: from the period `newest` on nothing that is hidden is bounded
    too narrowly by what somebody has. `exposed` has COLUMNS of cells that are not shown however many
    people they are. `ties` are as `by_week` returns them: cells that would give those of a pair of
    departments away are not shown either.
    """
    not_shown = {}
    for *cell, rests_on, start in zip(
        *exposed.select(COLUMNS.names).to_pydict().values(), strict=True
    ):
        not_shown.setdefault((start, rests_on), set()).add(tuple(cell))
    found = [COLUMNS.empty_table()]
    for period in periods(people, least):
        is_new = newest is not None and period.start >= newest
        hidden = {one: not_shown.get((period.start, one), set()) for one in period.counted}
        of_ties = (ties or {}).get((period.start, "ties"))
        fixed = withhold_together(period, hidden, of_ties, least, is_new=is_new)
        for rests_on in period.counted:
            most = most_of(rests_on) if is_new else None
            problem = period.solved(rests_on, hidden[rests_on], fixed.get(rests_on, set()), most)
            for type_, (name, names) in enumerate(zip(SEGMENT_TYPES, period.names, strict=True)):
                # In which nobody counts is withheld too.
                withheld = names if problem is None else names.filter(problem.withheld(type_))
                found.append(rows_of(name, withheld, rests_on, period.start))
    return pyarrow.concat_tables(found)


def rows_of(type_, values, rests_on, start):
    """Return COLUMNS of a type's segments."""
    columns = [
        pyarrow.array([type_] * len(values), pyarrow.string()),
        values.cast(pyarrow.string()),
        pyarrow.array([rests_on] * len(values), pyarrow.string()),
        pyarrow.array([start] * len(values), pyarrow.date32()),
    ]
    return pyarrow.Table.from_arrays(columns, schema=COLUMNS)
