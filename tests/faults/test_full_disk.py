"""A full disk while publishing: a sentence, and what was published stays."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_pipelines import publication
from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Settings
from tests.harness.published import opened_for_writing, with_guarded_tables

MEGABYTE = 1 << 20


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A company whose published folder is a small disk of its own."""
    settings = with_guarded_tables(tmp_path)
    with opened_for_writing(settings) as connection:
        connection.execute("""
            insert into bi.segment_weeks by name
            select cells.* replace (hash(copies.copy)::varchar as segment_value)
            from bi.segment_weeks as cells, range(20000) as copies (copy)
            where segment_type = 'department' and metric = 'people'
        """)
    published = publication.published_path(settings)
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(published)],
        check=False,
        capture_output=True,
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("a small disk can only be made by root, with the right to mount")
    try:
        yield settings
    finally:
        subprocess.run(["umount", "--lazy", str(published)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Fill a disk but for so many bytes; return the file that does."""
    filler = folder / "filler"
    filler.unlink(missing_ok=True)
    stat = os.statvfs(folder)
    filler.write_bytes(bytes(max(stat.f_bavail * stat.f_frsize - left, 0)))
    return filler


def test_a_full_disk_is_a_sentence_and_the_old_generation_stays(settings: Settings) -> None:
    before = publication.promote(publication.write_candidate(settings, "before"))
    published = publication.published_path(settings)
    size = sum(path.stat().st_size for path in before.iterdir())
    assert size > MEGABYTE
    for left in (0, 4096, size // 8, size // 2, size - 100_000):
        filler = fill(published, left)
        with pytest.raises(JobError, match="The disk is full"):
            publication.write_candidate(settings, f"left{left}")
        assert publication.current(settings) == before
        publication.verify(before)
        assert {path.name for path in published.iterdir()} == {before.name, "current", "filler"}
        filler.unlink()
    after = publication.promote(publication.write_candidate(settings, "after"))
    assert publication.current(settings) == after


def test_promotion_on_a_full_disk_is_done_whole_or_not_at_all(settings: Settings) -> None:
    before = publication.promote(publication.write_candidate(settings, "before"))
    candidate = publication.write_candidate(settings, "next")
    filler = fill(publication.published_path(settings), 0)
    expected = before
    with contextlib.suppress(JobError):
        expected = publication.promote(candidate)
    assert publication.current(settings) == expected
    publication.verify(expected)
    filler.unlink()
    after = publication.promote(publication.write_candidate(settings, "after"))
    assert publication.current(settings) == after
