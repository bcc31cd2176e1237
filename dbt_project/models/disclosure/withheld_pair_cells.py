"""Which pairs of departments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; they stand in dbt_project/withholding.
"""

import pyarrow

from dbt_project.withholding import withhold_pairs

COLUMNS = pyarrow.schema(
    [
        ("from_department", pyarrow.string()),
        ("to_department", pyarrow.string()),
        ("rests_on", pyarrow.string()),
        ("week_start", pyarrow.date32()),
    ]
)

# What a pair's figures rest on: of each side, who has what.
FIGURES = {
    "ties": ("people_from", "people_to"),
    "interactions": ("interacting_people_from", "interacting_people_to"),
}


def model(dbt, session):
    """Return a row for each pair, in each direction, whose figures are withheld."""
    pairs = dbt.ref("fct_unit_pair_weeks").filter("unit_type = 'department'")
    people = dbt.ref("people_of_small_pairs")
    if dbt.is_incremental:
        changed = dbt.ref("int_changed_windows").set_alias("changed")
        pairs = pairs.join(changed, "week_start", how="semi")
        people = people.join(changed, "week_start", how="semi")
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are neither.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    return withheld_pairs(pairs.to_arrow_table(), people.to_arrow_table(), *least)


def withheld_pairs(pairs, people, least):
    """Return COLUMNS of the pairs that are withheld: fewer people than `least` are not shown.

    `pairs` has week_start, from_unit, to_unit, the counts in FIGURES and a column of each figure's
    name: one row a week and pair, in each direction. `people` has who of the first department is
    behind a pair of few people, and with a tie or not: from_department, to_department, person_id,
    is_tied, week_start.
    """
    found = []
    by_week, behind = {}, {}
    for row in pairs.to_pylist():
        by_week.setdefault(row["week_start"], []).append(row)
    for row in people.to_pylist():
        pair = row["from_department"], row["to_department"]
        for figure in FIGURES if row["is_tied"] else ("interactions",):
            few = behind.setdefault((row["week_start"], figure), {})
            few.setdefault(pair, set()).add(row["person_id"])
    for week_start in sorted(by_week):
        for figure, columns in FIGURES.items():
            rows = [row for row in by_week[week_start] if row[figure] > 0]
            count = {(row["from_unit"], row["to_unit"]): row[columns[0]] for row in rows}
            few = behind.get((week_start, figure), {})
            hidden = withhold_pairs(count, few, least, has_total=figure == "ties")
            found += [
                (one, other, figure, week_start)
                for one, other in sorted({edge for pair in hidden for edge in (pair, pair[::-1])})
            ]
    columns = zip(*found, strict=True) if found else ([] for _ in COLUMNS)
    arrays = [pyarrow.array(c, f.type) for c, f in zip(columns, COLUMNS, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=COLUMNS)
