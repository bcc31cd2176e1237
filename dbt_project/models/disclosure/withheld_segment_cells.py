"""Which cells of the segments of a week are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; they stand in dbt_project/withholding.
"""

from dbt_project.withholding import COLUMNS, by_week, withheld_cells


def model(dbt, session):
    """Return a row for each cell that is withheld."""
    people = dbt.ref("counted_people").project("* rename (week_start as period_start)")
    exposed = dbt.ref("exposed_segment_cells").project("* rename (week_start as period_start)")
    pairs = dbt.ref("fct_unit_pair_weeks").filter("unit_type = 'department'")
    behind = dbt.ref("people_of_small_pairs")
    if dbt.is_incremental:
        changed = dbt.ref("int_changed_windows").project(
            "unnest([week_start, week_start + 7, week_start - 56]) as period_start"
        )
        changed = changed.distinct().set_alias("changed")
        people, exposed = (
            relation.join(changed, "period_start", how="semi") for relation in (people, exposed)
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
    return withheld_cells(people.to_arrow_table(), exposed.to_arrow_table(), *least, ties, newest)
