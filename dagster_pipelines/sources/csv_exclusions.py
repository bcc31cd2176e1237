"""Records that `exclude` of tacit.yml leaves out, each by the name of its rule.

A rule names columns of the file and texts; it fits a record if each of its columns holds one of its
texts, white space and letter case aside. The first rule that fits, in the order of tacit.yml, is
the one that counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dagster_pipelines.identifiers import trim
from dagster_pipelines.sources.csv_records import CODED, Records

Rules = Mapping[str, Mapping[str, Sequence[str]]]
"""Texts by the file's column, by the rule's name."""

_PREFIX = "exclude "


def columns_of(rules: Rules) -> dict[str, str]:
    """Return the columns that rules look at: names that are none of ours, and the file's."""
    theirs = {column for rule in rules.values() for column in rule}
    return {_name(column): column for column in sorted(theirs)}


def part(records: Records, rules: Rules) -> Records:
    """Return records without those that a rule leaves out, which are counted."""
    if not rules or not len(records.lines):
        return records
    excluded: Counter[str] = Counter()
    is_left = np.ones(len(records.lines), dtype=np.bool_)
    for rule, texts in rules.items():
        fits = is_left.copy()
        for column, wanted in texts.items():
            fits &= _holds(records.table.column(_name(column)), wanted)
        excluded[rule] = int(np.count_nonzero(fits))
        is_left &= ~fits
    if is_left.all():
        return records
    table = _without_unused_texts(records.table.filter(pa.array(is_left)))
    return Records(table, records.lines[is_left], records.rejected, +excluded)


def _name(column: str) -> str:
    return _PREFIX + column


def _holds(column: pa.ChunkedArray, wanted: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell of each row whether a coded column holds one of the texts."""
    forms = {_form(text) for text in wanted}
    found = [
        pc.take(
            pa.array([_form(text) in forms for text in chunk.dictionary.to_pylist()], pa.bool_()),
            chunk.indices,
        )
        for chunk in column.chunks
    ]
    return np.concatenate([one.to_numpy(zero_copy_only=False) for one in found])


def _without_unused_texts(table: pa.Table) -> pa.Table:
    """Return a table whose coded columns know only the texts in it: others would get ids too."""
    columns = {
        name: column.cast(pa.string()).dictionary_encode() if column.type == CODED else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return pa.table(columns)


def _form(text: str) -> str:
    return trim(text).casefold()
