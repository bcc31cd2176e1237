"""The pages of the dashboard, in the order in which they are listed."""

from __future__ import annotations

from dagster_pipelines.dashboard.figures import Page
from dagster_pipelines.dashboard.pages import (
    definitions,
    newcomers,
    overview,
    participation,
    programmes,
    quality,
    remote,
    silos,
    teams,
)

PAGES: dict[str, Page] = {
    page.slug: page
    for page in (
        overview.PAGE,
        teams.PAGE,
        silos.PAGE,
        newcomers.PAGE,
        programmes.PAGE,
        participation.PAGE,
        remote.PAGE,
        quality.PAGE,
        definitions.PAGE,
    )
}
"""By their addresses; the first is where one arrives."""
