"""Which cells of segments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; the words are those of that page. A *problem* is
one period, a week or a month, and one set of people who count. Its cells are sums over these
people. What is decided here is decided by who belongs where, not by a value.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy
import pyarrow
import pyarrow.compute

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

COLUMNS = pyarrow.schema(
    [
        ("segment_type", pyarrow.string()),
        ("segment_value", pyarrow.string()),
        ("rests_on", pyarrow.string()),
        ("period_start", pyarrow.date32()),
    ]
)

UNKNOWN = -1
# Of what is left of a cell after everything that is shown is taken away, this part is rounding.
ROUNDING = 1e-7
PROBES = 3


def model(dbt, session):
    """Return a row for each cell that is withheld, of a week or of a month's reach."""
    of_weeks = dbt.ref("counted_people").project("* rename (week_start as period_start)")
    of_months = dbt.ref("eligible_people").project("* rename (month_start as period_start)")
    exposed = dbt.ref("exposed_segment_cells").project("* rename (week_start as period_start)")
    if dbt.is_incremental:
        changed = dbt.ref("int_changed_windows").project(
            "unnest([week_start, week_start + 7, date_trunc('month', week_start + 6)::date])"
            " as period_start"
        )
        changed = changed.distinct().set_alias("changed")
        of_weeks, of_months, exposed = (
            relation.join(changed, "period_start", how="semi")
            for relation in (of_weeks, of_months, exposed)
        )
    parameters = dbt.ref("dim_parameters").to_arrow_table().to_pylist()
    # Before anything is loaded there are neither.
    least = [one["min_group_size"] for one in parameters]
    if not least:
        return COLUMNS.empty_table()
    return pyarrow.concat_tables(
        [
            withheld_cells(of_weeks.to_arrow_table(), exposed.to_arrow_table(), *least),
            withheld_cells(of_months.to_arrow_table(), COLUMNS.empty_table(), *least),
        ]
    )


def withheld_cells(people, exposed, least):
    """Return COLUMNS of the cells that are withheld: fewer people than `least` are not shown.

    `people` has period_start, a column for each segment type but the organisation, NULL where it is
    not known, and `counts_in`, for each count of people whether somebody is among them: one row a
    person and period. `exposed` has COLUMNS of cells that are not shown however many people they
    are.
    """
    people = people.sort_by("period_start")
    periods = people.column("period_start").to_numpy()
    names, blocks = zip(*(_coded(people, type_) for type_ in SEGMENT_TYPES), strict=True)
    counts = people.column("counts_in").combine_chunks()
    counted = {
        field.name: values.to_numpy(zero_copy_only=False)
        for field, values in zip(counts.type, counts.flatten(), strict=True)
    }
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
            found += [
                _rows(type_, type_names.take(codes), rests_on, periods[start])
                for type_, type_names, codes in zip(SEGMENT_TYPES, names, solved[key], strict=True)
            ]
    return pyarrow.concat_tables(found)


def _runs(values):
    """Yield where a run of one value begins and where it ends."""
    ends = numpy.flatnonzero(values[1:] != values[:-1]) + 1
    if len(values):
        yield from zip([0, *ends], [*ends, len(values)], strict=True)


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
    """Return for each type the codes of a week's cells that are withheld.

    Cells of the week in which nobody counts are among them, and those `hidden`: (type, code) each.
    """
    if problem is None:
        return cells
    places = [(type_, numpy.searchsorted(cells[type_], code)) for type_, code in hidden]
    problem = problem.where_hidden(places)
    withhold(problem)
    return [of_type[hidden] for of_type, hidden in zip(cells, problem.hidden, strict=True)]


