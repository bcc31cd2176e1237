"""The dashboard as one file: it can be mailed, and opens without a network."""

from __future__ import annotations

import os
from pathlib import Path

from dagster_pipelines.dashboard.pages import PAGES
from dagster_pipelines.dashboard.published import open_published
from dagster_pipelines.dashboard.rendering import report_html
from dagster_pipelines.durable import flush
from dagster_pipelines.settings import Settings


def write_report(settings: Settings, file: Path) -> str:
    """Write all pages of what is published now into a file; return the publication's name.

    A report that was there is replaced when the new one is whole.

    Raises
    ------
    JobError
        Nothing is published yet, what is published is gone, or it does not open.
    """
    with open_published(settings) as published:
        html = report_html(published, list(PAGES.values()))
        generation = published.generation
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_text(html, encoding="utf-8")
        flush(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return generation
