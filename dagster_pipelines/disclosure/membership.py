"""Who is in which segment, and the problem that published cells of segments make of it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute

from dagster_pipelines.disclosure.attacks import Flags, Numbers, Problem, moved
from dagster_pipelines.disclosure.exact import NOBODY, Integers


class Segments:
    """Who is in which segment of a period.

    Parameters
    ----------
    members
        A column for each type of segment, a row for each person; NULL where it is not known.
    named
        Type and name of each segment that is published, be there nobody in it.
    """

    def __init__(self, members: pa.Table, named: set[tuple[str, str]]) -> None:
        self.types = members.column_names
        self._places: list[dict[str, int]] = []
        cell_of = []
        for type_ in self.types:
            coded = members.column(type_).combine_chunks().dictionary_encode()
            places = {name: place for place, name in enumerate(coded.dictionary.to_pylist())}
            for name in {value for of_type, value in named if of_type == type_} - places.keys():
                places[name] = len(places)
            self._places.append(places)
            cell_of.append(coded.indices.fill_null(NOBODY).to_numpy(zero_copy_only=False))
        self._cell_of = np.array(cell_of, dtype=np.int64)

    def names(self, type_: str) -> list[str]:
        """Return the names of a type's segments, each at its number."""
        return list(self._places[self.types.index(type_)])

    def problem(self, counts: Flags, shown: dict[tuple[str, str], int], least: int) -> Problem:
        """Return the problem of those who count, where these segments are shown."""
        is_shown = [
            np.array([(type_, name) in shown for name in places], dtype=bool)
            for type_, places in zip(self.types, self._places, strict=True)
        ]
        return Problem(self._cell_of[:, counts], is_shown, least)

    def hold_as_many(self, problem: Problem, shown: dict[tuple[str, str], int]) -> bool:
        """Tell whether the segments that are shown rest on as many people as they say."""
        people = {
            (type_, name): count
            for type_, places, cells in zip(self.types, self._places, problem.cells, strict=True)
            for name, count in zip(
                places, np.bincount(cells[cells != NOBODY], minlength=len(places)), strict=True
            )
        }
        return all(people.get(cell) == said for cell, said in shown.items())


@dataclass(frozen=True)
class TwoTimes:
    """Who was in which segment at two times.

    Attributes
    ----------
    person_ids
        Everybody who was there at one of them, in order.
    cells
        For each type of segment their names, and in which of them each person was, before and now;
        NOBODY where that is not known.
    """

    person_ids: Integers
    cells: dict[str, tuple[list[str], tuple[Integers, Integers]]]

    @classmethod
    def of(cls, before: tuple[Integers, pa.Table], now: tuple[Integers, pa.Table]) -> TwoTimes:
        """Put two times together: of each who was there, and a column for each type of segment."""
        person_ids = np.union1d(before[0], now[0])
        return cls(
            person_ids,
            {type_: _cells_of((before, now), type_, person_ids) for type_ in now[1].column_names},
        )

    def moved(
        self, numbers: tuple[Numbers, Numbers], shown: AbstractSet[tuple[str, str]], least: int
    ) -> int:
        """Count the segments, of those shown at both times, that say what a few have who moved.

        Parameters as for `attacks.moved`; `numbers` are those of `person_ids`.
        """
        return sum(
            moved(
                of_people,
                numbers,
                np.array([(type_, name) in shown for name in names], dtype=bool),
                least,
            )
            for type_, (names, of_people) in self.cells.items()
        )


def _cells_of(
    times: Sequence[tuple[Integers, pa.Table]], type_: str, person_ids: Integers
) -> tuple[list[str], tuple[Integers, Integers]]:
    columns = [members.column(type_).combine_chunks() for _, members in times]
    names = pa.concat_arrays(columns).unique().drop_null()

    def of_people(ids: Integers, segments: pa.Array) -> Integers:
        cells = np.full(len(person_ids), NOBODY)
        places = pyarrow.compute.index_in(segments, names).fill_null(NOBODY)
        cells[np.searchsorted(person_ids, ids)] = places.to_numpy()
        return cells

    before, now = (of_people(ids, of) for (ids, _), of in zip(times, columns, strict=True))
    return names.to_pylist(), (before, now)
