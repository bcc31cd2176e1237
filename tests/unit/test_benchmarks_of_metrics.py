"""The benchmarks of the metrics: libraries that compute the same, and find it in every cell.

No test here looks at a time. What all benchmarks share is tried in `test_benchmarks`.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from benchmarks import companies, frames, generate, structure
from tests.harness.company import Company, InteractionRecord, RosterRecord
from tests.harness.project import MARTS, compiled_project
from tests.harness.raw import ids_of, raw_tables
from tests.harness.warehouse import Warehouse
from tests.reference.model import Parameters

# The structure of made-up networks


def test_a_made_up_network_has_as_many_ties_as_asked_for_each_once():
    tail, head = structure.make_ties(300, 2_000)
    assert len({*zip(tail.tolist(), head.tolist(), strict=True)}) == 2_000
    assert np.all(tail < head)
    assert head.max() < 300
    again = structure.make_ties(300, 2_000)
    assert np.array_equal(tail, again[0])
    assert np.array_equal(head, again[1])


@pytest.mark.parametrize("figure", [structure.CONTACTS, structure.CHAINS])
def test_everybody_finds_the_same_structure(tmp_path: Path, figure: str):
    # So few ties that some have none, and some one.
    network = structure.Network(80, 90, ())
    company = companies.Company(tmp_path)
    for name, path in structure.COMPILED.items():
        file = company.data / "dbt" / "target" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        [model] = [one for one in compiled_project().models if one.name == name.partition(".")[2]]
        file.write_text(model.code)
    ours, _ = structure.ask_tacit(figure, network, company)
    assert np.isnan(ours[0]).any() or figure == structure.CHAINS
    for ask in (structure.ask_networkx, structure.ask_igraph):
        theirs, _ = ask(figure, network)
        assert len(theirs) == len(ours)
        for one_column, other_column in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one_column, other_column, rtol=0, atol=1e-9)


# Data frames


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The marts of a company of the generator's, small enough for the harness."""
    folder = tmp_path_factory.mktemp("company")
    generate.generate(folder, 60, 1_500, seed=3)
    rows = {name: pa.csv.read_csv(folder / f"{name}.csv").to_pylist()
            for name in ("roster", "interactions")}  # fmt: skip
    roster = tuple(
        RosterRecord(
            row["email"],
            manager=next(
                (one["email"] for one in rows["roster"] if one["person_id"] == row["manager_id"]),
                None,
            ),
            **{name: row[name] for name in ("team", "department", "hired_on", "left_on")},
            job_level=float(row["job_level"]),
        )
        for row in rows["roster"]
    )
    zone = ZoneInfo("Europe/Warsaw")
    records = tuple(
        InteractionRecord(
            event=f"{row['source']} {row['occurred_at']} {row['channel']}",
            occurred_at=row["occurred_at"].replace(tzinfo=zone).astimezone(UTC),
            **{name: row[name] for name in ("channel", "source", "target", "minutes")},
        )
        for row in rows["interactions"]
    )
    company = Company(roster, records, parameters=Parameters(timezone=zone.key))
    warehouse = Warehouse(compiled_project(), (*MARTS, "dim_weeks", "dim_parameters"))
    warehouse.build(raw_tables(company, ids_of(company)))
    return warehouse


@pytest.mark.parametrize("library", frames.LIBRARIES.values())
def test_data_frames_find_what_the_marts_have(built: Warehouse, library: str):
    found, _ = frames.compute(library, frames.read_inputs(built.connection))
    assert len(found["person_weeks"]) > 2_000
    assert len(found["structure"]) > 400
    frames.require_equal(built.connection, found)


def test_data_frames_that_find_something_else_are_told(built: Warehouse):
    found, _ = frames.compute("polars", frames.read_inputs(built.connection))
    found["person_weeks"][7]["network_size"] += 1
    with pytest.raises(frames.UnequalFiguresError, match="person_weeks: network_size is not"):
        frames.require_equal(built.connection, found)
