"""How large a simulated company is, when its story begins, and where its randomness comes from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

FIRST_MONDAY = date(2025, 1, 6)
"""The first day of the exports. The clocks of New York change nine weeks later, Europe's twelve."""

SMALLEST, LARGEST = 20, 20_000


@dataclass(frozen=True)
class Scale:
    """How many people (on the roster at any time), how many weeks, and the seed."""

    people: int = 300
    weeks: int = 26
    seed: int = 1

    def check(self) -> None:
        """Refuse what makes no company.

        Raises
        ------
        ValueError
            It would be too small to have units, or larger than the simulator is made for.
        """
        if not SMALLEST <= self.people <= LARGEST:
            raise ValueError(f"people is to be from {SMALLEST} to {LARGEST}")
        if not 1 <= self.weeks <= 52:
            raise ValueError("weeks is to be from 1 to 52")
        if self.seed < 0:
            raise ValueError("seed is to be 0 or more")

    def stream(self, concern: str) -> np.random.Generator:
        """Return the random stream of one concern.

        It depends on the seed and the concern's name alone, so that a new concern changes nothing
        of the others. The same version of numpy gives the same numbers on every machine.
        """
        digest = hashlib.blake2b(concern.encode(), digest_size=8).digest()
        key = int.from_bytes(digest, "big")
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(key,)))

    @property
    def end(self) -> date:
        """The day after the last one that the exports cover."""
        return FIRST_MONDAY + timedelta(weeks=self.weeks)

    def monday(self, week: int) -> date:
        """The first day of a week, counted from 0."""
        return FIRST_MONDAY + timedelta(weeks=week)
