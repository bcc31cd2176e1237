"""The quantiles of Student's t with which the intervals of effects are made, beside scipy's."""

from __future__ import annotations

import csv
import re

import duckdb
import pytest
from scipy import stats

from dagster_pipelines.sqlfiles import repository
from tests.harness.project import compiled_project

MART = "fct_programme_effects"
PEOPLE = "(means.matched - 1)"
SEED = repository() / "dbt_project" / "seeds" / "student_t.csv"


def test_the_table_has_the_quantiles_of_up_to_200_degrees_of_freedom() -> None:
    with SEED.open() as lines:
        rows = {int(row["degrees_of_freedom"]): row["quantile"] for row in csv.DictReader(lines)}
    assert list(rows) == list(range(1, 201))
    for degrees, quantile in rows.items():
        assert float(quantile) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-14)


@pytest.mark.parametrize("degrees", [201, 250, 999, 20_000, 1_000_000])
def test_beyond_the_table_a_series_gives_them(degrees: int) -> None:
    models = compiled_project().models_for(frozenset({MART}))
    [code] = [model.code for model in models if model.name == MART]
    # As it is compiled, but for what it is asked of.
    [series] = re.findall(r"student_t\.quantile,(.*?)\)\s+as quantile", code, re.DOTALL)
    [[quantile]] = duckdb.sql("select " + series.replace(PEOPLE, str(degrees))).fetchall()
    assert quantile == pytest.approx(stats.t.ppf(0.975, degrees), abs=3e-12)
