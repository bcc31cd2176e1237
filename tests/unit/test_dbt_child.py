"""What dbt, as the job starts it, says and does not say."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from dbt.adapters.events.types import SQLQuery
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import LineFormat, LoggerConfig
from dbt_common.events.types import Note

from dagster_pipelines.bin.dbt_child import spare_what_nobody_reads


@pytest.fixture(autouse=True)
def spared() -> Iterator[None]:
    fire = EventManager.fire_event
    spare_what_nobody_reads()
    yield
    EventManager.fire_event = fire


def fired(level: EventLevel) -> tuple[list[str], str]:
    """What a log of a level makes of a statement and of a note: the events, and what it keeps."""
    manager, kept = EventManager(), io.StringIO()
    manager.add_logger(
        LoggerConfig(
            name=f"log of {level}",
            level=level,
            line_format=LineFormat.PlainText,
            output_stream=kept,
        )
    )
    [log] = manager.loggers
    described = []
    line = log.create_line
    log.create_line = lambda msg: described.append(msg.info.name) or line(msg)
    manager.fire_event(SQLQuery(conn_name="one", sql="select 1"))
    manager.fire_event(Note(msg="by the way"), level=EventLevel.INFO)
    return described, kept.getvalue()


def test_details_are_not_described_where_no_log_keeps_them() -> None:
    described, kept = fired(EventLevel.INFO)
    assert described == ["Note"]
    assert "by the way" in kept


def test_a_log_of_details_keeps_them() -> None:
    described, kept = fired(EventLevel.DEBUG)
    assert described == ["SQLQuery", "Note"]
    assert "select 1" in kept
