"""Made-up people of a week: who is in which team, department and so on. No names, no records.

What follows from published cells depends on nothing else. The companies are harder than real ones:
teams of 2 to 13, departments of a few, people who sit in another department than their team, and
disciplines, places, work modes and tenures that nearly coincide with departments or teams.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TYPES = ("team", "department", "discipline", "location", "work_mode", "tenure_band")
NOBODY = -1


def memberships(seed: int) -> NDArray[np.int64]:
    """Draw a company: (TYPES, people), the number of each person's cell, NOBODY if not known."""
    rng = np.random.default_rng(seed)
    people, departments = int(rng.integers(8, 400)), int(rng.integers(1, 10))
    sizes = rng.dirichlet(np.full(departments, 1.5))
    department = np.sort(rng.choice(departments, people, p=sizes))
    team = _teams(department, rng)
    strays = rng.random(people) < 0.03
    department[strays] = rng.integers(0, departments, strays.sum())
    discipline = rng.choice(8, people, p=rng.dirichlet(np.ones(8)))
    of_department = rng.random(people) < rng.choice([0.0, 0.5, 0.95])
    discipline = np.where(of_department, department * 3 % 8, discipline)
    at_home = rng.random(people) < 0.6
    location = np.where(at_home, department % 5, rng.integers(0, 5, people))
    like_team = rng.random(people) < 0.5
    work_mode = np.where(like_team, team % 3, rng.choice(3, people, p=[0.6, 0.3, 0.1]))
    tenure = rng.choice(3, people, p=[0.1, 0.2, 0.7])
    drawn = np.array([team, department, discipline, location, work_mode, tenure])
    drawn[rng.random(drawn.shape) < rng.choice([0.0, 0.002, 0.02])] = NOBODY
    return drawn


def _teams(department: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Cut each department, whose people stand together, into teams."""
    team, number = np.empty_like(department), 0
    for one in np.unique(department):
        left = np.flatnonzero(department == one)
        while len(left):
            size = int(rng.integers(2, 14))
            team[left[:size]] = number
            left, number = left[size:], number + 1
    return team
