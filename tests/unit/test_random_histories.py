"""Builds that compute what changed against builds of everything, on random histories.

`TACIT_RANDOM_HISTORIES=5000 pytest tests/unit/test_random_histories.py` draws so many, others each
time; without it the run is short and always the same.
"""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness.companies import companies
from tests.harness.company import Company
from tests.harness.histories import a_history
from tests.harness.living import OF_BUILDS, LivingWarehouse, living_and_whole
from tests.harness.warehouse import Warehouse

MANY = os.environ.get("TACIT_RANDOM_HISTORIES")


def differing(living: LivingWarehouse, whole: Warehouse) -> list[str]:
    """The tables whose rows are not the same."""
    return [
        name
        for name in whole.tables
        if name not in OF_BUILDS and rows_of(living, name) != rows_of(whole, name)
    ]


def rows_of(warehouse: Warehouse, name: str) -> Counter[str]:
    """All rows, each cell as it is."""
    return Counter(repr(row) for row in warehouse.rows(name))


@settings(
    max_examples=int(MANY or 6),
    derandomize=MANY is None,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(company=companies(), seed=st.integers(0, 2**32))
def test_a_history_ends_where_a_build_of_everything_ends(company: Company, seed: int) -> None:
    living, whole = living_and_whole()
    history = a_history(company, seed, models=len(living.tables))
    living.begin_anew()
    for run in history:
        living.live(run.raw, run.dies_after)
    whole.build(history[-1].raw)
    assert differing(living, whole) == []