@dataclass
class Few:
    """The groups of a few people that may not follow.

    Those who are in the same cells of some types, of whatever choice, and those of one cell who are
    not in another.

    Attributes
    ----------
    groups
        Of shape (choices of types, atoms): the number of each one's group.
    cells
        Of shape (types, atoms): the number of each one's cell.
    members
        Which groups are of a few people: choice, and number.
    outside
        Which cells are, but for a group that lies in them: choice and group, type and cell.
    """

    groups: numpy.ndarray
    cells: numpy.ndarray
    members: numpy.ndarray
    outside: numpy.ndarray

    @classmethod
    def of(cls, atoms, people, sizes, least):
        """Find the groups of fewer people than `least`."""
        types = [one for one, row in enumerate(atoms) if (row != row[0]).any()]
        width = max(len(of_type) for of_type in sizes) + 1
        cells = atoms + 1 + numpy.arange(len(atoms))[:, None] * width
        of_cells = numpy.bincount(cells.ravel(), numpy.tile(people, len(atoms)))
        parted = {(): numpy.zeros(len(people), dtype=numpy.int64)}
        groups, members, outside, count = [], [], [], 0
        for some in (some for k in range(len(types)) for some in combinations(types, k + 1)):
            codes = parted[some[:-1]] * (len(sizes[some[-1]]) + 1) + atoms[some[-1]] + 1
            _, first, parted[some] = numpy.unique(codes, return_index=True, return_inverse=True)
            size = numpy.bincount(parted[some], people)
            few = numpy.flatnonzero(size < least)
            members.append(numpy.stack([numpy.full(len(few), len(groups)), few + count]))
            for one in some if len(some) == 2 else ():
                around = cells[one][first]
                left = of_cells[around] - size
                few = numpy.flatnonzero((left > 0) & (left < least))
                choice = numpy.full((2, len(few)), [[len(groups)], [one]])
                outside.append(numpy.stack([choice[0], few + count, choice[1], around[few]]))
            groups.append(parted[some] + count)
            count += len(size)
        return cls(
            numpy.array(groups, dtype=numpy.int64).reshape(len(groups), len(people)),
            cells,
            numpy.concatenate([numpy.empty((2, 0), dtype=numpy.int64), *members], axis=1),
            numpy.concatenate([numpy.empty((4, 0), dtype=numpy.int64), *outside], axis=1),
        )

    def of_sum_zero(self, left):
        """Yield the atoms of each group of which nothing is left, whatever the atoms are."""
        of_groups, of_cells = _summed(self.groups, left), _summed(self.cells, left)
        choice, number = self.members
        for at in _nothing(of_groups[:, number]):
            yield (self.groups[choice[at]] == number[at]).astype(float)
        choice, number, type_, cell = self.outside
        for at in _nothing(of_cells[:, cell] - of_groups[:, number]):
            is_outside = self.groups[choice[at]] != number[at]
            yield ((self.cells[type_[at]] == cell[at]) & is_outside).astype(float)


@dataclass
class Problem:
    """The people who count, those of the same cells together, and what is hidden so far.

    Attributes
    ----------
    atoms
        Of shape (types, atoms): the place of each one's cell, UNKNOWN where none is known.
    people
        How many people an atom is.
    sizes
        For each type how many people its cells have.
    hidden
        For each type which of its cells are hidden.
    least
        Fewer people than this are nobody's business.
    few
        The groups of a few people that may not follow.
    turns
        For each type how often one of its cells was hidden.
    left
        What `few_are_left` found of two types, and at which of their turns.
    """

    atoms: numpy.ndarray
    people: numpy.ndarray
    sizes: list
    hidden: list
    least: int
    few: Few
    turns: list
    left: dict

    @classmethod
    def of(cls, places, cells, least):
        """Return the problem of people: of shape (types, people), a cell's place or UNKNOWN."""
        atoms, people = numpy.unique(places, axis=1, return_counts=True)
        sizes = [
            numpy.bincount(row[row != UNKNOWN], people[row != UNKNOWN], minlength=count)
            for row, count in zip(atoms, cells, strict=True)
        ]
        hidden = [size < least for size in sizes]
        few = Few.of(atoms, people, sizes, least)
        return cls(atoms, people, sizes, hidden, least, few, [0] * len(sizes), {})

    def where_hidden(self, cells):
        """Return the problem where some cells, (type, place) each, are hidden beside the small."""
        hidden = [of_type.copy() for of_type in self.hidden]
        for type_, place in cells:
            hidden[type_][place] = True
        return replace(self, hidden=hidden, turns=[0] * len(hidden), left={})

    def hide_smallest(self, cells):
        """Hide the smallest of some cells, (type, place) each; of equal ones the first."""
        type_, place = min(cells, key=lambda cell: (self.sizes[cell[0]][cell[1]], *cell))
        self.hidden[type_][place] = True
        self.turns[type_] += 1

    def shown(self, type_):
        """Return for each atom the place of its cell if that is shown, else UNKNOWN."""
        row = self.atoms[type_]
        # UNKNOWN is the last place.
        return numpy.where(numpy.append(self.hidden[type_], True)[row], UNKNOWN, row)

    def blocks(self, type_):
        """Return for each atom the place of its shown cell; the last block is all others."""
        shown = self.shown(type_)
        return numpy.where(shown == UNKNOWN, len(self.sizes[type_]), shown)


