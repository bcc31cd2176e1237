"""Which cells of segments are withheld so that none of them follows from those shown.

The rules, and their order, are docs/disclosure.md; the words are those of that page. A *problem* is
one period, a week or a month, and one set of people who count. Its cells are sums over these
people. What is decided here is decided by who belongs where; by what they have only where what is
hidden would be bounded too narrowly, or where it is everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from dbt_project.withholding.pairs import Passing
from dbt_project.withholding.periods import Named, periods
from dbt_project.withholding.together import most_of, withhold_together

COLUMNS = pa.schema(
    [
        ("segment_type", pa.string()),
        ("segment_value", pa.string()),
        ("rests_on", pa.string()),
        ("period_start", pa.date32()),
    ]
)


def withheld_cells(
    people: pa.Table,
    exposed: pa.Table,
    least: int,
    ties: Mapping[tuple[date, str], Passing] | None = None,
    newest: date | None = None,
) -> pa.Table:
    """Return COLUMNS of the cells that are withheld.

    Parameters
    ----------
    people
        As `periods` takes it.
    exposed
        COLUMNS of cells that are not shown however many people they are.
    least
        Fewer people than this are not shown.
    ties
        As `by_week` returns them: cells that would give those of a pair of departments away are not
        shown either.
    newest
        From this period on nothing that is hidden is bounded too narrowly by what somebody has.
    """
    not_shown: dict[tuple[date, str], set[Named]] = {}
    for *cell, rests_on, start in zip(
        *exposed.select(COLUMNS.names).to_pydict().values(), strict=True
    ):
        not_shown.setdefault((start, rests_on), set()).add(tuple(cell))
    found: list[tuple[str, str, str, date]] = []
    for period in periods(people, least):
        is_new = newest is not None and period.start >= newest
        hidden = {one: not_shown.get((period.start, one), set()) for one in period.counted}
        of_ties = (ties or {}).get((period.start, "ties"))
        fixed = withhold_together(period, hidden, of_ties, least, is_new=is_new)
        for rests_on in period.counted:
            most = most_of(rests_on) if is_new else None
            problem = period.solved(rests_on, hidden[rests_on], fixed.get(rests_on, set()), most)
            found += [(*cell, rests_on, period.start) for cell in period.withheld(problem)]
    columns = zip(*found, strict=True) if found else ([] for _ in COLUMNS)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, COLUMNS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=COLUMNS)
