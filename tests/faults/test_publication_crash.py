"""Killed at any line of the publication: the old generation or the new one, and whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dagster_pipelines import publication
from dagster_pipelines.run_lock import run_lock
from tests.harness.published import settings_in, with_guarded_tables

ROOT = Path(__file__).resolve().parents[2]

# With 1, every line is met, in minutes; a prime number meets other lines of each loop's turns.
STRIDE = int(os.environ.get("TACIT_CRASH_STRIDE", "23"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def deaths(folder: Path) -> list[dict[str, Any]]:
    """What each death left."""
    with_guarded_tables(folder)
    said = subprocess.run(
        [sys.executable, "-m", "tests.faults.crash_points", str(folder), str(STRIDE)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_what_is_published_is_whole_after_every_death(deaths: list[dict[str, Any]]) -> None:
    assert [death for death in deaths if death["problem"]] == []


def test_it_never_goes_back(deaths: list[dict[str, Any]]) -> None:
    turns = [death["turn"] or 0 for death in deaths]
    assert turns == sorted(turns)


def test_a_death_leaves_the_lock_free(deaths: list[dict[str, Any]]) -> None:
    assert not any(death["is_busy"] for death in deaths)


def test_deaths_were_met_in_writing_and_in_promoting(deaths: list[dict[str, Any]]) -> None:
    places = {str(death["died_at"]).split(":")[0] for death in deaths}
    assert places >= {"_write_database", "_seal", "flush"}


def test_the_next_run_publishes_and_leaves_nothing_lying_about(
    deaths: list[dict[str, Any]], folder: Path
) -> None:
    assert deaths
    settings = settings_in(folder)
    with run_lock(settings):
        promoted = publication.promote(publication.write_candidate(settings, "last"))
    assert publication.current(settings) == promoted
    names = {path.name for path in publication.published_path(settings).iterdir()}
    assert {name for name in names if not name.startswith("gen-")} == {"current"}
    assert len(names) <= publication.GENERATIONS_KEPT + 1
