"""Which pairs of departments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; they stand in dbt_project/withholding.
"""

import pyarrow

from dbt_project.withholding import (
    MEANS,
    by_week,
    known_anyway,
    periods,
    sums_of,
    withhold_pairs,
    withhold_ties,
)

COLUMNS = pyarrow.schema(
    [
        ("from_department", pyarrow.string()),
        ("to_department", pyarrow.string()),
        ("rests_on", pyarrow.string()),
        ("week_start", pyarrow.date32()),
    ]
)


def model(dbt, session):
    """Return a row for each pair, in each direction, whose figures are withheld."""
    pairs = dbt.ref("fct_unit_pair_weeks").filter("unit_type = 'department'")
    behind = dbt.ref("people_of_small_pairs")
    people = dbt.ref("counted_people")
    withheld = dbt.ref("withheld_segment_cells")
    withheld = withheld.project("* rename (period_start as week_start)")
    if dbt.is_incremental:
        changed = dbt.ref("int_changed_windows").project(
            "unnest([week_start, week_start + 7, week_start - 56]) as week_start"
        )
        changed = changed.distinct().set_alias("changed")
        pairs, behind, people, withheld = (
            relation.join(changed, "week_start", how="semi")
            for relation in (pairs, behind, people, withheld)
        )
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are neither.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    counts = ", ".join(f"'{count}'" for count in MEANS)
    return withheld_pairs(
        by_week(pairs.to_arrow_table().to_pylist(), behind.to_arrow_table().to_pylist()),
        people.project("* rename (week_start as period_start)").to_arrow_table(),
        withheld.filter(f"rests_on in ({counts})").to_arrow_table(),
        *least,
    )


def withheld_pairs(figures, people, withheld, least):
    """Return COLUMNS of the pairs that are withheld: fewer people than `least` are not shown.

    `figures` is as `by_week` returns it, `people` as `periods` takes it. `withheld` has the cells of
    segments that are withheld: segment_type, segment_value, rests_on and week_start.
    """
    cells = {}
    for row in withheld.to_pylist():
        cell = row["segment_type"], row["segment_value"]
        cells.setdefault((row["week_start"], row["rests_on"]), set()).add(cell)
    weeks = {period.start: period for period in periods(people, least)}
    found = []
    for (week, figure), passing in sorted(figures.items(), key=lambda item: item[0]):
        counts, behind, numbers = passing
        if figure == "ties":
            period = weeks[week]
            anyway = known_anyway(period, counts)
            problems = (
                period.problem(count, cells.get((week, count), ()), known)
                for count, known in zip(MEANS, anyway, strict=True)
            )
            sums = sums_of(period, *problems, counts)
            hidden, _ = withhold_ties(counts, behind, least, sums)
        else:
            hidden = withhold_pairs(counts, behind, least, numbers=numbers)
        found += [
            (one, other, figure, week)
            for one, other in sorted({edge for pair in hidden for edge in (pair, pair[::-1])})
        ]
    columns = zip(*found, strict=True) if found else ([] for _ in COLUMNS)
    arrays = [pyarrow.array(c, f.type) for c, f in zip(columns, COLUMNS, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=COLUMNS)
