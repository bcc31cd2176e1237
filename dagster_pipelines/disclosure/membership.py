"""Who is in which segment, and the problem that published cells of segments make of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute

from dagster_pipelines.disclosure.attacks import Flags, Problem
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


def cells_twice(
    times: tuple[tuple[Integers, pa.Array], tuple[Integers, pa.Array]], person_ids: Integers
) -> tuple[list[str], tuple[Integers, Integers]]:
    """Return the segments of a type at two times, and in which of them each person was.

    Parameters
    ----------
    times
        At each who was there, in order, and in which segment, NULL where it is not known.
    person_ids
        Everybody who was there at one of them, in order.
    """
    names = pa.concat_arrays([segments for _, segments in times]).unique().drop_null()

    def of_people(ids: Integers, segments: pa.Array) -> Integers:
        cells = np.full(len(person_ids), NOBODY)
        places = pyarrow.compute.index_in(segments, names).fill_null(NOBODY)
        cells[np.searchsorted(person_ids, ids)] = places.to_numpy()
        return cells

    before, now = (of_people(*time) for time in times)
    return names.to_pylist(), (before, now)
