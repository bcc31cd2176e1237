"""Which ties of departments are hidden so that with the means of departments none follows.

The ties of a department with others are the sum of its people's contacts in other departments, and
those within are, twice, what is left of their network sizes: of those who count in means, and of
whoever does not, such as people who have just come. So what passes within is as known as the two
means are, and what a few have who do not count is what is left of both. What passes between
departments are the edges of a graph: the sum at a node is known where the department's mean is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import NamedTuple

import numpy as np

from dbt_project.withholding.pairs import Pair, joined, rests_too_small
from dbt_project.withholding.periods import Named, Period
from dbt_project.withholding.problem import Numbers, Problem
from dbt_project.withholding.shown import Shown

DEPARTMENT, ORGANISATION = "department", "organisation"

# Who counts in the means of all contacts, and of those in other departments.
MEANS = "network_size_people", "cross_department_contacts_people"

# A sum of which so little is left is known.
ROUNDING = 1e-7

# What is known, or not, of a department, of those who do not count in its means, and of two.
ALL, OUTSIDE, WITHIN, BETWEEN = "all", "outside", "within", "between"
OTHERS_OUTSIDE, OTHERS_WITHIN = "others outside", "others within"

# So many more random numbers than unknowns: nothing vanishes by chance.
SOME_MORE = 3


class Sums(NamedTuple):
    """What is known of the sums at departments: of all ties, and of those with others.

    Attributes
    ----------
    departments
        Their names.
    all_known, outside_known
        Of shape (combinations, departments): which combinations of the sums are known.
    all_hidden, outside_hidden
        The departments of which a sum is hidden, and may not follow.
    is_whole
        Whether everybody has a department: then the network sizes of all are those of departments.
    others_outside, others_within
        How many people have ties outside of their department, or within, and do not count in means;
        by department.
    others_known
        Whether it is known what all of these have together: the organisation says of itself what
        everybody has, where they are enough people.
    all_behind, outside_behind
        Name a cell that has to be hidden for a combination of sums not to be known; None if there
        is none.
    """

    departments: Sequence[str]
    all_known: Numbers
    outside_known: Numbers
    all_hidden: AbstractSet[str]
    outside_hidden: AbstractSet[str]
    is_whole: bool = True
    others_outside: Mapping[str, int] = {}
    others_within: Mapping[str, int] = {}
    others_known: bool = False
    all_behind: Callable[[Numbers], Named | None] = lambda _: None
    outside_behind: Callable[[Numbers], Named | None] = lambda _: None


class Exposed(NamedTuple):
    """The cells of both means that have to be hidden too, for something to remain hidden."""

    all: set[Named]
    outside: set[Named]


def withhold_beside_means(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    least: int,
    sums_without: Callable[[Exposed], Sums],
    exposed: Exposed,
) -> Exposed:
    """Return the cells of means that are hidden for the sake of ties.

    Parameters
    ----------
    people, behind, least
        As in `withhold_pairs`.
    sums_without
        Says what is known of the sums where some cells are hidden.
    exposed
        Those that are hidden anyhow.
    """
    while True:
        before = exposed
        _, more = withhold_ties(people, behind, least, sums_without(exposed))
        exposed = Exposed(exposed.all | more.all, exposed.outside | more.outside)
        if exposed == before:
            return exposed


def withhold_ties(
    people: Mapping[Pair, int],
    behind: Mapping[Pair, AbstractSet[int]],
    least: int,
    sums: Sums,
    hidden: AbstractSet[Pair] = frozenset(),
    *,
    is_change: bool = False,
) -> tuple[set[Pair], Exposed]:
    """Return the pairs, two departments in order each, of which the ties are hidden.

    Where there are none between two, though something else passes between them, that is hidden too:
    nobody sees that it is nothing, as long as both departments hide something. And return the cells
    of means that would have to be hidden too; if there are any, that is not enough.

    Parameters
    ----------
    people, behind, least, hidden
        As in `withhold_pairs`.
    sums
        What is known of the sums of departments.
    is_change
        Whether all this is by how much something changed: of that the organisation says nothing of
        itself.
    """
    return _Matrix(people, behind, least, sums, hidden, is_change=is_change).withheld()


def known_anyway(period: Period, people: Mapping[Pair, int]) -> Exposed:
    """Return the cells of both means that are known from which pairs of departments have ties.

    Of who has none at all, or none with others; of who has all that there are; and of all together.
    `people` is as `withhold_pairs` takes it.
    """
    sums = sums_of(period, None, None, people)
    pairs = [pair for pair in people if people[pair] or people[pair[::-1]]]
    within = {a for a, b in pairs if a == b}
    with_others = {a for a, b in pairs if a != b}
    edges = {pair for pair in pairs if pair[0] < pair[1]}
    empty = {(a, b) for a, b in people.keys() - {*pairs} if a < b}
    equations = _Equations(sums, sorted(edges | unseen(empty, edges)), pairs)
    follow = equations.that_follow(_Span(equations.structure))
    found = Exposed({(ORGANISATION, "all")}, {(ORGANISATION, "all")})
    for cells, kind, have_some in (
        (found.all, ALL, within | with_others),
        (found.outside, OUTSIDE, with_others),
    ):
        some = {
            one for one in sums.departments if one not in have_some or (kind, one, one) in follow
        }
        cells.update((DEPARTMENT, one) for one in some)
    return found


def unseen(empty: Iterable[Pair], hidden: Iterable[Pair]) -> set[Pair]:
    """Return the pairs without ties of which both departments hide some with others.

    Of a department that hides no ties the sum says that there are none in what it hides.
    """
    with_some = {one for a, b in hidden if a != b for one in (a, b)}
    return {(a, b) for a, b in empty if a != b and {a, b} <= with_some}


class _Matrix:
    """The pairs of departments that have ties, and what is hidden of them so far."""

    def __init__(
        self,
        people: Mapping[Pair, int],
        behind: Mapping[Pair, AbstractSet[int]],
        least: int,
        sums: Sums,
        hidden: AbstractSet[Pair],
        *,
        is_change: bool,
    ) -> None:
        self.behind, self.least, self.sums = behind, least, sums
        self.empty = {(a, b) for a, b in people if a <= b and people[a, b] == people[b, a] == 0}
        people = {
            pair: count
            for pair, count in people.items()
            if (min(pair), max(pair)) not in self.empty
        }
        self.people = people
        self.size = {(a, b): min(people[a, b], people[b, a]) for a, b in people if a < b}
        self.with_others = {a for a, b in people if a != b}
        self.within = {a for a, b in people if a == b}
        # What means of all together say, as of one pair alone, the organisation says of itself.
        equations = self._equations({*self.size})
        settled = equations.that_follow(_Span(equations.structure))
        self.whatever_is_hidden = set() if is_change else settled
        # Whose sums can be hidden: they are not known anyway.
        known = self.whatever_is_hidden
        self.all_open = {
            one for one in self.within | self.with_others if (ALL, one, one) not in known
        }
        self.outside_open = {one for one in self.with_others if (OUTSIDE, one, one) not in known}
        self.few = {a for a in self.within if people[a, a] < least or (a, a) in hidden}
        few_others = {one for one, count in sums.others_within.items() if 0 < count < least}
        # What passes within is as known as the two sums are, but for those who are in none.
        self.unknown = self.within & (
            self.few | few_others | sums.all_hidden | sums.outside_hidden & self.outside_open
        )
        self.few -= few_others
        self.hidden = {pair for pair, size in self.size.items() if size < least or pair in hidden}
        self.exposed = Exposed(set(), set())

    def withheld(self) -> tuple[set[Pair], Exposed]:
        """Hide pairs until nothing follows; expose sums where there is none left to hide."""
        # Where nothing passes within, or with others, that is known: the two sums are one, or one
        # sum is nothing.
        alike = self.with_others - self.within
        self._expose_outside(self.few & self.outside_open | self.sums.all_hidden & alike)
        self._expose_all(self.few - self.outside_open | self.sums.outside_hidden & alike)
        while self._hides_more():
            pass
        within = {(one, one) for one in self.unknown}
        return self.hidden | within | self.empty, self.exposed

    def _hides_more(self) -> bool:
        """Hide a pair for each that follows, or expose a sum; tell whether a pair was hidden."""
        before = len(self.hidden)
        shown = self.size.keys() - self.hidden
        within = {(one, one) for one in self.unknown}
        # A mean says how much all the pairs of a department are together.
        between = {pair: count for pair, count in self.people.items() if pair[0] != pair[1]}
        sums = self.sums
        inexact = {*sums.others_outside, *sums.others_within}
        for people, hidden, unknown, expose in (
            (between, self.hidden, sums.outside_hidden, self._expose_outside),
            (self.people, self.hidden | within, sums.all_hidden | inexact, self._expose_all),
        ):
            known = {*sums.departments} - unknown
            for departments in rests_too_small(people, self.behind, hidden, known, self.least):
                if around := {pair for pair in shown if departments & {*pair}}:
                    self._hide_one(around, departments)
                expose(set() if around else departments)
        if len(self.hidden) == before:
            for departments in [*self._that_follow(shown)]:
                self._hide_one(
                    {pair for pair in shown if departments & {*pair}} or shown, departments
                )
        return len(self.hidden) > before

    def _hide_one(self, pairs: AbstractSet[Pair], departments: AbstractSet[str]) -> None:
        """Hide one of some pairs, if none of them is: of the fewest people, best within some."""
        if not pairs & self.hidden:
            # What joins nobody else comes first.
            self.hidden.add(
                min(pairs, key=lambda pair: (not {*pair} <= departments, self.size[pair], pair))
            )

    def _that_follow(self, shown: AbstractSet[Pair]) -> Iterator[set[str]]:
        """Yield, for each hidden pair or sum that follows, whom pairs join with it.

        Of other sums, and where no pair is left that could be hidden, the sum of one department
        more is exposed; where there is none, another segment from which it follows.
        """
        sums = self.sums
        equations = self._equations(self.hidden)
        is_shown = [one in self.within - self.unknown for one in sums.departments]
        known = _Span(
            np.vstack(
                [
                    sums.all_known @ equations.all,
                    sums.outside_known @ equations.outside,
                    equations.within[is_shown],
                    equations.structure,
                ]
            )
        )
        for what in sorted(equations.that_follow(known) - self.whatever_is_hidden):
            kind, one, other = what
            if (one, other) in self.empty:
                continue
            if kind == ALL and one in sums.all_hidden:
                more = self._smallest(self.all_open - sums.all_hidden)
                self._expose_all(more)
            elif (kind == WITHIN and one in self.unknown) or (
                kind == OTHERS_WITHIN and sums.others_within[one] < self.least
            ):
                more = self._smallest(self.within - self.unknown)
                self._expose_within(more)
            elif (
                kind == BETWEEN
                or (kind == OUTSIDE and one in sums.outside_hidden)
                or (kind == OTHERS_OUTSIDE and sums.others_outside[one] < self.least)
            ):
                departments = joined(self.hidden, (one, other))
                if shown:
                    yield departments
                    continue
                can_be_hidden = self.outside_open - sums.outside_hidden
                more = self._smallest(departments & can_be_hidden or can_be_hidden)
                self._expose_outside(more)
            else:
                continue
            if not more:
                factors = known.factors(equations.rows[what])
                first, second = len(sums.all_known), len(sums.all_known) + len(sums.outside_known)
                of_all = factors[:first] @ sums.all_known
                outside = factors[first:second] @ sums.outside_known
                self.exposed.all.update(filter(None, [sums.all_behind(of_all)]))
                self.exposed.outside.update(filter(None, [sums.outside_behind(outside)]))

    def _equations(self, hidden: AbstractSet[Pair]) -> _Equations:
        return _Equations(self.sums, sorted(hidden | unseen(self.empty, hidden)), self.people)

    def _expose_within(self, departments: AbstractSet[str]) -> None:
        self._expose_outside(departments & self.outside_open)
        self._expose_all(departments - self.outside_open)

    def _expose_all(self, departments: AbstractSet[str]) -> None:
        hidden = self.sums.all_hidden
        self.exposed.all.update((DEPARTMENT, one) for one in departments & self.all_open - hidden)

    def _expose_outside(self, departments: AbstractSet[str]) -> None:
        hidden = self.sums.outside_hidden
        self.exposed.outside.update(
            (DEPARTMENT, one) for one in departments & self.outside_open - hidden
        )

    def _smallest(self, departments: AbstractSet[str]) -> set[str]:
        """Return the department of which the fewest people have ties, if there is one."""
        most = {
            one: max((count for pair, count in self.people.items() if pair[0] == one), default=0)
            for one in departments
        }
        return set(sorted(most, key=lambda one: (most[one], one))[:1])


class _Equations:
    """What is unknown of ties, and how it hangs together: rows over all that is unknown.

    Parameters
    ----------
    sums
        Each of its departments has two unknown sums, of all ties and of those with others, and two
        of those who are in neither.
    edges
        The pairs of two departments that are unknown.
    pairs
        All pairs that have ties.

    Attributes
    ----------
    all, outside
        The rows of the sums of each department.
    within
        The rows of what passes within each, twice.
    structure
        What is known whatever is hidden.
    rows
        The row of each sum and pair, by kind and departments.
    """

    def __init__(self, sums: Sums, edges: Sequence[Pair], pairs: Iterable[Pair]) -> None:
        departments = sums.departments
        with_any = {one for pair in pairs for one in pair}
        with_others = {one for pair in pairs for one in pair if pair[0] != pair[1]}
        has_within = {a for a, b in pairs if a == b}
        count = len(departments)
        cuts = [count, 2 * count, 3 * count, 4 * count]
        parts = np.split(np.eye(4 * count + len(edges)), cuts)
        self.all, self.outside, others_outside, others_within, between = parts
        self.within = self.all - self.outside + others_within
        ends = np.array([[float(one in edge) for edge in edges] for one in departments])
        ends = ends.reshape(count, len(edges))
        self.structure = np.vstack(
            [
                # Of who has none with others, nothing.
                self.outside + others_outside - ends @ between,
                self.within[[one not in has_within for one in departments]],
                others_outside[[one not in sums.others_outside for one in departments]],
                others_within[[one not in sums.others_within for one in departments]],
                self.outside.sum(axis=0),
                self.all.sum(axis=0) if sums.is_whole else np.zeros_like(self.all[0]),
                # What all have, within and with others, the organisation says of itself.
                *([others_outside.sum(axis=0), others_within.sum(axis=0)] * sums.others_known),
            ]
        )
        self.rows: dict[tuple[str, str, str], Numbers] = {
            (BETWEEN, *edge): row for edge, row in zip(edges, between, strict=True)
        }
        for kind, rows, some in (
            (ALL, self.all, with_any),
            (OUTSIDE, self.outside, with_others),
            (WITHIN, self.within, has_within),
            (OTHERS_OUTSIDE, others_outside, sums.others_outside),
            (OTHERS_WITHIN, others_within, sums.others_within),
        ):
            for one, row in zip(departments, rows, strict=True):
                if one in some:
                    self.rows[kind, one, one] = row

    def that_follow(self, known: _Span) -> set[tuple[str, str, str]]:
        """Return the sums and pairs, by kind and departments, that follow from what is known."""
        return {what for what, row in self.rows.items() if known.has(row)}


class _Span:
    """What some rows span."""

    def __init__(self, rows: Numbers) -> None:
        self.inverse = np.linalg.pinv(rows, rcond=1e-9)
        self.spanned = self.inverse @ rows

    def has(self, row: Numbers) -> bool:
        """Tell whether a row is a combination of these rows."""
        return bool(np.abs(row - row @ self.spanned).max(initial=0.0) < ROUNDING)

    def factors(self, row: Numbers) -> Numbers:
        """Return how much of each of these rows is in one."""
        return row @ self.inverse


def sums_of(
    period: Period, of_all: Problem | None, outside: Problem | None, pairs: Iterable[Pair]
) -> Sums:
    """Return what is known of the sums at departments where means are shown.

    Parameters
    ----------
    period
        The week.
    of_all, outside
        The problems of those who count in network sizes, and in contacts in other departments;
        None where nobody does.
    pairs
        The pairs of departments that have ties.
    """
    named = {*period.names_of(DEPARTMENT), *(one for pair in pairs for one in pair)}
    departments = sorted(named)
    known, behind = [], []
    for problem in (of_all, outside):
        rows = np.zeros((0, len(departments)))
        if problem is not None:
            groups = period.atoms_of(problem, DEPARTMENT, departments)
            counted = groups.any(axis=1)
            combinations = known_combinations(problem, groups[counted])
            rows = np.zeros((len(combinations), len(departments)))
            rows[:, counted] = combinations
        known.append(rows)
        behind.append(partial(_cell_behind, period, problem, departments))
    hidden = ({*departments} - period.shown(problem, DEPARTMENT) for problem in (of_all, outside))
    others = others_of(period)
    counts = {sum(of_departments.values()) for of_departments in others} - {0}
    others_known = bool(counts) and min(counts) >= period.least
    is_whole = period.has_all(DEPARTMENT)
    return Sums(departments, *known, *hidden, is_whole, *others, others_known, *behind)


def others_of(period: Period) -> tuple[dict[str, int], dict[str, int]]:
    """Count by department who has ties outside, and within, and does not count in means."""
    of_all, outside = (period.has(count) for count in MEANS)
    return (
        period.count(DEPARTMENT, (outside > 0) & ~period.counted[MEANS[1]]),
        period.count(DEPARTMENT, (of_all > outside) & ~period.counted[MEANS[0]]),
    )


def _cell_behind(
    period: Period, problem: Problem | None, departments: Sequence[str], combination: Numbers
) -> Named | None:
    """Name the smallest cell of which a combination of departments' sums is made."""
    if problem is None:
        return None
    group = combination @ period.atoms_of(problem, DEPARTMENT, departments)
    behind = Shown(problem).cells_behind(None, group)
    # The mean of all people is taken as known, whatever is hidden.
    cells = [cell for cell in behind if period.name_of(cell)[0] != ORGANISATION]
    return period.name_of(problem.smallest(cells)) if cells else None


def known_combinations(problem: Problem, groups: Numbers) -> Numbers:
    """Return which combinations of some groups' sums follow from those shown of a problem.

    Parameters
    ----------
    problem
        The problem.
    groups
        Of shape (groups, atoms): 1 where an atom is in a group.

    Returns
    -------
    numpy.ndarray
        Of shape (combinations, groups).
    """
    drawn = np.random.default_rng(0).random((len(groups) + SOME_MORE, groups.shape[1]))
    left = Shown(problem).left_over(drawn) @ groups.T
    _, factors, combinations = np.linalg.svd(left)
    return combinations[int((factors > ROUNDING * max(1.0, factors.max(initial=0.0))).sum()) :]
