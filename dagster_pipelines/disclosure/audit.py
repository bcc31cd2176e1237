"""The audit of all tables of a candidate."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from dagster_pipelines import publication
from dagster_pipelines.disclosure import alone, pairs, reach, segments
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
    with (
        closing(connect(warehouse_path(settings), read_only=True)) as warehouse,
        closing(publication.open_published(candidate)) as published,
    ):
        return [
            *segments.audit(warehouse, published, least, progress),
            *pairs.audit(warehouse, published, least, progress),
            *reach.audit(warehouse, published, least, progress),
            *alone.audit(warehouse, published, least, progress),
        ]
