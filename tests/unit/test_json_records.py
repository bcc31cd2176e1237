"""JSON text to records: what is refused, and that every element of an array has one fate."""

from __future__ import annotations

import inspect
import json
import sys
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dagster_pipelines.sources import json_records
from dagster_pipelines.sources.json_records import JsonArray, JsonFloat, read_array, read_object


def nested(levels: int, inmost: str = "1") -> str:
    """An object that is nested so many levels deep, lists and objects by turns."""
    text = inmost
    for level in range(levels, 0, -1):
        text = f'{{"a":{text}}}' if level % 2 else f"[{text}]"
    return text


def rejected_by(read: JsonArray) -> list[tuple[int, str]]:
    """The rejected records of a text whose others are good; the count must agree."""
    assert read.count == len(read.records) + len(read.rejected)
    return read.rejected


# Text that is nearly JSON: its words in any order, some of them spoiled.
WORDS = st.sampled_from(
    [
        *'[]{},:"\\ \n',
        *(
            '[{"a":1}',
            ',{"b":[]}',
            '{"a":1,"a":2}',
            '"\\ud800"',
            '"\\u0000"',
            '"[,]{}\\""',
            '"\\\\"',
        ),
        *("NaN", "-Infinity", "1.5e3", "9" * 1001, "true", "null", '"é"', "\x00", "\ufeff"),
        *(nested(64), nested(65), "[" * 70, "]" * 70, "[" * 3000, "{" * 70 + "}" * 70),
    ]
)
NEARLY_JSON = st.lists(WORDS, max_size=12).map("".join).map(str.encode)
NEARLY_ARRAY = st.lists(WORDS, max_size=6).map(lambda words: f"[{','.join(words)}]".encode())
SURROGATES = st.sampled_from(["\ud800", "\udc00", "\ud83d\ude00"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.lists(SURROGATES | st.text(), max_size=3).map("".join),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(data=st.binary(max_size=60) | NEARLY_JSON | NEARLY_ARRAY)
@example(data=b"[" + b"[" * 3000 + b"}" * 3000 + b"]")
@example(data=b'["\\')
@example(data=b"[1,,2]")
@example(data=b"\xef\xbb\xbf\xef\xbb\xbf[]")
@settings(max_examples=400, deadline=None)
def test_whatever_the_bytes_are_each_record_has_one_fate(data: bytes) -> None:
    for read in (read_array(data), read_object(data)):
        positions = [position for position, _ in read.records]
        positions += [position for position, _ in read.rejected]
        assert sorted(positions) == list(range(1, read.count + 1))
        assert {reason for _, reason in read.rejected} <= json_records.SENTENCES.keys()
        if read.reason is not None:
            assert read == JsonArray([], [(1, read.reason)], 1, read.reason)


@given(values=st.lists(VALUES, max_size=6), indent=st.sampled_from([None, 0, 2]))
@settings(max_examples=120, deadline=None)
def test_what_python_writes_is_read_as_it_was_or_refused_where_it_is_no_text(
    values: list[Any], indent: int | None
) -> None:
    read = read_array(json.dumps(values, indent=indent).encode())
    assert (read.count, read.reason) == (len(values), None)
    # Python's own reading joins the halves that happen to stand together.
    for (position, value), as_read in zip(
        enumerate(values, 1), json.loads(json.dumps(values)), strict=True
    ):
        text = json.dumps(as_read, ensure_ascii=False)
        is_text = "\\u0000" not in json.dumps(value).replace("\\\\", "")
        try:
            text.encode()
        except UnicodeEncodeError:
            is_text = False
        if isinstance(value, dict) and is_text:
            assert (position, as_read) in read.records
        else:
            assert position in [number for number, _ in read.rejected]


@given(data=NEARLY_ARRAY)
@settings(max_examples=200, deadline=None)
def test_what_is_read_is_what_python_reads(data: bytes) -> None:
    read = read_array(data)
    # What is nested too deep need not be JSON, and Python would refuse all for it.
    if "nested_too_deep" not in [reason for _, reason in read.rejected]:
        for position, record in read.records:
            assert json.loads(data, parse_float=str)[position - 1] == record


def test_records_may_have_different_names() -> None:
    read = read_array(b'[{"a": 1}, {"b": "x", "c": null}, {}]')
    assert read == JsonArray([(1, {"a": 1}), (2, {"b": "x", "c": None}), (3, {})], [], 3)


@pytest.mark.parametrize("data", [b"[]", b" [\n] ", b"\xef\xbb\xbf[]"])
def test_an_empty_array_has_no_records(data: bytes) -> None:
    assert read_array(data) == JsonArray([], [], 0)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    data = b'\xef\xbb\xbf[{"a": 1}]'
    assert read_array(data) == JsonArray([(1, {"a": 1})], [], 1)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("1", "not_an_object"),
        ('"text"', "not_an_object"),
        ("null", "not_an_object"),
        ('[{"a": 1}]', "not_an_object"),
        ('{"a": NaN}', "not_a_number"),
        ('{"a": [Infinity]}', "not_a_number"),
        ('{"a": {"b": -Infinity}}', "not_a_number"),
        ('{"a": 1, "a": 1}', "duplicate_key"),
        ('{"a": [{"b": 1, "\\u0062": 2}]}', "duplicate_key"),
        ('{"a": "\\ud83d"}', "broken_character"),
        ('{"a": ["x\\uDE00"]}', "broken_character"),
        ('{"a": {"\\udbff": 1}}', "broken_character"),
        # An escaped backslash before it: half of a pair, and not a pair.
        ('{"a": "\\\\ud83d\\ude00"}', "broken_character"),
        ('{"a": "x\\u0000"}', "nul_in_text"),
        ('{"\\u0000": 1}', "nul_in_text"),
        (f'{{"a": {"9" * 1001}}}', "number_too_long"),
        (f'{{"a": {"9" * 5000}}}', "number_too_long"),
        (f'{{"a": 0.{"9" * 1000}}}', "number_too_long"),
        (nested(65), "nested_too_deep"),
        (nested(65, '"]}\\"["'), "nested_too_deep"),
        (f'{{"b": [1, 2], "a": [3, {nested(65)}, 4], "c": 5}}', "nested_too_deep"),
        (nested(100_000), "nested_too_deep"),
        # It is passed over by its brackets, whatever is in them.
        ("{" * 65 + "}" * 65, "nested_too_deep"),
    ],
)
def test_what_is_wrong_with_a_record_costs_that_record_alone(record: str, reason: str) -> None:
    read = read_array(f'[{{"b": 1}}, {record} , {{"c": 2}}]'.encode())
    assert (read.records, read.reason) == ([(1, {"b": 1}), (3, {"c": 2})], None)
    assert rejected_by(read) == [(2, reason)]


