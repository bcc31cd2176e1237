"""The audit of all tables of a candidate."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from dagster_pipelines import publication
from dagster_pipelines.disclosure import alone, pairs, reach, segments, stated
from dagster_pipelines.restating.record import can_be_compared, record_of
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import connect, warehouse_path


def audit_disclosure(
    settings: Settings, candidate: Path, progress: Callable[[int, int], None]
) -> list[str]:
    """Return a sentence for each figure of a candidate that gives a few people away.

    Parameters
    ----------
    settings
        The company; fewer than its `privacy.min_group_size` people are a few.
    candidate
        The folder of what is to be published.
    progress
        Is told how much of how much has been looked at.
    """
    least = settings.privacy.min_group_size
    last = next(iter(publication.generations(settings)), None)
    before = record_of(last) if last else None
    databases = stated.Databases(
        candidate=candidate / publication.DATABASE,
        record=record_of(candidate),
        record_before=before if before and can_be_compared(before) else None,
        warehouse=warehouse_path(settings),
    )
    stated_before = {
        (week, metric)
        for _, week, metric in stated.figures_stated_before(databases, segments.PANEL)
    }
    waiting = stated.cells_that_wait(databases)
    with (
        closing(connect(warehouse_path(settings), read_only=True)) as warehouse,
        closing(publication.open_published(candidate)) as published,
        stated.what_rests_on_the_warehouse(databases) as now,
    ):
        found = [
            *segments.audit(
                *(warehouse, published, stated_before, waiting),
                *(pairs.matrices(warehouse, now), least, progress),
            ),
            *pairs.audit(warehouse, now, stated_before, least, progress),
            *reach.audit(warehouse, now, stated_before, least, progress),
            *alone.audit(warehouse, now, least, progress),
        ]
    return [*found, *stated.audit(databases, least, progress)]
