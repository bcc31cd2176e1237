"""How often a source is expected, and what it is when it does not come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dagster_pipelines.defs.raw import export_freshness
from dagster_pipelines.freshness import freshness_of
from dagster_pipelines.manifest import reading_of
from dagster_pipelines.settings import Settings, Source

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def settings_with(expect_every: Any) -> Settings:
    source = {"name": "hr", "format": "roster_csv", "path": "hr.csv"}
    if expect_every is not None:
        source["expect_every"] = expect_every
    return Settings.model_validate({"sources": [source], "folder": Path("/company")})


def source_with(expect_every: Any) -> Source:
    return settings_with(expect_every).sources[0]


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("36h", timedelta(hours=36)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
    ],
)
def test_a_span_is_a_number_and_a_unit(said: str, span: timedelta) -> None:
    assert source_with(said).expect_every == span


@pytest.mark.parametrize("said", ["7", "0d", "7 days", "d", "-1d", "1.5d", 7, "P7D", "99999d"])
def test_anything_else_is_refused_with_a_sentence(said: Any) -> None:
    with pytest.raises(ValidationError, match="is not a span of time; write one such as 7d"):
        source_with(said)


@pytest.mark.parametrize(
    ("expect_every", "age", "found"),
    [
        ("7d", timedelta(days=7), "fresh"),
        ("7d", timedelta(days=7, seconds=1), "late"),
        ("7d", timedelta(days=14), "late"),
        ("7d", timedelta(days=14, seconds=1), "overdue"),
        (None, timedelta(days=8), "fresh"),
        (None, timedelta(days=9), "late"),
        (None, timedelta(days=36), "overdue"),
        ("never", timedelta(days=3650), "unexpected"),
    ],
)
def test_a_source_is_late_after_its_time_and_overdue_after_twice(
    expect_every: str | None, age: timedelta, found: str
) -> None:
    assert freshness_of(source_with(expect_every), NOW - age, NOW) == found


def test_dagster_is_told_the_same() -> None:
    policy = export_freshness(source_with("7d"))
    assert policy is not None
    assert policy.warn_window.to_timedelta() == timedelta(days=7)
    assert policy.fail_window.to_timedelta() == timedelta(days=14)
    assert export_freshness(source_with("never")) is None


def test_the_shortest_span_is_one_that_dagster_takes() -> None:
    assert export_freshness(source_with("1m")) is not None


def test_what_is_expected_changes_neither_numbers_nor_what_is_known_of_files() -> None:
    plain, expecting = settings_with(None), settings_with("7d")
    assert plain.fingerprint() == expecting.fingerprint()
    assert reading_of(plain, plain.sources[0]) == reading_of(expecting, expecting.sources[0])
    notified = Settings.model_validate(
        {**plain.model_dump(by_alias=True), "notify": {"command": ["mail"]}, "folder": "/company"}
    )
    assert notified.fingerprint() == plain.fingerprint()
