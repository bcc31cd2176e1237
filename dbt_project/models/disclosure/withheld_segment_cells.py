"""Which cells of segments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; the words are those of that page. A *problem* is
one period, a week or a month, and one set of people who count. Its cells are sums over these
people. What is decided here is decided by who belongs where; by what they have only where what is
hidden would be bounded too narrowly.
"""

import numpy
import pyarrow
import pyarrow.compute

from dbt_project.withholding import UNKNOWN, Problem, withhold, withhold_what_is_narrow

# The order decides between cells of equally many people: what is lost first comes first.
SEGMENT_TYPES = (
    "team",
    "tenure_band",
    "work_mode",
    "discipline",
    "location",
    "department",
    "organisation",
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
    newest = dbt.ref("dim_weeks").aggregate("max(week_start) - 7 * 7").fetchone()[0]
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are neither.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    return pyarrow.concat_tables(
        [
            withheld_cells(of_weeks.to_arrow_table(), exposed.to_arrow_table(), *least, newest),
            withheld_cells(of_months.to_arrow_table(), COLUMNS.empty_table(), *least),
        ]
    )


def withheld_cells(people, exposed, least, newest=None):
    """Return COLUMNS of the cells that are withheld: fewer people than `least` are not shown.

    `people` has period_start, a column for each segment type but the organisation, NULL where it is
    not known, and `counts_in`, for each count of people whether somebody is among them: one row a
    person and period. `has`, where it is there, has of some of these counts what they have: from the
    period `newest` on nothing that is hidden is bounded by it too narrowly. `exposed` has COLUMNS of
    cells that are not shown however many people they are.
    """
    people = people.sort_by("period_start")
    periods = people.column("period_start").to_numpy()
    names, blocks = zip(*(_coded(people, type_) for type_ in SEGMENT_TYPES), strict=True)
    counted, numbers = _fields(people, "counts_in"), _fields(people, "has")
    not_shown = {}
    for type_, name, *figure in zip(
        *exposed.select(COLUMNS.names).to_pydict().values(), strict=True
    ):
        place = pyarrow.compute.index(names[SEGMENT_TYPES.index(type_)], name).as_py()
        not_shown.setdefault(tuple(figure), set()).add((SEGMENT_TYPES.index(type_), place))
    found = [COLUMNS.empty_table()]
    for start, end in _runs(periods):
        of_period = [codes[start:end] for codes in blocks]
        cells = [numpy.unique(codes[codes != UNKNOWN]) for codes in of_period]
        problems, solved = {}, {}
        for rests_on, is_counted in counted.items():
            who = is_counted[start:end]
            same_people = who.tobytes()
            if same_people not in problems:
                problems[same_people] = _problem(of_period, cells, who, least)
            hidden = not_shown.get((rests_on, people.column("period_start")[start].as_py()), set())
            key = same_people, frozenset(hidden)
            if key not in solved:
                solved[key] = _withheld(problems[same_people], cells, hidden)
            problem = solved[key]
            is_new = newest is not None and people.column("period_start")[start].as_py() >= newest
            if is_new and problem is not None and rests_on in numbers:
                problem = problem.where_hidden([])
                most = 1.0 if rests_on in PARTS else numpy.inf
                withhold_what_is_narrow(problem, numbers[rests_on][start:end][who], most)
            withheld = cells
            if problem is not None:
                withheld = [codes[of] for codes, of in zip(cells, problem.hidden, strict=True)]
            found += [
                _rows(type_, type_names.take(codes), rests_on, periods[start])
                for type_, type_names, codes in zip(SEGMENT_TYPES, names, withheld, strict=True)
            ]
    return pyarrow.concat_tables(found)


def _runs(values):
    """Yield where a run of one value begins and where it ends."""
    ends = numpy.flatnonzero(values[1:] != values[:-1]) + 1
    if len(values):
        yield from zip([0, *ends], [*ends, len(values)], strict=True)


def _fields(people, column):
    """Return the fields of a column of structs by name; nothing if there is no such column."""
    if column not in people.column_names:
        return {}
    structs = people.column(column).combine_chunks()
    return {
        field.name: structs.field(field.name).to_numpy(zero_copy_only=False)
        for field in structs.type
    }


def _coded(people, type_):
    """Return a type's names in order, and the place of each person's among them."""
    if type_ == "organisation":
        return pyarrow.array(["all"]), numpy.zeros(len(people), dtype=numpy.int64)
    column = people.column(type_).cast(pyarrow.string())
    names = column.unique().drop_null().sort()
    places = pyarrow.compute.index_in(column, names).fill_null(UNKNOWN)
    return names, places.to_numpy().astype(numpy.int64)


def _rows(type_, values, rests_on, period_start):
    columns = [
        pyarrow.array([type_] * len(values), pyarrow.string()),
        values.cast(pyarrow.string()),
        pyarrow.array([rests_on] * len(values), pyarrow.string()),
        pyarrow.array(numpy.full(len(values), period_start), pyarrow.date32()),
    ]
    return pyarrow.Table.from_arrays(columns, schema=COLUMNS)


def _problem(blocks, cells, who, least):
    """Return the problem of those of a week who count, None if nobody does."""
    if not who.any():
        return None
    places = [
        numpy.where(codes[who] == UNKNOWN, UNKNOWN, numpy.searchsorted(of_type, codes[who]))
        for of_type, codes in zip(cells, blocks, strict=True)
    ]
    return Problem.of(numpy.array(places), [len(of_type) for of_type in cells], least)


def _withheld(problem, cells, hidden):
    """Return the problem with all cells hidden that are withheld; `hidden`, (type, code) each, too.

    Cells of the week in which nobody counts are among them; of a week in which nobody does at all
    there is none.
    """
    if problem is None:
        return None
    places = [(type_, numpy.searchsorted(cells[type_], code)) for type_, code in hidden]
    problem = problem.where_hidden(places)
    withhold(problem)
    return problem
