"""What each number means."""

from __future__ import annotations

from dagster_pipelines.dashboard.figures import Asked, Page, Shown
from dagster_pipelines.dashboard.published import Published


def show(published: Published, asked: Asked) -> Shown:
    """Show every definition of the publication."""
    del asked
    definitions = sorted(published.definitions.values(), key=lambda one: one.label.lower())
    return Shown(definitions=definitions)


PAGE = Page(
    slug="definitions",
    title="Definitions",
    question="What does each number mean?",
    reads=frozenset({"metric_definitions"}),
    show=show,
)
