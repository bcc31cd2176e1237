"""The stages of the job, each by itself: what a forked victim does until it is killed.

Each begins as the job does, with the run lock and the clearing up after dead runs, and calls the
functions that the job's step calls.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_pipelines import publication
from dagster_pipelines.dagster_home import environment
from dagster_pipelines.expectations.validation import validate
from dagster_pipelines.landing import Landing
from dagster_pipelines.leftovers import clear_leftovers
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.safekeeping import kept_whole
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sqlfiles import repository
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import prepare_folders
from faults.victims import Begun, VictimFailedError, Work

RUN_ID = "trial"
IDENTIFIERS_A_BATCH = 50


def load(settings: Settings) -> Work:
    """Preflight, declare, load of every format, identities: a transaction a file."""

    def work(begun: Begun) -> None:
        begun()
        with begun_run(settings):
            landing = Landing(settings, RUN_ID)
            landing.preflight()
            landing.declare()
            for format_ in FORMATS:
                landing.load(format_)
            landing.map_identities()

    return work


def resolve(settings: Settings, batches: int, acknowledged: int) -> Work:
    """Store batches of new identifiers; say of each which ids it got, through a pipe.

    What was said must be true for ever, whenever the process dies.
    """

    def work(begun: Begun) -> None:
        begun()
        with begun_run(settings), Vault.open(settings) as vault:
            for batch in range(batches):
                ids = vault.resolve(identifiers_of(batch))
                os.write(acknowledged, f"{batch}:{','.join(map(str, ids))}\n".encode())

    return work


def identifiers_of(batch: int) -> list[str]:
    """Return the made-up addresses of one batch; a fifth is of the batch before, too."""
    first = batch * IDENTIFIERS_A_BATCH * 4 // 5
    return [f"p{number}@example.org" for number in range(first, first + IDENTIFIERS_A_BATCH)]


def build(settings: Settings) -> Work:
    """`dbt build` as the job calls it, in this process."""

    def work(begun: Begun) -> None:
        os.environ.update(environment(settings))
        from dbt.cli.main import dbtRunner

        begun()
        with begun_run(settings):
            done = dbtRunner().invoke(
                [
                    *("build", "--exclude-resource-type", "unit_test", "--no-use-colors"),
                    *("--project-dir", str(repository() / "dbt_project")),
                ]
            )
        if not done.success:
            raise VictimFailedError("dbt did not build") from done.exception

    return work


def check(settings: Settings) -> Work:
    """Candidate, audit and expectations; nothing is promoted."""

    def work(begun: Begun) -> None:
        begun()
        with begun_run(settings):
            candidate = publication.write_candidate(settings, RUN_ID)
            _pass_checks(candidate)

    return work


def promote(settings: Settings) -> Work:
    """Promotion of a candidate that is there already; killed in promotion only."""

    def work(begun: Begun) -> None:
        with begun_run(settings):
            candidate = publication.write_candidate(settings, RUN_ID)
            begun()
            publication.promote(candidate)

    return work


def publish(settings: Settings) -> Work:
    """Candidate, checks and promotion: how the trials of the last stages are brought to an end."""

    def work(begun: Begun) -> None:
        begun()
        with begun_run(settings):
            candidate = publication.write_candidate(settings, RUN_ID)
            _pass_checks(candidate)
            publication.promote(candidate)

    return work


@contextmanager
def begun_run(settings: Settings) -> Iterator[None]:
    """Do what the job does before its first step, and after its last."""
    prepare_folders(settings)
    with run_lock(settings):
        clear_leftovers(settings)
        with kept_whole(settings):
            yield


def _pass_checks(candidate: Path) -> None:
    problems = publication.audit(candidate)
    problems += [verdict.check for verdict in validate(candidate) if not verdict.holds]
    if problems:
        raise VictimFailedError(f"the candidate does not pass: {problems}")