@pytest.mark.parametrize(
    "record",
    [
        # A pair of halves is one character, and an escaped backslash begins no escape.
        '{"a": "\\ud83d\\ude00"}',
        '{"a": "\\\\ud83d \\\\u0000"}',
        # The same name in two objects is two names.
        '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}',
        f'{{"a": {"9" * 1000}, "b": -{"9" * 999}}}',
        nested(64),
        nested(64, '"[[[[{{{{"'),
        '{"a": "NaN", "b": "]},{["}',
    ],
)
def test_what_only_looks_wrong_is_read(record: str) -> None:
    read = read_array(f"[{record}]".encode())
    assert read == JsonArray([(1, json.loads(record))], [], 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_json"),
        (b" \n", "not_json"),
        (b"[", "not_json"),
        (b'[{"a": 1}', "not_json"),
        (b'[{"a": 1},', "not_json"),
        (b'[{"a": 1},]', "not_json"),
        (b"[,]", "not_json"),
        (b'[{"a": 1} {"b": 2}]', "not_json"),
        (b'[{"a": 1}] x', "not_json"),
        (b'[{"a": 1}][]', "not_json"),
        (b"[]]", "not_json"),
        (b'{"a": 1}\n{"a": 2}', "not_json"),
        (b"[{'a': 1}]", "not_json"),
        (b'[{"a": 01}]', "not_json"),
        (b'[{"a": 1}] // that is all', "not_json"),
        (b'[{"a": "line\nbreak"}]', "not_json"),
        (b'[{"a": "zero\0"}]', "not_json"),
        (b'[\x0b{"a": 1}]', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[" + b"[" * 100_000 + b"}" * 100_000 + b"]", "not_json"),
        (b'[{"a": "\xff"}]', "not_utf8"),
        # Half of a character, encoded by itself.
        (b'[{"a": "\xed\xa0\x80"}]', "not_utf8"),
        ('[{"a": 1}]'.encode("utf-16"), "not_utf8"),
        (b'{"a": 1}', "not_an_array"),
        (b'"text"', "not_an_array"),
        (b"null", "not_an_array"),
        (nested(1000).encode(), "not_an_array"),
    ],
)
def test_a_text_that_is_no_array_is_one_rejected_record(data: bytes, reason: str) -> None:
    assert read_array(data) == JsonArray([], [(1, reason)], 1, reason)