def withhold(problem):
    """Hide what the rules of docs/disclosure.md say, until nothing more has to be hidden."""
    while found := [*few_are_left(problem)] or [*what_follows(problem)]:
        # Who can be helped by few cells comes first, and may help others.
        for cells in sorted(found, key=len):
            if not any(problem.hidden[type_][place] for type_, place in cells):
                problem.hide_smallest(cells)


def few_are_left(problem):
    """Rule 2: a block without the other type's cells inside of it is enough people, or nobody.

    Yield, for each block or two that are not, the cells of which one has to be hidden.
    """
    types = range(len(problem.sizes))
    pairs = [(outer, inner) for outer in types for inner in types if outer != inner]
    turns = {pair: (problem.turns[pair[0]], problem.turns[pair[1]]) for pair in pairs}
    changed = [pair for pair in pairs if problem.left.get(pair, (None, ()))[0] != turns[pair]]
    for pair, has_few in zip(changed, _have_few(problem, changed), strict=True):
        found = list(_left_of_blocks(problem, *pair)) if has_few else []
        problem.left[pair] = turns[pair], found
    for pair in pairs:
        yield from problem.left[pair][1]


def _have_few(problem, pairs):
    """Tell for each pair of types, outer and inner, whether `_left_of_blocks` finds something.

    Mostly it does not. All pairs are looked at in one go, as if they were one of many blocks.
    """
    has_few = numpy.zeros(len(pairs), dtype=bool)
    if not pairs:
        return has_few
    blocks = {type_: problem.blocks(type_) for pair in pairs for type_ in pair}
    width = max(len(sizes) for sizes in problem.sizes) + 1
    count = len(pairs) * width
    first = numpy.arange(len(pairs)) * width
    crossing, place = numpy.unique(
        (numpy.array([blocks[outer] for outer, _ in pairs]) + first[:, None]) * count
        + (numpy.array([blocks[inner] for _, inner in pairs]) + first[:, None]),
        return_inverse=True,
    )
    people = numpy.bincount(place.ravel(), numpy.tile(problem.people, len(pairs)))
    outside, inside = crossing // count, crossing % count
    rest = first + [len(problem.sizes[inner]) for _, inner in pairs]
    of_outer = numpy.bincount(outside, people, count)
    is_whole = people == numpy.bincount(inside, people, count)[inside]
    one, other = _in_two(outside, inside)
    both, place = numpy.unique(outside[one] * count + outside[other], return_inverse=True)
    gained = numpy.bincount(place.ravel(), people[one] + people[other], len(both))
    for is_taken in (is_whole & (inside != rest[inside // width]), is_whole):
        left = of_outer - numpy.bincount(outside[is_taken], people[is_taken], count)
        of_both = left[both // count] + left[both % count] - gained
        has_few[numpy.flatnonzero((0 < left) & (left < problem.least)) // width] = True
        has_few[both[(0 < of_both) & (of_both < problem.least)] // count // width] = True
    return has_few


def _left_of_blocks(problem, outer, inner):
    outside, inside = problem.blocks(outer), problem.blocks(inner)
    rest = len(problem.sizes[inner])
    crossing, place = numpy.unique(outside * (rest + 1) + inside, return_inverse=True)
    people = numpy.bincount(place.ravel(), problem.people)
    outside, inside = crossing // (rest + 1), crossing % (rest + 1)
    of_outer = numpy.bincount(outside, people)
    of_inner = numpy.bincount(inside, people, minlength=rest + 1)
    is_whole = people == of_inner[inside]

    def without(is_taken):
        return of_outer - numpy.bincount(outside[is_taken], people[is_taken], len(of_outer))

    few = []
    # What is hidden of a type is known all together, and lies inside of a block or does not.
    for left in (without(is_whole & (inside != rest)), without(is_whole)):
        is_few = (0 < left) & (left < problem.least)
        few += [(block,) for block in numpy.flatnonzero(is_few).tolist()]
        # A cell that lies in two blocks is inside of both together.
        together = {}
        for one, other in zip(*_in_two(outside, inside), strict=True):
            pair = int(outside[one]), int(outside[other])
            together[pair] = together.get(pair, 0) + people[one] + people[other]
        few += [
            pair
            for pair, gained in together.items()
            if 0 < left[list(pair)].sum() - gained < problem.least
        ]
    for blocks in dict.fromkeys(few):
        of_few = numpy.isin(outside, blocks)
        within = numpy.bincount(inside[of_few], people[of_few], minlength=rest + 1) == of_inner
        cells = [(inner, place) for place in numpy.flatnonzero(within & (of_inner > 0)).tolist()]
        cells += [(outer, place) for place in blocks]
        shown = [cell for cell in cells if cell[1] < len(problem.sizes[cell[0]])]
        # A few of whom nothing is shown are left to the pair of types in which they are.
        if shown:
            yield shown


def _in_two(outside, inside):
    """Return both crossings of each cell of the inner type that lies in two blocks."""
    order = numpy.lexsort((outside, inside))
    both = order[numpy.bincount(inside)[inside[order]] == 2]
    return both[::2], both[1::2]


def what_follows(problem):
    """Rule 3: neither a hidden cell follows from what is shown, nor a few people.

    Yield, for each that does, the cells of which one has to be hidden.
    """
    known = Shown(problem)
    for type_, group in _that_follow(problem, known):
        if cells := known.cells_behind(type_, group):
            yield cells


def _that_follow(problem, known):
    """Yield the type, if it is one's cell, and the atoms of each group that follows from the shown.

    Random numbers stand for what the atoms are: where nothing is left of a group's sum once what is
    shown is taken away, the group follows.
    """
    drawn = numpy.random.default_rng(0).random((PROBES, len(problem.people)))
    left = known.left_over(drawn)
    for type_, row in enumerate(problem.atoms):
        is_hidden = (row != UNKNOWN) & (problem.shown(type_) == UNKNOWN)
        for place in numpy.unique(row[is_hidden]):
            group = (row == place).astype(float)
            sums = left @ group
            if abs(sums).max() < ROUNDING:
                yield type_, group
            elif problem.sizes[type_][place] > 1:
                yield from ((type_, rest) for rest in _with_one_person(problem, left, group, sums))
    yield from ((None, group) for group in problem.few.of_sum_zero(left))
    yield from ((None, group) for group in _two_atoms(problem, left))


def _with_one_person(problem, left, group, sums):
    """Yield what is left of a group without the one person whose number gives it away."""
    single = numpy.flatnonzero((problem.people == 1) & (abs(left[0]) > ROUNDING))
    times = sums[0] / left[0, single]
    is_multiple = (abs(sums[:, None] - times * left[:, single]) < ROUNDING).all(axis=0)
    for one, factor in zip(single[is_multiple], times[is_multiple], strict=True):
        rest = group.copy()
        rest[one] -= factor
        yield rest


def _two_atoms(problem, left):
    """Yield pairs of atoms, few people, of which opposite things are left."""
    few = numpy.flatnonzero((problem.people < problem.least) & (abs(left).max(axis=0) > ROUNDING))
    few = few[numpy.argsort(abs(left[0, few]), kind="stable")]
    one, other = few[:-1], few[1:]
    is_nothing = abs(left[:, one] + left[:, other]).max(axis=0, initial=0.0) < ROUNDING
    are_few = problem.people[one] + problem.people[other] < problem.least
    for pair in numpy.flatnonzero(is_nothing & are_few):
        group = numpy.zeros(len(problem.people))
        group[few[pair : pair + 2]] = 1.0
        yield group


def _nothing(sums):
    """Return the places at which all sums are nothing but rounding."""
    return numpy.flatnonzero(abs(sums).max(axis=0, initial=0.0) < ROUNDING)


def _summed(groups, left):
    """Return the sums of numbered groups of atoms, a row for each row of numbers."""
    return numpy.array(
        [numpy.bincount(groups.ravel(), numpy.tile(numbers, len(groups))) for numbers in left]
    )


class Shown:
    """The sums that are shown, as rows over atoms, and what can be said of a group by them.

    A group's sum follows from those shown where the row of its atoms is a combination of theirs:
    where nothing is left of it once what they span is taken away. One type has nearly all rows, and
    they do not overlap: of it no matrix is needed.
    """

    def __init__(self, problem):
        self.type = max(range(len(problem.sizes)), key=lambda one: len(problem.sizes[one]))
        self.place = problem.shown(self.type)
        self.has_place = self.place != UNKNOWN
        self.count = len(problem.sizes[self.type])
        atoms = self._by_place(numpy.ones(len(self.place)))
        self.share = numpy.divide(1.0, atoms, out=numpy.zeros(self.count), where=atoms > 0)
        self.cells = [
            (type_, int(place))
            for type_ in range(len(problem.sizes))
            if type_ != self.type
            for place in numpy.flatnonzero(~problem.hidden[type_] & (problem.sizes[type_] > 0))
        ]
        rows = [problem.atoms[type_] == place for type_, place in self.cells]
        self.rows = numpy.array(rows, dtype=float).reshape(len(rows), len(self.place))
        self.overlap = numpy.array([self._by_place(row) for row in self.rows])
        self.overlap = self.overlap.reshape(len(rows), self.count)
        # What the others add to the one type.
        inner = self.rows @ self.rows.T - (self.overlap * self.share) @ self.overlap.T
        self.inverse = numpy.linalg.pinv(inner, rcond=1e-10, hermitian=True)
        self.added = self.rows - self._at_place(self.overlap * self.share)

    def _by_place(self, values):
        """Sum values of atoms by the cells of the one type."""
        return numpy.bincount(
            self.place[self.has_place], values[self.has_place], minlength=self.count
        )

    def _at_place(self, values):
        """Return for each atom the value of its cell of the one type, 0 where that is hidden."""
        return numpy.where(self.has_place, values[..., self.place], 0.0)

    def left_over(self, vectors):
        """Return what is left of rows over atoms once what the shown sums span is taken away."""
        by_place = numpy.array([self._by_place(vector) for vector in vectors])
        factors = (vectors @ self.rows.T - (by_place * self.share) @ self.overlap.T) @ self.inverse
        return vectors - self._at_place(by_place * self.share) - factors @ self.added

    def cells_behind(self, type_, group):
        """Return the shown cells of which a group is a combination, its own type's if there are any."""
        by_place = self._by_place(group)
        factors = self.inverse @ (self.rows @ group - self.overlap @ (self.share * by_place))
        of_type = self.share * (by_place - self.overlap.T @ factors)
        behind = [(self.type, int(place)) for place in numpy.flatnonzero(abs(of_type) > 1e-6)]
        behind += [
            cell for cell, factor in zip(self.cells, factors, strict=True) if abs(factor) > 1e-6
        ]
        return [cell for cell in behind if cell[0] == type_] or behind
