"""Which pairs of departments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md. What passes between two departments is the same
from both sides, and of each department of which a pair is shown the sum over all pairs is known:
shares are parts of it, and ties make network sizes. Of ties the sum of all pairs is known too. So
the pairs of a week are the edges of a graph, departments its nodes, and what is known of hidden
edges is the sum at some nodes, or of all.
"""

import numpy
import pyarrow

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
# An edge of which so little is left is known.
ROUNDING = 1e-7


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
            hidden = withhold(count, few, least, has_total=figure == "ties")
            found += [
                (one, other, figure, week_start)
                for one, other in sorted({edge for pair in hidden for edge in (pair, pair[::-1])})
            ]
    columns = zip(*found, strict=True) if found else ([] for _ in COLUMNS)
    arrays = [pyarrow.array(c, f.type) for c, f in zip(columns, COLUMNS, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=COLUMNS)


def withhold(people, behind, least, *, has_total=False):
    """Return the pairs, two departments in order each, that are hidden.

    `people` has for each pair in each direction how many people of the first are in it, `behind` who
    they are where they are few on a side. The sum of all pairs is known if `has_total`: where there
    is one pair alone, it is that of the organisation.
    """
    size = {(a, b): min(people[a, b], people[b, a]) for a, b in people if a <= b}
    has_total = has_total and len(size) > 1
    hidden = {pair for pair in size if size[pair] < least}
    while True:
        known = {department for pair in size.keys() - hidden for department in pair}
        wanted = _rests_too_small(people, behind, hidden, known, least)
        wanted = wanted or _that_follow(hidden, known, has_total)
        # Of each department, or of all around a pair, what passes within a department goes first:
        # with that of both its sides a pair does not follow. Then the pair of the fewest people. A
        # pair around which nothing is shown follows from the total: then any other helps.
        chosen = set()
        for departments in wanted:
            around = {pair for pair in size if departments & {*pair}}
            around = around if around - hidden else {*size}
            if not chosen & around:
                shown = [(a != b, size[a, b], (a, b)) for a, b in around - hidden]
                chosen |= {pair for *_, pair in sorted(shown)[:1]}
        if not chosen:
            return hidden
        hidden |= chosen


def _rests_too_small(people, behind, hidden, known, least):
    """Rule 2: what is hidden of a department is two pairs or more, and enough of its people."""
    too_small = []
    for department in sorted({one for pair in hidden for one in pair} & known):
        others = [b if a == department else a for a, b in hidden if department in (a, b)]
        most = max(people[department, other] for other in others)
        together = set().union(*(behind.get((department, other), ()) for other in others))
        if len(others) == 1 or max(most, len(together)) < least:
            too_small.append({department})
    return too_small


def _that_follow(hidden, known, has_total):
    """Rule 3: no hidden pair follows from the sums of departments, and that of all pairs.

    Return, for each that does, the departments that hidden pairs join with it.
    """
    pairs = sorted(hidden)
    if not pairs:
        return []
    # A tie within a department counts for both its people.
    sums = [[float(pair.count(one)) for pair in pairs] for one in sorted(known)]
    if has_total:
        sums.append([1.0] * len(pairs))
    if not sums:
        return []
    sums = numpy.array(sums)
    spanned = numpy.einsum("pd,dp->p", numpy.linalg.pinv(sums), sums)
    return [
        _joined(pairs, pair)
        for pair, part in zip(pairs, spanned, strict=True)
        if part > 1 - ROUNDING
    ]


def _joined(pairs, pair):
    """Return the departments that are reached from a pair by way of pairs."""
    joined, before = {*pair}, 0
    while len(joined) > before:
        before = len(joined)
        joined |= {one for other in pairs if joined & {*other} for one in other}
    return joined