def test_a_number_keeps_its_digits() -> None:
    read = read_array(b'[{"ts": 1433558319.000123, "id": 12345678901234567890123, "x": -1.50E+2}]')
    record = read.records[0][1]
    assert (record["ts"], record["x"]) == ("1433558319.000123", "-1.50E+2")
    assert isinstance(record["ts"], JsonFloat)
    assert Decimal(record["ts"]) == Decimal("1433558319.000123")
    assert record["id"] == 12345678901234567890123


def test_an_object_is_one_record() -> None:
    assert read_object(b' {"a": {"b": [1]}} ') == JsonArray([(1, {"a": {"b": [1]}})], [], 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'[{"a": 1}]', "not_an_object"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (nested(65).encode(), "nested_too_deep"),
    ],
)
def test_one_record_that_is_wrong_is_rejected_by_itself(data: bytes, reason: str) -> None:
    assert read_object(data) == JsonArray([], [(1, reason)], 1)


@pytest.mark.parametrize("data", [b"", b'{"a": 1} x', b'{"a": 1,}', b'{"a": 1'])
def test_a_text_that_is_no_object_is_one_rejected_record(data: bytes) -> None:
    assert read_object(data) == JsonArray([], [(1, "not_json")], 1, "not_json")


def test_a_stack_that_is_nearly_full_is_no_error_either() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 50)
    try:
        read = read_array(f"[{nested(64)}]".encode())
    finally:
        sys.setrecursionlimit(limit)
    # From Python 3.12 on, its parser has a stack of its own.
    assert read.reason in (None, "nested_too_deep")
    assert read.count == len(read.records) + len(read.rejected) == 1


def test_a_large_array_is_counted_as_it_is_read() -> None:
    record = '{"text": "a, [b] \\"{c}\\"", "reactions": [{"users": ["U1", "U2"]}, {}]}'
    read = read_array(f"[{','.join([record] * 50_000)}]".encode())
    assert (len(read.records), read.rejected, read.count) == (50_000, [], 50_000)


@pytest.mark.parametrize(
    "hostile",
    [
        b'"' + b'\\"' * 300_000,
        b"[" * 70 + b'"' + b'\\"' * 300_000,
        b"[" * 300_000,
        b'["' * 150_000,
        b"[{" + b"\\" * 300_000,
    ],
)
def test_no_text_takes_more_than_its_length_in_time(hostile: bytes) -> None:
    # Seconds at the most; were the time to grow with the square of the length, it were hours.
    begun = time.monotonic()
    read_array(b"[" + hostile)
    assert time.monotonic() - begun < 20
