"""Schedule, sensors, retries, reports and freshness, with the real daemon of one `tacit up`.

A run takes half a minute, so that one daemon serves all tests of this module, and they are a story:
each begins where the one before left the company, at rest. `make test PYTEST_ARGS="-m daemon"` runs
them; they take minutes.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
import yaml

from dagster_pipelines import publication
from dagster_pipelines.command_line.demonstration import prepare
from dagster_pipelines.defs.automation import SCHEDULE_NAME, SENSOR_NAME
from dagster_pipelines.defs.reporting import SENSOR_NAME as REPORTER_NAME
from dagster_pipelines.defs.resources import WAITING_TAG
from dagster_pipelines.demo import Scale
from dagster_pipelines.failure_log import failures
from dagster_pipelines.run_lock import is_busy, run_lock
from dagster_pipelines.warehouse import warehouse_path
from tests.harness.daemon import SeenRun, Served, eventually

pytestmark = [pytest.mark.daemon, pytest.mark.slow]

STILL_SECONDS = 6

# Stands in for a mail or a chat: adds what it is told to a file.
LISTENER = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"

ON_LOOPBACK = "0100007F:"
"""How the kernel writes 127.0.0.1, and the beginning of a port."""


@dataclass(frozen=True)
class Company:
    """A served company, what it was told, and what was seen of it in its first moments."""

    served: Served
    told: Path
    kept_back: Path
    first_look: dict
    was_fresh: bool

    @property
    def mail(self) -> Path:
        """The folder into which its mail's exports are dropped."""
        return self.served.config.parent / "exports/mail"

    @property
    def roster(self) -> Path:
        """Its newest roster."""
        return self.served.config.parent / "exports/hr/roster-2025-01-20.csv"

    def sentences(self) -> list[str]:
        """What notify.command was told."""
        return self.told.read_text().splitlines() if self.told.exists() else []

    def published_run(self) -> str:
        """The run that made what is published now."""
        database = self.served.settings.data_path / "published/current/tacit.duckdb"
        with duckdb.connect(str(database), read_only=True) as connection:
            [(run_id,)] = connection.sql("select run_id from bi.release").fetchall()
        return run_id

    def kept(self, third: int) -> list[str]:
        """Return a header and a third of the lines of the export that was kept back."""
        header, *records = self.kept_back.read_text().splitlines(keepends=True)
        many = len(records) // 3
        assert many >= 10
        return [header, *records[third * many : (third + 1) * many]]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("served")
    config = prepare(folder / "company", Scale(people=24, weeks=3, seed=3))
    exported, kept_back = config.parent / "exports/mail/mail-01.csv", folder / "mail-2.csv"
    header, *records = exported.read_text().splitlines(keepends=True)
    half = len(records) // 2
    exported.write_text("".join([header, *records[:half]]))
    kept_back.write_text("".join([header, *records[half:]]))
    told = folder / "told.txt"
    said = yaml.safe_load(config.read_text())
    said["schedule"] = {
        "cron": "* * * * *",
        "still_seconds": STILL_SECONDS,
        "retry_seconds": 2,
    }
    said["notify"] = {"command": [sys.executable, "-c", LISTENER, str(told)]}
    next(source for source in said["sources"] if source["name"] == "hr")["expect_every"] = "2m"
    config.write_text(yaml.safe_dump(said))
    environment = {"FRESHNESS_DAEMON_INTERVAL_SECONDS": "5", "TACIT_THREADS": "2"}
    with Served(config, environment).answering() as served:
        first_look = served.repository()
        served.stop_schedule(SCHEDULE_NAME)
        was_fresh = eventually(lambda: served.freshness("hr") == "HEALTHY", "hr is fresh")
        eventually(lambda: [run for run in served.at_rest() if run.ended], "a first run has ended")
        yield Company(served, told, kept_back, first_look, was_fresh)


