"""Dagster's home: what its settings say to Dagster, and that they are put right."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterInstance
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from sqlalchemy import NullPool, create_engine, text

from dagster_pipelines.dagster_home import environment, home_path, open_instance, prepare_home
from dagster_pipelines.dagster_storage import brisk_storage
from dagster_pipelines.settings import Settings
from tests.harness.published import settings_in


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return settings_in(tmp_path)


@pytest.fixture
def instance(settings: Settings) -> Iterator[DagsterInstance]:
    with open_instance(settings) as instance:
        yield instance


def test_dagster_reports_nothing_and_keeps_no_output(instance: DagsterInstance) -> None:
    assert not instance.telemetry_enabled
    assert type(instance.compute_log_manager).__name__ == "NoOpComputeLogManager"


def test_one_run_at_a_time_and_one_writer_in_it(instance: DagsterInstance) -> None:
    limits = instance.get_concurrency_config()
    assert limits.pool_config.default_pool_limit == 1
    assert limits.run_queue_config
    assert limits.run_queue_config.max_concurrent_runs == 1


def test_everything_of_dagster_is_in_the_data_folder(
    instance: DagsterInstance, settings: Settings
) -> None:
    assert Path(instance.root_directory) == home_path(settings)
    instance.create_run_for_job(_nothing())
    assert any(home_path(settings).rglob("*.db"))
    assert stat.S_IMODE(home_path(settings).stat().st_mode) == 0o700


def test_changed_settings_are_put_right_and_right_ones_left_alone(settings: Settings) -> None:
    file = prepare_home(settings) / "dagster.yaml"
    right, written = file.read_bytes(), file.stat().st_mtime_ns
    prepare_home(settings)
    assert file.stat().st_mtime_ns == written
    file.write_text("telemetry: {enabled: true}\n")
    prepare_home(settings)
    assert file.read_bytes() == right


def test_no_variable_says_a_secret(settings: Settings) -> None:
    """What dbt reads from the environment stands in its manifest afterwards."""
    assert not [value for value in environment(settings).values() if "key" in Path(value).parts]


def test_brisk_storage_keeps_what_is_committed_and_holds_nothing_afterwards(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'events.db'}", poolclass=NullPool)
    with brisk_storage():
        with engine.begin() as connection:
            connection.execute(text("pragma journal_mode = wal"))
            connection.execute(text("create table events (number integer)"))
        for number in range(3):
            with engine.begin() as connection:
                connection.execute(text("insert into events values (:number)"), {"number": number})
        assert (tmp_path / "events.db-wal").exists()
    assert not (tmp_path / "events.db-wal").exists()
    with sqlite3.connect(tmp_path / "events.db") as connection:
        assert connection.execute("select count(*) from events").fetchall() == [(3,)]
    with engine.begin() as connection:
        assert connection.execute(text("pragma synchronous")).fetchall() == [(2,)]


def test_in_brisk_storage_a_file_has_one_engine_and_afterwards_each_call_its_own(
    tmp_path: Path,
) -> None:
    url, of_dagster = f"sqlite:///{tmp_path / 'events.db'}", sqlite_event_log.create_engine
    with brisk_storage():
        one, other = (sqlite_event_log.create_engine(url, poolclass=NullPool) for _ in range(2))
        elsewhere = sqlite_event_log.create_engine(f"{url}2", poolclass=NullPool)
    assert one is other
    assert one is not elsewhere
    assert sqlite_event_log.create_engine is of_dagster


def _nothing() -> dg.JobDefinition:
    @dg.job
    def nothing() -> None:
        """Nothing."""

    return nothing
