"""Promotion under readers that never stop reading."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from dagster_pipelines import publication
from tests.harness.published import opened_for_writing, with_guarded_tables

ROOT = Path(__file__).resolve().parents[2]
READERS = 50
PROMOTIONS = 6


def test_fifty_readers_see_one_publication_after_the_other_and_never_half_of_one(
    tmp_path: Path,
) -> None:
    settings = with_guarded_tables(tmp_path)

    def publish(turn: int) -> Path:
        with opened_for_writing(settings) as connection:
            connection.execute("update bi.release set events = ?", [turn])
            connection.execute("update bi.data_quality set events = ?", [turn])
        return publication.promote(publication.write_candidate(settings, f"run{turn}"))

    first = publish(0)
    published = publication.published_path(settings)
    with (
        # Somebody who opened the first generation and keeps it open to the end.
        closing(publication.open_published(first)) as patient,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.readers", str(published), str(READERS)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as readers,
    ):
        assert readers.stdout
        assert readers.stdout.readline() == "reading\n"
        for turn in range(1, PROMOTIONS + 1):
            publish(turn)
        (published / "stop").touch()
        failed, reads, seen = map(int, readers.stdout.read().split())
        assert readers.wait(timeout=60) == 0
        assert failed == 0
        assert reads >= READERS
        assert seen >= 3
        assert not first.exists()
        assert patient.execute("select events from bi.release").fetchall() == [(0,)]
