"""The kinds of columns that a format in CSV may declare, and what their texts mean.

Here belongs the meaning of one text. Which columns a format has is its own module's business, how
rows are made of them `csv_tables`'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from math import isfinite
from typing import Any, NamedTuple

import pyarrow as pa

from dagster_pipelines.identifiers import trim
from dagster_pipelines.settings import TableSource
from dagster_pipelines.sources import reasons
from dagster_pipelines.sources.csv_reading import (
    NO_IDENTIFIER,
    TOO_LONG,
    CsvReading,
    is_empty,
    refused,
)
from dagster_pipelines.sources.csv_texts import flag_of, minutes_of, whole_number_of
from dagster_pipelines.sources.written_times import WrittenTimes
from dagster_pipelines.vault import Vault

LONGEST_LABEL = 200
"""Characters of a name that are kept."""

SEPARATORS = re.compile(r"[;,|\r\n]+")
"""What parts the identifiers of one cell; no space does, since names may stand before addresses."""

_BETWEEN_WORDS = re.compile(r"[\s_-]+")


class Kind(Enum):
    """What the texts of a column are; the value is the type in which they are stored."""

    IDENTIFIER = ("identifier", pa.int64())
    IDENTIFIERS = ("identifiers", pa.list_(pa.int64()))
    KEY = ("key", pa.int64())
    TIME = ("time", pa.timestamp("us"))
    DATE = ("date", pa.date32())
    MINUTES = ("minutes", pa.float64())
    WHOLE_NUMBER = ("whole number", pa.int32())
    FLAG = ("flag", pa.bool_())
    WORD = ("word", pa.string())
    LABEL = ("label", pa.string())

    @property
    def type(self) -> pa.DataType:
        """The type of what its texts mean."""
        return self.value[1]


@dataclass(frozen=True)
class Column:
    """A column of a format.

    Parameters
    ----------
    name
        What it is called in `tacit.yml`.
    kind
        What its texts are.
    stored_as
        What it is called in the raw table.
    is_needed
        Whether a file must have it, and each record something in it.
    otherwise
        What an empty text means.
    words
        Of a WORD: from each word that may stand there to what it means.
    reason
        Of a WORD: why a record with another word is not loaded.
    is_shared
        Of a KEY: whether it is the same in all sources, or its own in each.
    """

    name: str
    kind: Kind
    stored_as: str
    is_needed: bool = False
    otherwise: Any = None
    words: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    is_shared: bool = False


class Meaning(NamedTuple):
    """What a text means, or the reason why a record with it cannot be used."""

    value: Any = None
    reason: str | None = None


class Meanings:
    """Tells what the texts of one file mean. `times` may be None where none are asked for."""

    def __init__(
        self,
        source: TableSource,
        reading: CsvReading,
        vault: Vault,
        times: WrittenTimes | None = None,
    ) -> None:
        self._source = source
        self._reading = reading
        self._vault = vault
        self._times = times

    def of(self, column: Column, texts: Sequence[str]) -> list[Meaning]:
        """Return what each text of a column means."""
        said = [text for text in texts if not is_empty(text)]
        found = dict(zip(said, self._meanings(column, said), strict=True))
        empty = Meaning(column.otherwise, reasons.EMPTY_FIELD if column.is_needed else None)
        return [found.get(text, empty) for text in texts]

    def _meanings(self, column: Column, texts: Sequence[str]) -> list[Meaning]:
        """Return what texts mean that are not empty."""
        kind = column.kind
        if kind is Kind.IDENTIFIER:
            return [_of_id(number) for number in self._people(texts)]
        if kind is Kind.IDENTIFIERS:
            # All are heard in one call: one for each row would take minutes.
            self._people(list(dict.fromkeys(part for text in texts for part in _parts(text))))
            return [self._of_list(text) for text in texts]
        if kind is Kind.KEY:
            return [_of_id(number) for number in self._keys(column, texts)]
        if kind is Kind.TIME and self._times:
            return [Meaning(*said) for said in self._times.times(texts)]
        if kind is Kind.DATE and self._times:
            return [Meaning(*said) for said in self._times.dates(texts)]
        return [_PLAIN[kind](column, text) for text in texts]

    def _people(self, texts: Sequence[str]) -> list[int | None]:
        return self._reading.ids_by("people", self._vault.resolve)(texts)

    def _of_list(self, text: str) -> Meaning:
        """Return the ids of a list of identifiers, each once, in order of id."""
        found = [_of_id(number) for number in self._people(_parts(text))]
        for one in found:
            if one.reason:
                return one
        ids = sorted({one.value for one in found})
        return Meaning(ids) if ids else Meaning(reason=reasons.EMPTY_FIELD)

    def _keys(self, column: Column, texts: Sequence[str]) -> list[int | None]:
        """Return 63 bits of a keyed hash of each key: it may be a person's name after all."""
        purpose = column.name if column.is_shared else f"{column.name} of {self._source.name}"
        hashed = self._reading.ids_by(f"keys: {purpose}", partial(_keyed, self._vault, purpose))
        return hashed(texts)


def _parts(text: str) -> list[str]:
    return [part for part in SEPARATORS.split(text) if not is_empty(part)]


def _keyed(vault: Vault, purpose: str, texts: Sequence[str]) -> list[int]:
    return [int.from_bytes(vault.fingerprint(purpose, trim(text))[:8]) >> 1 for text in texts]


def _of_id(number: int | None) -> Meaning:
    if number == TOO_LONG:
        return Meaning(reason=reasons.FIELD_TOO_LONG)
    return Meaning(reason=reasons.BAD_IDENTIFIER) if number == NO_IDENTIFIER else Meaning(number)


def _of_minutes(column: Column, text: str) -> Meaning:
    del column
    minutes = minutes_of(text)
    is_good = minutes is not None and isfinite(minutes)
    return Meaning(minutes) if is_good else Meaning(reason=reasons.BAD_MINUTES)


def _of_whole_number(column: Column, text: str) -> Meaning:
    del column
    number = whole_number_of(text)
    return Meaning(reason=reasons.BAD_NUMBER) if number is None else Meaning(number)


def _of_flag(column: Column, text: str) -> Meaning:
    del column
    flag = flag_of(text)
    return Meaning(reason=reasons.BAD_FLAG) if flag is None else Meaning(flag)


def _of_word(column: Column, text: str) -> Meaning:
    word = _BETWEEN_WORDS.sub("_", trim(text).casefold())
    if word in column.words:
        return Meaning(column.words[word])
    return Meaning(reason=column.reason)


def _of_label(column: Column, text: str) -> Meaning:
    del column
    refusal = refused(text)
    if refusal == TOO_LONG:
        return Meaning(reason=reasons.FIELD_TOO_LONG)
    if refusal == NO_IDENTIFIER:
        return Meaning(reason=reasons.BAD_LABEL)
    return Meaning(trim(text)[:LONGEST_LABEL])


_PLAIN: Mapping[Kind, Callable[[Column, str], Meaning]] = {
    Kind.MINUTES: _of_minutes,
    Kind.WHOLE_NUMBER: _of_whole_number,
    Kind.FLAG: _of_flag,
    Kind.WORD: _of_word,
    Kind.LABEL: _of_label,
}
"""The kinds of texts that mean the same in every file."""
