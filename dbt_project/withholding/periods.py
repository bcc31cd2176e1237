"""A period's people as problems: who counts in what, and in which cells they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute

from dbt_project.withholding.problem import UNKNOWN, Flags, Integers, Numbers, Problem
from dbt_project.withholding.rules import withhold
from dbt_project.withholding.widths import withhold_what_is_narrow

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

Named = tuple[str, str]
"""A cell: the type and the name of its segment."""


class Period:
    """The people of a period.

    Parameters
    ----------
    start
        Its first day.
    names
        For each type of segment all names, in order.
    codes
        For each type the number of each person's segment among these, UNKNOWN where none is known.
    counted
        For each count of people whether somebody is among them.
    numbers
        For some of these what somebody has.
    least
        Fewer people than this are not shown.
    """

    def __init__(
        self,
        start: date,
        names: list[pa.Array],
        codes: list[Integers],
        counted: Mapping[str, Flags],
        numbers: Mapping[str, Numbers],
        least: int,
    ) -> None:
        self.start, self.counted, self.numbers = start, counted, numbers
        self.least = least
        cells = [np.unique(of_type[of_type != UNKNOWN]) for of_type in codes]
        self.names = [of_type.take(some) for of_type, some in zip(names, cells, strict=True)]
        self._places = np.array(
            [
                np.where(of_type == UNKNOWN, UNKNOWN, np.searchsorted(some, of_type))
                for some, of_type in zip(cells, codes, strict=True)
            ]
        )
        self._problems: dict[bytes, Problem | None] = {}
        self._solved: dict[tuple, Problem | None] = {}

    def problem(
        self, rests_on: str, hidden: Iterable[Named] = (), known: Iterable[Named] = ()
    ) -> Problem | None:
        """Return the problem of those who count, None if nobody does.

        The small cells are hidden, and those that are named; but some are known whatever is hidden.
        """
        who = self.counted[rests_on]
        key = who.tobytes()
        if key not in self._problems:
            counts = [len(of_type) for of_type in self.names]
            places = self._places[:, who]
            self._problems[key] = Problem.of(places, counts, self.least) if who.any() else None
        problem = self._problems[key]
        if problem is None:
            return None
        flags = [np.zeros(len(of_type), dtype=bool) for of_type in self.names]
        for type_, place in self._at(known):
            flags[type_][place] = True
        return problem.where_hidden(self._at(hidden)).where_fixed(flags)

    def solved(
        self,
        rests_on: str,
        hidden: AbstractSet[Named] = frozenset(),
        fixed: AbstractSet[Named] = frozenset(),
        most: float | None = None,
    ) -> Problem | None:
        """Return the problem of those who count with all hidden that the rules say.

        Parameters
        ----------
        rests_on
            Who counts.
        hidden
            Cells that are hidden however many people they are.
        fixed
            Cells that are known whatever is hidden.
        most
            What somebody can have at most, where nothing may be bounded too narrowly.
        """
        key = self.counted[rests_on].tobytes(), frozenset(hidden), frozenset(fixed)
        if key not in self._solved:
            problem = self.problem(rests_on, hidden, fixed)
            if problem is not None:
                withhold(problem)
            self._solved[key] = problem
        problem = self._solved[key]
        if most is None or problem is None or rests_on not in self.numbers:
            return problem
        narrow = rests_on, *key
        if narrow not in self._solved:
            self._solved[narrow] = problem.where_hidden([])
            has = self.numbers[rests_on][self.counted[rests_on]]
            withhold_what_is_narrow(self._solved[narrow], has, most)
        return self._solved[narrow]

    def names_of(self, type_: str) -> list[str]:
        """Return the names of a type's segments, in order."""
        return self.names[SEGMENT_TYPES.index(type_)].to_pylist()

    def has(self, rests_on: str) -> Numbers:
        """Return what everybody has, whoever does not count too; 0 where nothing is known."""
        nothing = np.zeros(self._places.shape[1])
        return np.nan_to_num(self.numbers.get(rests_on, nothing))

    def count(self, type_: str, people: Flags) -> dict[str, int]:
        """Count some people by their segment of a type."""
        of_type = SEGMENT_TYPES.index(type_)
        places, counts = np.unique(self._places[of_type][people], return_counts=True)
        return {
            self.names[of_type][place].as_py(): count
            for place, count in zip(places.tolist(), counts.tolist(), strict=True)
            if place != UNKNOWN
        }

    def has_all(self, type_: str) -> bool:
        """Tell whether everybody is in a segment of a type."""
        return bool((self._places[SEGMENT_TYPES.index(type_)] != UNKNOWN).all())

    def name_of(self, cell: tuple[int, int]) -> Named:
        """Return type and name of a cell, type and place."""
        type_, place = cell
        return SEGMENT_TYPES[type_], self.names[type_][place].as_py()

    def atoms_of(self, problem: Problem, type_: str, names: Sequence[str]) -> Numbers:
        """Return 1 where an atom of a problem is in a segment, (names, atoms)."""
        places = {name: place for place, name in enumerate(self.names_of(type_))}
        atoms = problem.atoms[SEGMENT_TYPES.index(type_)]
        # Nobody is at the place beyond all.
        return np.array([atoms == places.get(name, len(places)) for name in names], dtype=float)

    def shown(self, problem: Problem | None, type_: str) -> set[str]:
        """Return the names of a type's segments that are not hidden; none where nobody counts."""
        if problem is None:
            return set()
        hidden = problem.withheld(SEGMENT_TYPES.index(type_))
        return {name for name, flag in zip(self.names_of(type_), hidden, strict=True) if not flag}

    def withheld(self, problem: Problem | None) -> list[Named]:
        """Return all cells that are hidden, in order; every one where nobody counts."""
        return [
            (type_, name)
            for at, (type_, names) in enumerate(zip(SEGMENT_TYPES, self.names, strict=True))
            for name in (
                names if problem is None else names.filter(problem.withheld(at))
            ).to_pylist()
        ]

    def without(self, people: Flags) -> set[Named]:
        """Return the cells in which none of some people are."""
        found = set()
        for type_, names, places in zip(SEGMENT_TYPES, self.names, self._places, strict=True):
            of_some = np.bincount(places[people & (places != UNKNOWN)], minlength=len(names))
            found |= {(type_, names[int(at)].as_py()) for at in np.flatnonzero(of_some == 0)}
        return found

    def _at(self, cells: Iterable[Named]) -> list[tuple[int, int]]:
        """Return type and place of cells; of those of nobody nothing."""
        found = []
        for type_, name in cells:
            of_type = SEGMENT_TYPES.index(type_)
            place = pyarrow.compute.index(self.names[of_type], name).as_py()
            if place != UNKNOWN:
                found.append((of_type, place))
        return found


