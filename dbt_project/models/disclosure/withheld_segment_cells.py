"""Which cells of segments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; the words are those of that page. A *problem* is
one period, a week or a month, and one set of people who count. Its cells are sums over these
people. What is decided here is decided by who belongs where; by what they have only where what is
hidden would be bounded too narrowly.
"""

import math

import pyarrow

from dbt_project.withholding import (
    MEANS,
    SEGMENT_TYPES,
    Exposed,
    by_week,
    known_anyway,
    periods,
    sums_of,
    withhold_beside_means,
)

# What is a part of one has 1 at most.
PARTS = (
    "cross_team_share_people",
    "reciprocal_share_people",
    "diversity_coverage_people",
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
    newest = dbt.ref("dim_weeks").aggregate("max(week_start) - 7 * 7").fetchone()[0]
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are neither.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    ties = by_week(pairs.to_arrow_table().to_pylist(), behind.to_arrow_table().to_pylist())
    nothing = COLUMNS.empty_table()
    return pyarrow.concat_tables(
        [
            withheld_cells(
                of_weeks.to_arrow_table(), exposed.to_arrow_table(), *least, ties, newest
            ),
            withheld_cells(of_months.to_arrow_table(), nothing, *least),
        ]
    )


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
        fixed = beside_ties(period, of_ties, hidden, least, is_new) if of_ties else {}
        for rests_on in period.counted:
            most = most_of(rests_on) if is_new else None
            problem = period.solved(rests_on, hidden[rests_on], fixed.get(rests_on, set()), most)
            for type_, (name, names) in enumerate(zip(SEGMENT_TYPES, period.names, strict=True)):
                # In which nobody counts is withheld too.
                withheld = names if problem is None else names.filter(problem.withheld(type_))
                found.append(rows_of(name, withheld, rests_on, period.start))
    return pyarrow.concat_tables(found)


def most_of(rests_on):
    """Return what somebody can have at most."""
    return 1.0 if rests_on in PARTS else math.inf


def beside_ties(period, ties, hidden, least, is_new):
    """Add to `hidden` the cells of departments that would give withheld pairs of these away.

    Return for each count of people which cells are known from the pairs, whatever is hidden.
    """
    people, behind = ties
    known = known_anyway(sums_of(period, None, None, people), people)
    fixed = dict(zip(MEANS, known, strict=True))
    before = {count: frozenset(hidden[count]) for count in fixed}

    def sums_without(exposed):
        for count, some in zip(MEANS, exposed, strict=True):
            hidden[count] = before[count] | some
        problems = (period.solved(count, hidden[count], fixed[count], most) for count in MEANS)
        return sums_of(period, *problems, people)

    # Bounds take long: they are looked at when all else is settled.
    exposed = Exposed(set(), set())
    for most in (None, math.inf) if is_new else (None,):
        exposed = withhold_beside_means(people, behind, least, sums_without, exposed)
    return fixed


def rows_of(type_, values, rests_on, start):
    """Return COLUMNS of a type's segments."""
    columns = [
        pyarrow.array([type_] * len(values), pyarrow.string()),
        values.cast(pyarrow.string()),
        pyarrow.array([rests_on] * len(values), pyarrow.string()),
        pyarrow.array([start] * len(values), pyarrow.date32()),
    ]
    return pyarrow.Table.from_arrays(columns, schema=COLUMNS)
