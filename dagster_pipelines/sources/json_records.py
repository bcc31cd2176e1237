r"""Records out of a JSON text: an array of objects, or one object.

Strict: what the standard (RFC 8259) leaves open, and what would read differently in another
program, is refused. A text that is no JSON is one rejected record. In a text that is JSON, each
element of the array has its own fate: what is wrong with one costs no other, and nothing is
inferred from one for another. (A record that is nested too deep is passed over by its brackets:
whether it is JSON inside is not asked, for it is refused anyway.)

Whole numbers are `int`. A number with a fraction or an exponent is a JsonFloat: its digits as
they are written, so that a time such as 1433558319.000123 loses none.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from dagster_pipelines.sources.json_count import BYTE_ORDER_MARK, DEPTH_LIMIT, count_values

NOT_UTF8 = "not_utf8"
NOT_JSON = "not_json"
NOT_AN_ARRAY = "not_an_array"
NOT_AN_OBJECT = "not_an_object"
NOT_A_NUMBER = "not_a_number"
NUMBER_TOO_LONG = "number_too_long"
DUPLICATE_KEY = "duplicate_key"
BROKEN_CHARACTER = "broken_character"
NUL_IN_TEXT = "nul_in_text"
NESTED_TOO_DEEP = "nested_too_deep"

DIGIT_LIMIT = 1000
"""A number may be so many characters long; Python refuses some from 4300 digits on."""

SENTENCES = {
    # of a whole text
    NOT_UTF8: "The text is not UTF-8.",
    NOT_JSON: "The text is not JSON, ends too early, or goes on after its end.",
    NOT_AN_ARRAY: "The text is no array of records.",
    # of a record
    NOT_AN_OBJECT: "The record is not an object with names and values.",
    NOT_A_NUMBER: "The record holds NaN or Infinity, which JSON does not know.",
    NUMBER_TOO_LONG: f"The record holds a number of more than {DIGIT_LIMIT} characters.",
    DUPLICATE_KEY: "The record says one name twice.",
    BROKEN_CHARACTER: "The record holds half of a character (a lone surrogate).",
    NUL_IN_TEXT: "The record holds a zero character.",
    NESTED_TOO_DEEP: f"The record is nested more than {DEPTH_LIMIT} levels deep.",
}
"""Why a record, or a whole text, was not read: a sentence for each reason."""

_SPACE = re.compile(r"[ \t\n\r]*")
# A string that is not closed reaches to the end: its rest must not be searched again and again.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}
# Only these escapes can put what is refused into a string; raw, neither is UTF-8 or JSON.
_SUSPICIOUS_ESCAPE = re.compile(r"\\u(?:0000|[dD][89abAB]|[dD][c-fC-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonFloat(str):
    """A number with a fraction or an exponent, as it is written."""

    __slots__ = ()


@dataclass(frozen=True)
class JsonArray:
    """What became of a text.

    `records` and `rejected` hold a position each, from 1; `rejected` also the reason. `count` is
    the number of elements, found by counting marks and not by parsing: `count` is always the sum
    of the two lengths, or one of the two ways is wrong. A `reason` says that the whole text was
    refused; it is counted, and rejected, as one record.
    """

    records: list[tuple[int, dict[str, Any]]]
    rejected: list[tuple[int, str]]
    count: int
    reason: str | None = None


def read_array(data: bytes) -> JsonArray:
    """Return the records of a text that is an array of objects. No text raises an error."""
    text = _decoded(data)
    if text is None:
        return _refused(NOT_UTF8)
    reader = _Reader(text)
    try:
        if not reader.is_array:
            reader.read_one(too_deep=count_values(data, is_array=False).too_deep)
            return _refused(NOT_AN_ARRAY)
        counted = count_values(data, is_array=True)
        reader.read_elements(counted.too_deep)
    except _TextError as error:
        return _refused(error.reason)
    return JsonArray(reader.records, reader.rejected, counted.elements)


def read_object(data: bytes) -> JsonArray:
    """Return the one record of a text that is an object. No text raises an error."""
    text = _decoded(data)
    if text is None:
        return _refused(NOT_UTF8)
    reader = _Reader(text)
    try:
        reader.read_one(too_deep=count_values(data, is_array=False).too_deep)
    except _TextError as error:
        return _refused(error.reason)
    return JsonArray(reader.records, reader.rejected, 1)


class _TextError(Exception):
    """The text as a whole cannot be read, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Reader:
    """Parses a text value by value, and sorts the values of the first level by their fate."""

    def __init__(self, text: str) -> None:
        self.records: list[tuple[int, dict[str, Any]]] = []
        self.rejected: list[tuple[int, str]] = []
        self._text = text
        self._start = self._after_space(0)
        self._strictness = strictness = _Strictness()
        self._decoder = json.JSONDecoder(
            object_pairs_hook=strictness.object,
            parse_int=strictness.integer,
            parse_float=strictness.fraction,
            parse_constant=strictness.constant,
        )

    @property
    def is_array(self) -> bool:
        """Whether an array begins the text."""
        return self._text.startswith("[", self._start)

    def read_elements(self, too_deep: frozenset[int]) -> None:
        """Read the array; elements at these positions are passed over.

        Raises
        ------
        _TextError
            The text is not JSON.
        """
        at = self._after_space(self._start + 1)
        if self._text.startswith("]", at):
            self._expect_end(self._after_space(at + 1))
            return
        position, mark = 0, ","
        while mark == ",":
            position += 1
            at = self._after_space(self._read_value(position, at, position in too_deep))
            mark = self._text[at : at + 1]
            at = self._after_space(at + 1)
        if mark != "]":
            raise _TextError(NOT_JSON)
        self._expect_end(at)

    def read_one(self, too_deep: frozenset[int]) -> None:
        """Read the text as one value.

        Raises
        ------
        _TextError
            The text is not JSON.
        """
        self._expect_end(self._after_space(self._read_value(1, self._start, 1 in too_deep)))

    def _read_value(self, position: int, at: int, is_too_deep: bool) -> int:
        """Return where the value that begins here ends."""
        if is_too_deep:
            self.rejected.append((position, NESTED_TOO_DEEP))
            return self._end_of_brackets(at)
        self._strictness.reason = None
        try:
            value, end = self._decoder.raw_decode(self._text, at)
        except ValueError:
            raise _TextError(NOT_JSON) from None
        except RecursionError:
            # The count found no such depth: the text is no JSON, or the stack was full before.
            raise _TextError(NESTED_TOO_DEEP) from None
        reason = self._strictness.reason
        if not isinstance(value, dict):
            reason = NOT_AN_OBJECT
        elif reason is None and _SUSPICIOUS_ESCAPE.search(self._text, at, end):
            reason = _reason_of_strings(value)
        if reason is None:
            self.records.append((position, value))
        else:
            self.rejected.append((position, reason))
        return end

    def _end_of_brackets(self, at: int) -> int:
        """Return where the bracket that opens here is closed; only brackets are looked at."""
        if not self._text.startswith(("[", "{"), at):
            raise _TextError(NOT_JSON)
        awaited: list[str] = []
        for found in _STRING_OR_BRACKET.finditer(self._text, at):
            token = found[0]
            if token in _CLOSING:
                awaited.append(_CLOSING[token])
            elif not token.startswith('"') and awaited.pop() != token:
                break
            if not awaited:
                return found.end()
        raise _TextError(NOT_JSON)

    def _expect_end(self, at: int) -> None:
        if at != len(self._text):
            raise _TextError(NOT_JSON)

    def _after_space(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return space.end() if space else at


class _Strictness:
    """Takes the values of `json` as it parses them, and notes what it would let through.

    `reason` is the first odd thing about the record that is being parsed.
    """

    def __init__(self) -> None:
        self.reason: str | None = None

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return the names and values as a dict."""
        value = dict(pairs)
        if len(value) != len(pairs):
            self._note(DUPLICATE_KEY)
        return value

    def integer(self, digits: str) -> int:
        """Return the whole number."""
        return 0 if self._is_too_long(digits) else int(digits)

    def fraction(self, digits: str) -> JsonFloat:
        """Return the number as it is written."""
        self._is_too_long(digits)
        return JsonFloat(digits)

    def constant(self, name: str) -> None:
        """Take NaN, Infinity or -Infinity."""
        del name
        self._note(NOT_A_NUMBER)

    def _is_too_long(self, digits: str) -> bool:
        is_too_long = len(digits) > DIGIT_LIMIT
        if is_too_long:
            self._note(NUMBER_TOO_LONG)
        return is_too_long

    def _note(self, reason: str) -> None:
        self.reason = self.reason or reason


def _reason_of_strings(record: dict[str, Any]) -> str | None:
    """Return what is wrong with the strings of a record, names among them."""
    waiting: list[Any] = [record]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            if "\0" in value:
                return NUL_IN_TEXT
            if _SURROGATE.search(value):
                return BROKEN_CHARACTER
    return None


def _decoded(data: bytes) -> str | None:
    try:
        return data.removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError:
        return None


def _refused(reason: str) -> JsonArray:
    """Return a text that was refused as a whole: one record, and it is rejected."""
    return JsonArray([], [(1, reason)], 1, reason)
