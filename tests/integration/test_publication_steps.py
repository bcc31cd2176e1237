"""Candidate, checks and generation as Dagster runs them, on guarded tables of our own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import dagster as dg
import pytest

from dagster_pipelines import publication
from dagster_pipelines.dagster_home import home_path, open_instance
from dagster_pipelines.defs.checks import expectation_checks
from dagster_pipelines.defs.publish import publication_assets
from dagster_pipelines.defs.resources import STOPPED, OneRun
from dagster_pipelines.run_lock import is_busy, run_lock
from dagster_pipelines.settings import Publish, Schedule, Settings
from tests.harness.postgres_server import free_port
from tests.harness.published import opened_for_writing, with_guarded_tables


@dataclass
class Company:
    """A data folder with guarded tables, and what stopped each step of its last run."""

    settings: Settings
    instance: dg.DagsterInstance
    runs: int = 0
    failures: dict[str, str] = field(default_factory=dict)

    def publish(self) -> dg.ExecuteInProcessResult:
        """Run the last steps of the job, as a run of its own."""
        self.runs += 1
        with OneRun(self.settings, f"run{self.runs}", self.instance) as run:
            definitions = dg.Definitions(
                assets=publication_assets(self.settings),
                asset_checks=[expectation_checks()],
                jobs=[dg.define_asset_job("last_steps", executor_def=dg.in_process_executor)],
                resources={"run": run},
            )
            outcome = definitions.resolve_job_def("last_steps").execute_in_process(
                instance=self.instance, raise_on_error=False
            )
            self.failures = {step: str(error) for step, error in run.failures.items()}
        return outcome

    def say(self, statement: str) -> None:
        """Change what the warehouse says."""
        with opened_for_writing(self.settings) as connection:
            connection.execute(statement)

    @property
    def current(self) -> Path | None:
        """What is published now."""
        return publication.current(self.settings)

    def everything_stored(self) -> bytes:
        """Return all bytes of Dagster's storage."""
        files = [path for path in home_path(self.settings).rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    settings = with_guarded_tables(tmp_path_factory.mktemp("company"))
    settings = settings.model_copy(update={"schedule": Schedule(retry_seconds=1)})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "environ", dict(os.environ))
        with open_instance(settings) as instance:
            yield Company(settings, instance)


@pytest.fixture
def company(shared: Company) -> Iterator[Company]:
    """The company with something published, its tables put back afterwards."""
    if shared.current is None:
        assert shared.publish().success
    with opened_for_writing(shared.settings) as connection:
        connection.execute("create schema kept")
        for table in publication.published_tables():
            connection.execute("create table kept." + table + " as from bi." + table)
    yield shared
    with opened_for_writing(shared.settings) as connection:
        for table in publication.published_tables():
            connection.execute("truncate bi." + table)
            connection.execute("insert into bi." + table + " from kept." + table)
        connection.execute("drop schema kept cascade")


def failed_checks(outcome: dg.ExecuteInProcessResult) -> dict[str, str | None]:
    return {
        check.check_name: check.description
        for check in outcome.get_asset_check_evaluations()
        if not check.passed
    }


def test_good_tables_are_published_with_their_row_counts(company: Company) -> None:
    before = company.current
    outcome = company.publish()
    assert outcome.success
    assert company.current != before
    assert company.current is not None
    publication.verify(company.current)
    [event] = outcome.asset_materializations_for_node("published__candidate")
    assert event.metadata["dagster/row_count"].value == 83
    assert event.metadata["segment_weeks"].value == 48


def test_a_failed_expectation_leaves_the_old_generation_and_says_which(company: Company) -> None:
    before = company.current
    company.say("update bi.segment_weeks set value = 2 where statistic = 'share' and value > 0")
    outcome = company.publish()
    assert not outcome.success
    assert company.current == before
    assert failed_checks(outcome) == {
        "segment_weeks__shares_are_in_0_to_1": "A share is below 0 or above 1."
    }


def test_what_gives_a_few_people_away_is_not_published(company: Company) -> None:
    before = company.current
    # Of two hidden departments one is left, which is what the organisation has more than Sales.
    move = "update marts.fct_person_weeks set department = {} where person_id >= 23"
    company.say(move.format("'Board'"))
    outcome = company.publish()
    company.say(move.format("'Legal'"))
    assert not outcome.success
    assert company.current == before
    [(name, said)] = failed_checks(outcome).items()
    assert name == "gives_nobody_away"
    assert said
    assert "week of 2026-01-05: isolated_share (share), 1 times: a withheld cell follows" in said