def in_order(runs: list[SeenRun]) -> list[SeenRun]:
    """The runs that have begun, in that order."""
    return sorted((run for run in runs if run.began), key=lambda run: run.began or 0.0)


def test_schedule_and_sensors_are_at_work_without_being_switched_on(company: Company) -> None:
    assert [job["name"] for job in company.first_look["jobs"] if job["name"][0] != "_"] == [
        "tacit_run"
    ]
    states = {
        switch["name"]: switch[kind]["status"]
        for kind, switches in (("scheduleState", "schedules"), ("sensorState", "sensors"))
        for switch in company.first_look[switches]
    }
    assert states == {
        SCHEDULE_NAME: "RUNNING",
        SENSOR_NAME: "RUNNING",
        REPORTER_NAME: "RUNNING",
    }


def test_it_listens_on_the_loopback_address_only(company: Company) -> None:
    listening = company.served.listening()
    assert f"{ON_LOOPBACK}{company.served.port:04X}" in listening
    assert {address for address in listening if not address.startswith(ON_LOOPBACK)} == set()


def test_files_that_lie_there_at_first_are_loaded_and_published(company: Company) -> None:
    runs = company.served.runs()
    assert {run.status for run in runs} == {"SUCCESS"}
    assert {run.started_by for run in runs} <= {SCHEDULE_NAME, SENSOR_NAME}
    assert company.published_run() == in_order(runs)[-1].run_id


