"""The whole job on a small company, killed in every stage; then it goes through as if never killed.

What is killed is `tacit run` as a person types it. Each run after a killed one finds what that one
left: its lock, its half-written tables and candidate, its place in Dagster's storage. `make faults`
does the same hundreds of times, and single stages are killed in the tests of every day.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import publication
from dagster_pipelines.command_line.demonstration import prepare
from dagster_pipelines.demo import Scale
from dagster_pipelines.run_lock import is_busy
from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.warehouse import warehouse_path

ROOT = Path(__file__).resolve().parents[2]
SCALE = Scale(people=40, weeks=6, seed=3)
TACIT = [sys.executable, "-c", "from dagster_pipelines.__main__ import main; main()"]

# The line of progress that is waited for, and for how long the stage may then go on.
STAGES = {
    "load": ("load mail", 0.0),
    "start": ("Prepare", 0.0),
    "models": ("Compute", 2.0),
    "candidate": ("Write", 0.0),
    "checks": ("Check", 0.0),
    "promotion": ("Publish", 0.0),
}

pytestmark = [pytest.mark.slow, pytest.mark.kill]


@dataclass(frozen=True)
class Company:
    """A made-up company in a folder of its own."""

    config: Path

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return load_settings(self.config)

    @property
    def current(self) -> Path | None:
        """What it publishes now."""
        return publication.current(self.settings)

    def run(self) -> None:
        """Run the whole job, undisturbed."""
        with self.started() as process:
            said = process.stderr.read() if process.stderr else ""
            assert process.wait(timeout=600) == 0, said

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[str]]:
        """Start the whole job."""
        with subprocess.Popen(
            [*TACIT, "run", "--config", str(self.config)],
            cwd=self.config.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TACIT_THREADS": "2"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def tacit(self, *words: str) -> None:
        """Type another command."""
        subprocess.run(
            [*TACIT, *words, "--config", str(self.config)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )

    @property
    def backup(self) -> Path:
        """The backup that was made after its first run."""
        return self.config.parent.with_name("backup")

    def signalled(self, stage: str, number: signal.Signals) -> tuple[int, float]:
        """Start the job and send it a signal in a stage; return its status and how long it took."""
        line, seconds = STAGES[stage]
        with self.started() as process:
            assert process.stderr
            said = []
            for said_now in process.stderr:
                said.append(said_now)
                if said_now.startswith(line):
                    break
            else:
                pytest.fail(f"the run never came to {line!r}: {''.join(said)}")
            time.sleep(seconds)
            process.send_signal(number)
            began = time.monotonic()
            status = process.wait(timeout=60)
            return status, time.monotonic() - began

    def published(self) -> dict[str, list[tuple]]:
        """Return all that is published but for when and by which run."""
        generation = self.current
        assert generation is not None
        publication.verify(generation)
        with closing(publication.open_published(generation)) as connection:
            return {
                table: connection.sql(
                    "select * exclude (run_id, built_at) from bi." + table  # noqa: S608 - a table of ours
                    if table == "release"
                    else "from bi." + table
                )
                .order("all")
                .fetchall()
                for table in publication.published_tables()
            }

    def lets_go_of_the_warehouse(self) -> bool:
        """Tell whether, within seconds, nobody has the warehouse open any more."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                duckdb.connect(str(warehouse_path(self.settings))).close()
            except duckdb.IOException:
                time.sleep(0.1)
            else:
                return True
        return False


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company that has published what came before its last export, and now has that one too."""
    folder = tmp_path_factory.mktemp("victim")
    company = Company(prepare(folder / "company", SCALE))
    *_, last = sorted((company.config.parent / "exports" / "mail").glob("*.csv"))
    shutil.move(last, folder)
    company.run()
    company.tacit("backup", str(company.backup))
    shutil.move(folder / last.name, last)
    return company


@pytest.mark.parametrize("stage", STAGES)
def test_killed_in_any_stage_it_leaves_what_is_published_whole(
    company: Company, stage: str
) -> None:
    before = company.current
    status, _ = company.signalled(stage, signal.SIGKILL)
    # Promotion takes milliseconds: the signal may come when all is done.
    assert status == -signal.SIGKILL or (stage == "promotion" and status == 0)
    assert not is_busy(company.settings)
    assert company.lets_go_of_the_warehouse()
    now = company.current
    assert now is not None
    publication.verify(now)
    assert now == before or stage == "promotion"


@pytest.mark.parametrize("stage", ["start", "models"])
def test_told_to_stop_it_ends_within_ten_seconds(company: Company, stage: str) -> None:
    before = company.current
    status, seconds = company.signalled(stage, signal.SIGTERM)
    assert status != 0
    assert seconds < 10
    assert not is_busy(company.settings)
    assert company.lets_go_of_the_warehouse()
    assert company.current == before


def test_the_next_run_goes_through_and_says_what_an_undisturbed_one_says(
    company: Company, tmp_path: Path
) -> None:
    company.run()
    undisturbed = Company(prepare(tmp_path / "undisturbed", SCALE))
    undisturbed.run()
    assert company.published() == undisturbed.published()


def test_the_second_run_at_once_is_refused_with_a_sentence(company: Company) -> None:
    with company.started() as first:
        assert first.stderr
        for line in first.stderr:
            if line.startswith("Prepare"):
                break
        second = subprocess.run(
            [*TACIT, "run", "--config", str(company.config)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 1
    assert f"process {first.pid}" in second.stderr
    assert "Traceback" not in second.stderr


def test_after_the_loss_of_all_data_backup_and_run_say_what_was_said_before(
    company: Company,
) -> None:
    before = company.published()
    shutil.rmtree(company.settings.data_path)
    company.tacit("restore", str(company.backup))
    restored = company.published()
    assert restored != before
    company.run()
    assert company.published() == before