def test_a_candidate_that_is_not_as_declared_is_not_published(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = company.current
    monkeypatch.setattr(publication, "audit", lambda folder: ["release is missing."])
    outcome = company.publish()
    assert not outcome.success
    assert company.current == before
    assert failed_checks(outcome) == {"is_as_declared": "release is missing."}


def test_the_next_run_after_a_failed_one_publishes(company: Company) -> None:
    company.say("delete from bi.data_quality")
    assert not company.publish().success
    company.say("insert into bi.data_quality from kept.data_quality")
    assert company.publish().success


def test_postgres_that_cannot_be_reached_fails_the_run_and_the_files_stay(
    company: Company,
) -> None:
    before = company.current
    nowhere = Publish(postgres=f"postgresql://tacit@127.0.0.1:{free_port()}/learning")
    elsewhere = replace(company, settings=company.settings.model_copy(update={"publish": nowhere}))
    outcome = elsewhere.publish()
    assert not outcome.success
    assert company.current != before
    [(step, sentence)] = elsewhere.failures.items()
    assert step == "postgres"
    assert "cannot be reached" in sentence


def test_without_a_database_there_is_no_copy(company: Company) -> None:
    keys = {key for asset in publication_assets(company.settings) for key in asset.keys}
    assert dg.AssetKey(["published", "generation"]) in keys
    assert dg.AssetKey(["published", "postgres"]) not in keys


def test_a_busy_lock_fails_the_first_step_with_its_sentence(company: Company) -> None:
    before = company.current
    with run_lock(company.settings):
        outcome = company.publish()
    assert not outcome.success
    assert company.failures["candidate"].startswith("Another run is at work (since ")
    assert company.current == before
    [failure] = outcome.get_step_failure_events()
    data = failure.step_failure_data
    assert data.user_failure_data
    assert data.user_failure_data.description == company.failures["candidate"]


def test_the_lock_is_free_when_the_run_is_over(company: Company) -> None:
    company.publish()
    assert not is_busy(company.settings)


def test_an_unforeseen_error_is_tried_again_and_then_told_without_its_text(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def write(settings: Settings, run_id: str) -> NoReturn:
        tries.append(run_id)
        raise ValueError("Jane.Doe@example.org")

    monkeypatch.setattr(publication, "write_candidate", write)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    outcome = company.publish()
    assert not outcome.success
    assert len(tries) == 3
    said = company.failures["candidate"]
    assert said.startswith("The step candidate met an unforeseen ValueError")
    assert b"Jane.Doe" not in company.everything_stored()


def test_an_error_that_passes_is_forgotten(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = publication.write_candidate, []

    def write(settings: Settings, run_id: str) -> Path:
        tries.append(run_id)
        if len(tries) == 1:
            raise OSError("a hiccup")
        return real(settings, run_id)

    monkeypatch.setattr(publication, "write_candidate", write)
    assert company.publish().success
    assert company.failures == {}


def test_a_full_disk_is_not_tried_again(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def full(warehouse: Path, folder: Path) -> NoReturn:
        tries.append(folder.name)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publication, "_write_database", full)
    before = company.current
    assert not company.publish().success
    assert len(tries) == 1
    assert company.failures["candidate"].startswith("The disk is full")
    assert company.current == before


def test_a_signal_ends_the_run_and_is_no_reason_to_try_again(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def write(settings: Settings, run_id: str) -> NoReturn:
        tries.append(run_id)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the signal was not heard")

    monkeypatch.setattr(publication, "write_candidate", write)
    before = company.current
    outcome = company.publish()
    assert not outcome.success
    assert len(tries) == 1
    assert company.failures == {"candidate": STOPPED}
    assert company.current == before


def test_without_a_candidate_of_its_own_a_run_publishes_nothing(company: Company) -> None:
    before = company.current
    definitions = dg.Definitions(
        assets=publication_assets(company.settings),
        jobs=[
            dg.define_asset_job(
                "promote_only",
                selection=dg.AssetSelection.assets(["published", "generation"]),
                executor_def=dg.in_process_executor,
            )
        ],
        resources={"run": OneRun(company.settings, "alone", company.instance)},
    )
    outcome = definitions.resolve_job_def("promote_only").execute_in_process(
        instance=company.instance, raise_on_error=False
    )
    assert not outcome.success
    assert company.current == before