def periods(people: pa.Table, least: int) -> Iterator[Period]:
    """Yield each period of people.

    Parameters
    ----------
    people
        One row a person and period: period_start, a column for each segment type but the
        organisation, NULL where it is not known, `counts_in`, for each count of people whether
        somebody is among them, and, if it is there, `has`, what somebody has.
    least
        Fewer people than this are not shown.
    """
    people = people.sort_by("period_start")
    starts = people.column("period_start").to_numpy()
    names, codes = zip(*(_coded(people, type_) for type_ in SEGMENT_TYPES), strict=True)
    counted, numbers = _fields(people, "counts_in"), _fields(people, "has")
    ends = np.flatnonzero(starts[1:] != starts[:-1]) + 1
    runs = zip([0, *ends], [*ends, len(starts)], strict=True) if len(starts) else ()
    for start, end in runs:
        yield Period(
            people.column("period_start")[int(start)].as_py(),
            list(names),
            [of_type[start:end] for of_type in codes],
            {name: flags[start:end] for name, flags in counted.items()},
            {name: has[start:end] for name, has in numbers.items()},
            least,
        )


def _fields(people: pa.Table, column: str) -> dict[str, np.ndarray]:
    """Return the fields of a column of structs by name; nothing if there is no such column."""
    if column not in people.column_names:
        return {}
    structs = people.column(column).combine_chunks()
    return {
        field.name: structs.field(field.name).to_numpy(zero_copy_only=False)
        for field in structs.type
    }


def _coded(people: pa.Table, type_: str) -> tuple[pa.Array, Integers]:
    """Return a type's names in order, and the place of each person's among them."""
    if type_ == "organisation":
        return pa.array(["all"]), np.zeros(len(people), dtype=np.int64)
    column = people.column(type_).cast(pa.string())
    names = column.unique().drop_null().sort()
    places = pyarrow.compute.index_in(column, names).fill_null(UNKNOWN)
    return names, places.to_numpy().astype(np.int64)
