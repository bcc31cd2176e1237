"""The audit of `bi.unit_pair_weeks`: what the matrix of departments gives away.

A pair has one number from both sides. Of a department the sum over all pairs may be known: shares
are parts of it, ties together are the network sizes of its people, and those with others their
contacts in other departments, where these means are published. What both tables say together is
looked at in `ties`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

import duckdb
import numpy as np
from scipy.optimize import linprog

from dagster_pipelines.disclosure import exact, ties
from dagster_pipelines.disclosure.bounds import NARROW, ROUNDING, WIDTH
from dagster_pipelines.disclosure.ties import Matrix, Pair
from dagster_pipelines.sqlfiles import SQL, statements

TABLE = "bi.unit_pair_weeks"
QUESTIONS = SQL / "disclosure" / "unit_pair_weeks.sql"

ONE_SIDE = "a pair is withheld in one direction alone"
UNLIKE = "the share of a pair is withheld and its interactions are not, or the other way round"
FOLLOWS = "a withheld pair follows from the sums of its departments"
FEW_SHOWN = "a pair is shown that rests on fewer people of a side than may be shown"
FEW_HIDDEN = "fewer people of a department than may be shown are behind all its withheld pairs"


def audit(
    warehouse: duckdb.DuckDBPyConnection,
    candidate: duckdb.DuckDBPyConnection,
    stated_before: set[tuple[date, str]],
    least: int,
    progress: Callable[[int, int], None],
) -> Iterator[str]:
    """Yield a sentence for each figure of a week that gives a few people away.

    Parameters as for `segments.audit`.
    """
    asks = statements(QUESTIONS)
    weeks = [week for (week,) in candidate.execute(asks["weeks"]).fetchall()]
    for done, week in enumerate(weeks, start=1):
        parameters = {"week_start": week}
        hidden: dict[str, dict[Pair, bool]] = defaultdict(dict)
        for one, other, metric, is_withheld in candidate.execute(
            asks["cells"], parameters
        ).fetchall():
            hidden[metric][one, other] = is_withheld
        if hidden["share"] != hidden["interactions"]:
            yield f"{TABLE}, week of {week}: {UNLIKE}."
        people = _people(warehouse.execute(asks["people"], parameters).fetchall())
        matrix = Matrix(hidden["ties"], _empty(hidden["ties"], people["ties"]))
        # Where interactions and share are shown, their ratio is the sum.
        with_a_sum = {pair[0] for pair, withheld in hidden["share"].items() if not withheld}
        known = {
            mean: {
                name
                for (name,) in candidate.execute(
                    asks["shown"], {"metric": mean, **parameters}
                ).fetchall()
                if (week, mean) not in stated_before
            }
            - anyway
            for mean, anyway in _not_of_pairs(warehouse, asks, week, matrix, least).items()
        }
        between = {pair: flag for pair, flag in hidden["ties"].items() if pair[0] != pair[1]}
        for metric, cells, of_departments in (
            ("ties", hidden["ties"], known[ties.EVERYBODY]),
            ("ties", between, known[ties.OUTSIDE]),
            ("interactions", hidden["interactions"], with_a_sum),
        ):
            found = revealed(cells, people[metric], of_departments, least)
            for how, count in found.items():
                yield f"{TABLE}, week of {week}: {metric}, {count} times: {how}."
        rows = warehouse.execute(asks["interactions"], parameters).fetchall()
        numbers = {(one, other): number for one, other, number in rows}
        if count := narrow(hidden["interactions"], numbers, with_a_sum):
            yield f"{TABLE}, week of {week}: interactions, {count} times: {NARROW}."
        progress(done, len(weeks))


def narrow(
    is_withheld: Mapping[Pair, bool], numbers: Mapping[Pair, int], known: AbstractSet[str]
) -> int:
    """Count the withheld pairs whose number is bounded too narrowly; each has one at least.

    Parameters
    ----------
    is_withheld
        For each pair, in each direction, whether its number is withheld.
    numbers
        What it is.
    known
        The departments of which the sum over all pairs is known.
    """
    edges = sorted(
        pair for pair, withheld in is_withheld.items() if withheld and pair <= pair[::-1]
    )
    departments = sorted({one for edge in edges for one in edge if one in known})
    if not departments:
        return 0
    rows = np.array([[float(one in edge) for edge in edges] for one in departments])
    values = np.array([numbers[edge] for edge in edges], dtype=float)
    count = 0
    for at, value in enumerate(values):
        ways = np.eye(len(edges))[at] * np.array([[1.0], [-1.0]])
        ends = [
            linprog(way, A_eq=rows, b_eq=rows @ values, bounds=(1.0, None), method="highs")
            for way in ways
        ]
        # What is not bounded from above has no other end.
        if all(end.success for end in ends):
            width = -sum(end.fun for end in ends)
            count += width < WIDTH * value * (1 - ROUNDING)
    return count


def _not_of_pairs(
    warehouse: duckdb.DuckDBPyConnection,
    asks: Mapping[str, str],
    week: date,
    matrix: Matrix,
    least: int,
) -> dict[str, set[str]]:
    """Return, for both means, the departments of which they say no more of pairs than is known.

    What those have who are known anyway the organisation says of itself. Where somebody has ties
    and is in no mean, the mean is not that of all pairs.
    """
    parameters = {"week_start": week}
    others = warehouse.execute(asks["others"], parameters).fetchall()
    [(lost,)] = warehouse.execute(asks["without_department"], parameters).fetchall()
    departments = ties.Departments(
        sorted({one for pair in matrix.is_withheld for one in pair}),
        {one: count for one, count, _ in others},
        {one: count for one, _, count in others},
        everybody_has_one=not lost,
        least=least,
    )
    anyway = ties.known_anyway(departments, matrix)
    inexact = {one for one, *_ in others}
    return {
        mean: settled | inexact
        for mean, settled in zip((ties.EVERYBODY, ties.OUTSIDE), anyway, strict=True)
    }


def matrices(
    warehouse: duckdb.DuckDBPyConnection, candidate: duckdb.DuckDBPyConnection
) -> dict[date, Matrix]:
    """Return for each week which ties of departments are withheld."""
    asks = statements(QUESTIONS)
    found: dict[date, Matrix] = defaultdict(lambda: Matrix({}, set()))
    for week, one, other, is_withheld in candidate.execute(asks["ties"]).fetchall():
        found[week].is_withheld[one, other] = is_withheld
    for week, one, other in warehouse.execute(asks["without_ties"]).fetchall():
        if week in found:
            found[week].empty.add((one, other))
    return found


def _people(rows: list[tuple[str, str, int, bool]]) -> dict[str, dict[Pair, set[int]]]:
    """Return who of the first department is behind a pair, by what is counted."""
    people: dict[str, dict[Pair, set[int]]] = {
        "ties": defaultdict(set),
        "interactions": defaultdict(set),
    }
    for one, other, person, is_tied in rows:
        people["interactions"][one, other].add(person)
        if is_tied:
            people["ties"][one, other].add(person)
    return people


def _empty(pairs: Iterable[Pair], people: Mapping[Pair, AbstractSet[int]]) -> set[Pair]:
    """Return the pairs of which nobody of either side has anything."""
    return {pair for pair in pairs if not people.get(pair) and not people.get(pair[::-1])}


def revealed(
    is_withheld: dict[Pair, bool],
    people: dict[Pair, set[int]],
    known: set[str],
    least: int,
    *,
    has_total: bool = False,
) -> dict[str, int]:
    """Count what one figure of one week gives away, by how: nothing where all is well.

    Parameters
    ----------
    is_withheld
        For each pair, in each direction, whether its figure is withheld.
    people
        For each pair in each direction who of the first department is behind it.
    known
        The departments of which the sum over all pairs is known.
    least
        Fewer people than this may not be shown.
    has_total
        Whether the sum of all pairs is known, where there is more than one.
    """
    matrix = Matrix(is_withheld, _empty(is_withheld, people))
    hidden = {pair for pair, withheld in is_withheld.items() if withheld}
    few_shown = sum(len(people.get(pair, ())) < least for pair in is_withheld.keys() - hidden)
    behind: dict[str, set[int]] = defaultdict(set)
    for one, other in hidden:
        behind[one] |= people.get((one, other), set())
    # Of whom nothing is shown, all together is what the department's own figure says.
    in_part = {one for one, _ in is_withheld.keys() - hidden}
    few_hidden = sum(
        0 < len(of_department) < least
        for department, of_department in behind.items()
        if department in known & in_part
    )
    with_some = matrix.withheld()
    edges = [*with_some, *matrix.unseen(with_some)]
    departments = sorted({one for edge in edges for one in edge if one in known})
    # What passes within a department counts on both sides.
    rows = [[edge.count(department) for edge in edges] for department in departments]
    if has_total and len({frozenset(pair) for pair in is_withheld}) > 1:
        rows.append([1] * len(edges))
    known_sums = np.array(rows, dtype=np.int64).reshape(len(rows), len(edges))
    follow = (~exact.solutions_of(known_sums).any(axis=1))[: len(with_some)].sum()
    found = {
        ONE_SIDE: sum(pair[::-1] not in hidden for pair in hidden),
        FEW_SHOWN: few_shown,
        FEW_HIDDEN: few_hidden,
        FOLLOWS: int(follow),
    }
    return {how: count for how, count in found.items() if count}