def test_a_users_mistake_is_not_tried_again_and_is_reported(company: Company) -> None:
    served, before = company.served, company.served.runs()
    published = publication.current(served.settings)
    times, roster = company.roster.stat(), company.roster.read_text()
    company.roster.write_text("Nothing,Of,Use\n1,2,3\n")
    run = served.ended(served.new_run(before, SENSOR_NAME, "a run for the changed roster"))
    company.roster.write_text(roster)
    # A roster that was put back as it was is one that a run has taken: nothing starts for it.
    os.utime(company.roster, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert run.status == "FAILURE"
    assert "STEP_UP_FOR_RETRY" not in served.events(run)
    [reported] = eventually(lambda: failures(served.settings), "the report")
    assert (reported.run_id, reported.step) == (run.run_id, "declared")
    assert reported.reason.startswith("sources[hr] cannot be read as tacit.yml says")
    assert published is not None
    assert reported.published == published.name
    assert company.roster.name not in reported.sentence
    eventually(lambda: company.sentences() == [reported.sentence], "notify.command has heard it")
    eventually(lambda: reported.sentence in served.log.read_text(), "the log says it")
    assert "Traceback" not in served.log.read_text()
    status = served.tacit("status")
    assert status.returncode == 1
    assert reported.sentence in " ".join(status.stdout.split())


def test_a_growing_file_waits_and_then_starts_one_run(company: Company) -> None:
    served, before = company.served, company.served.at_rest()
    began = time.time()
    with (company.mail / "mail-2.csv").open("w") as file:
        for line in company.kept(0)[:19]:
            file.write(line)
            file.flush()
            time.sleep(1)
            grown = time.time()
    assert len(served.runs()) == len(before)
    reasons = {reason for at, reason in served.skips(SENSOR_NAME) if began < at < grown}
    assert "A file is still being written." in reasons

    run = served.ended(served.new_run(before, SENSOR_NAME, "a run for the new file"))
    assert run.status == "SUCCESS"
    assert run.began is not None
    assert run.began >= grown + STILL_SECONDS
    assert company.published_run() == run.run_id
    eventually(
        lambda: [at for at, _ in served.skips(SENSOR_NAME) if at > (run.ended or 0) + 1],
        "the sensor has looked once more",
    )
    assert len(served.at_rest()) == len(before) + 1


def test_what_does_not_pass_is_tried_three_times_and_reported_and_runs_queue(
    company: Company,
) -> None:
    served, before = company.served, company.served.runs()
    known = len(failures(served.settings))
    with duckdb.connect(str(warehouse_path(served.settings)), read_only=True):
        (company.mail / "mail-3.csv").write_text("".join(company.kept(1)))
        first = served.new_run(before, SENSOR_NAME, "a run for the next file")
        second = served.launch()
        eventually(lambda: served.run(first.run_id).status == "STARTED", "the first is at work")
        assert served.run(second).status == "QUEUED"
        first, then = served.ended(first), served.ended(served.run(second))

    for run in (first, then):
        assert run.status == "FAILURE"
        events = served.events(run)
        assert events.count("STEP_UP_FOR_RETRY") == 2
        assert events.count("STEP_RESTARTED") == 2
    assert then.began is not None
    assert first.ended is not None
    assert then.began >= first.ended
    reported = eventually(
        lambda: found if len(found := failures(served.settings)[known:]) == 2 else None,
        "two reports",
    )
    assert [one.run_id for one in reported] == [first.run_id, then.run_id]
    assert all("another process has this database open" in one.reason for one in reported)
    sentences = [one.sentence for one in reported]
    eventually(lambda: company.sentences()[known:] == sentences, "notify.command has heard both")


def test_the_schedule_ticks_and_its_run_outlasts_a_busy_lock_and_a_passing_cause(
    company: Company,
) -> None:
    served, before = company.served, company.served.at_rest()
    with run_lock(served.settings):
        (company.mail / "mail-4.csv").write_text("".join(company.kept(2)))
        served.start_schedule(SCHEDULE_NAME)
        run = served.new_run(before, SCHEDULE_NAME, "the schedule's run")
        served.stop_schedule(SCHEDULE_NAME)
        beside = served.tacit("run")
        eventually(lambda: WAITING_TAG in served.run(run.run_id).tags, "the run waits its turn")
        reader = duckdb.connect(str(warehouse_path(served.settings)), read_only=True)
    assert beside.returncode == 1
    assert "Another run is at work" in beside.stderr
    eventually(lambda: "STEP_UP_FOR_RETRY" in served.events(run), "a step is to be tried again")
    reader.close()

    run = served.ended(run)
    assert run.status == "SUCCESS"
    assert company.published_run() == run.run_id
    # What came while it waited, and what came before and was not loaded, is loaded now.
    with duckdb.connect(str(warehouse_path(served.settings)), read_only=True) as connection:
        files = connection.sql("select records from raw.files where source_name = 'mail'")
        loaded = sorted(records for (records,) in files.fetchall())
    exports = company.mail.glob("*.csv")
    assert loaded == sorted(len(file.read_text().splitlines()) - 1 for file in exports)


def test_no_two_runs_were_ever_at_work_at_once(company: Company) -> None:
    runs = in_order(company.served.at_rest())
    assert len(runs) >= 6
    for first, second in pairwise(runs):
        assert first.ended is not None
        assert second.began is not None
        assert second.began >= first.ended


def test_a_source_that_stops_delivering_turns_red(company: Company) -> None:
    served = company.served
    assert company.was_fresh
    eventually(lambda: served.freshness("hr") == "DEGRADED", "hr is red")
    assert served.freshness("mail") == "HEALTHY"
    status = served.tacit("status")
    assert status.returncode == 1
    assert "hr is overdue" in status.stdout
    assert "mail is" not in status.stdout
    assert "The run that ended at" not in status.stdout


def test_told_to_end_it_ends_all_that_it_started_within_ten_seconds(company: Company) -> None:
    served = company.served
    run = served.run(served.launch())
    eventually(lambda: is_busy(served.settings), "the run is at work")
    eventually(lambda: "STEP_SUCCESS" in served.events(run), "its first step is done")
    processes = served.processes()
    assert len(processes) > 4
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    status = served.process.wait(timeout=30)
    took = time.monotonic() - began
    assert status == 0
    assert took < 10
    assert served.processes() == set()
    assert not is_busy(served.settings)
    assert publication.current(served.settings) is not None
