"""What many studies of one scenario come to, against the aims, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.measure import format_table
from tests.validation.scenarios import Scenario
from tests.validation.studies import Interval, Study

COVERED = (0.91, 0.98)
"""Of 95 % intervals so many are to cover the truth."""

MOST_FOUND = 0.10
"""An effect of none may be found in so many companies."""

MOST_ERROR = 0.1
"""The mean error is to be less than this share of the effect."""

HEADER = (
    "planted",
    "companies",
    "people matched",
    "true effect",
    "mean estimate",
    "mean error",
    "intervals that cover it",
    "found (interval without 0)",
    "before and after: mean error",
    "its intervals that cover",
)


@dataclass(frozen=True)
class Figures:
    """Means over the companies of one scenario whose effect is known."""

    scenario: Scenario
    studies: Sequence[Study]

    @property
    def truth(self) -> float:
        """The planted effect."""
        return fmean(study.truth for study in self.studies)

    @property
    def estimate(self) -> float:
        """The mean of what is found."""
        return fmean(study.effect.estimate for study in self.studies)

    @property
    def covered(self) -> float:
        """The share of the intervals that cover the truth of their company."""
        return fmean(study.effect.covers(study.truth) for study in self.studies)

    @property
    def found(self) -> float:
        """The share of the companies in which an effect is found."""
        return fmean(not study.effect.covers(0) for study in self.studies)

    @property
    def failures(self) -> list[str]:
        """The aims that are missed, each in a sentence."""
        if not self.scenario.is_aimed_at:
            return []
        low, high = COVERED
        missed = []
        if not low <= self.covered <= high:
            missed.append(f"{self.covered:.1%} of the intervals cover, not {low:.0%} to {high:.0%}")
        if self.truth == 0 and self.found > MOST_FOUND:
            missed.append(
                f"an effect is found in {self.found:.1%}, at most {MOST_FOUND:.0%} aimed at"
            )
        if self.truth and abs(self.estimate - self.truth) >= MOST_ERROR * abs(self.truth):
            missed.append(f"the mean error is {self.estimate - self.truth:+.2f}")
        return [f"{self.scenario.name}: {one}" for one in missed]

    def row(self) -> tuple[str, ...]:
        """The row of the table."""
        naive: list[tuple[Interval, float]] = [
            (study.before_after, study.truth)
            for study in self.studies
            if study.before_after is not None
        ]
        return (
            self.scenario.name,
            str(len(self.studies)),
            f"{fmean(study.matched for study in self.studies):.1f}",
            f"{self.truth:.2f}",
            f"{self.estimate:.2f}",
            f"{self.estimate - self.truth:+.2f}",
            f"{self.covered:.1%}",
            f"{self.found:.1%}",
            f"{fmean(one.estimate - truth for one, truth in naive):+.2f}" if naive else "",
            f"{fmean(one.covers(truth) for one, truth in naive):.1%}" if naive else "",
        )


def figures_of(scenario: Scenario, studies: Sequence[Study]) -> Figures:
    """The figures of the companies in which an effect is known."""
    return Figures(scenario, [study for study in studies if study.effect is not None])


def table(all_figures: Sequence[Figures]) -> str:
    """The figures as a table."""
    return format_table(HEADER, [one.row() for one in all_figures])
