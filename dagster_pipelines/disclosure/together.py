"""What the metrics of a week say of each other.

How many people a segment has each of them says; what all receive from above and what all give to
those below is one sum; and some have the same numbers where a department is one team, or nobody has
a manager.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dagster_pipelines.disclosure.attacks import solutions
from dagster_pipelines.disclosure.exact import DRAWS, sums_of
from dagster_pipelines.disclosure.membership import Segments
from dagster_pipelines.disclosure.week import Row, Week, shown_of

PEOPLE, MEASURED, NEWCOMERS = "people", "measured_people", "newcomer_share"
"""The metrics that count people, and the one that counts others than the measured."""

RECEIVED, GIVEN = "lifting_interactions", "coaching_given"
"""What everybody receives from those above is what everybody gives to those below."""

ALIKE = (
    ("cross_department_contacts", "cross_team_contacts"),
    ("lifting_beyond_manager", "lifting_interactions"),
)
"""Of these the second is the first where a department is one team, or nobody has a manager."""

EVERYBODY = ("organisation", "all")

TOLD = "a cell says how many people a segment has of which that is withheld"
BALANCED = "what all receive from above, and give to those below, gives the other away"
UNBALANCED = "what all receive from above, and give to those below, say what a few have"
TWICE = "what is withheld another metric shows, whose numbers are the same"


def revealed(week: Week, cells: list[Row], least: int) -> Iterator[str]:
    """Yield a sentence for what the metrics of a week give away of each other."""
    figures = shown_of(cells)
    withheld: dict[str, set[tuple[str, str]]] = {}
    for *cell, metric, _, _, is_withheld in cells:
        of_metric = withheld.setdefault(metric, set())
        if is_withheld:
            of_metric.add((cell[0], cell[1]))
    for (metric, statistic), shown in sorted(figures.items()):
        # How many all are is told anyway.
        hidden = withheld.get(PEOPLE, set()) - {EVERYBODY}
        if metric not in (PEOPLE, NEWCOMERS):
            hidden |= withheld.get(MEASURED, set()) - {EVERYBODY}
        if count := len(hidden & shown.keys()):
            yield f"{metric} ({statistic}), {count} times: {TOLD}"
    if withheld.keys() >= {RECEIVED, GIVEN} and (how := _balance(week, cells, least)):
        yield f"{RECEIVED} and {GIVEN}: {how}"
    for one, other in ALIKE:
        if withheld.keys() >= {one, other}:
            of_one, of_other = (figures.get((metric, "mean"), {}) for metric in (one, other))
            if count := len((of_one.keys() ^ of_other.keys()) & _alike(week, one, other)):
                yield f"{one} and {other}, {count} times: {TWICE}"


def _balance(week: Week, cells: list[Row], least: int) -> str | None:
    """Say what the sums of RECEIVED and GIVEN give away, which are the same of everybody."""
    segments, figures = Segments(week.members, {cell[:2] for cell in cells}), shown_of(cells)
    others = np.zeros(len(week.person_ids), dtype=bool)
    known = []
    for metric in (RECEIVED, GIVEN):
        counts = week.counts_in[metric]
        others |= (np.nan_to_num(week.numbers[metric]) > 0) & ~counts
        if not counts.any():
            return None
        problem = segments.problem(counts, figures.get((metric, "mean"), {}), least)
        of_atoms, numbers = solutions(problem, DRAWS, 0)
        of_all = np.zeros(of_atoms.shape[1], dtype=np.int64)
        known.append(not sums_of(of_all, numbers, 1).any())
    if all(known) and 0 < others.sum() < least:
        return UNBALANCED
    if any(known) and not all(known) and not others.any():
        return BALANCED
    return None


def _alike(week: Week, one: str, other: str) -> set[tuple[str, str]]:
    """Return the segments all of whose people count alike in both metrics, with one number."""
    counts = week.counts_in[one], week.counts_in[other]
    numbers = np.nan_to_num(week.numbers[one]), np.nan_to_num(week.numbers[other])
    differs = pa.array((counts[0] != counts[1]) | (counts[0] & (numbers[0] != numbers[1])))
    alike = set()
    for type_ in week.members.column_names:
        column = week.members.column(type_).combine_chunks()
        names = {*column.drop_null().to_pylist()} - {*column.filter(differs).to_pylist()}
        alike |= {(type_, name) for name in names}
    return alike
