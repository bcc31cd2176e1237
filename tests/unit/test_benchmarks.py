"""The benchmarks measure what they say: the company is as described, all competitors agree.

No test here looks at a time.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks import (
    build,
    companies,
    frames,
    generate,
    growth,
    load,
    measure,
    pages,
    results,
    ties,
)
from dagster_pipelines.sqlfiles import repository, statements
from tests.harness.project import compiled_project

PEOPLE, EVENTS = 1_000, 20_000
FIRST_WEEK = date(2025, 1, 6)
WEEKS = 12
PERSONS, EXTERNALS, UNKNOWNS = range(1, 9), range(9, 11), range(11, 13)
BENCHMARKS = repository() / "benchmarks"
NODE, STRUCTURE_NODE = "model.tacit.int_ties", "model.tacit.int_person_centralities"


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    generate.generate(folder, PEOPLE, EVENTS, seed=7)
    return folder


@pytest.fixture(scope="module")
def company(exports: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The exports in tables, read as the bare reader of the load reads them."""
    sql = statements(load.SQL / "bare_load.sql")
    with duckdb.connect() as connection:
        connection.execute(sql["roster"], {"roster": str(exports / "roster.csv")})
        interactions = str(exports / "interactions.csv")
        connection.execute(sql["interactions"], {"interactions": interactions})
        yield connection


def one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    return connection.execute(sql).fetchall()[0]


# The generator


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path):
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        generate.generate(tmp_path / name, 40, 1_500, seed)
    for file in ("roster.csv", "interactions.csv"):
        first, again, other = (
            (tmp_path / name / file).read_bytes() for name in ("first", "again", "other")
        )
        assert first == again != other


def test_there_are_exactly_as_many_events_and_people_as_asked_for(
    company: duckdb.DuckDBPyConnection,
):
    assert one(company, "select count(*) from roster") == (PEOPLE,)
    events = "select count(distinct (source, occurred_at)) from interactions"
    assert one(company, events) == (EVENTS,)
    channels = "select count(distinct (source, occurred_at, channel)) from interactions"
    assert one(company, channels) == (EVENTS,)


def test_no_two_rows_are_alike_and_nobody_writes_to_himself(company: duckdb.DuckDBPyConnection):
    rows = "select count(*), count(distinct (source, target, occurred_at)) from interactions"
    everything, distinct = one(company, rows)
    assert everything == distinct
    assert one(company, "select count(*) from interactions where source = target") == (0,)


def test_the_hierarchy_has_six_levels_below_one_head(company: duckdb.DuckDBPyConnection):
    levels = company.execute("select distinct job_level from roster order by all").fetchall()
    assert levels == [(level,) for level in range(1, 7)]
    heads = company.execute("select job_level from roster where manager_id is null").fetchall()
    assert heads == [(6,)]
    chain = """
        with recursive lines as (
            select person_id, 1 as layer from roster where manager_id is null
            union all
            select roster.person_id, layer + 1 from roster
            inner join lines on roster.manager_id = lines.person_id
        )
        select count(*), max(layer) from lines
    """
    assert one(company, chain) == (PEOPLE, 6)
    inverted = """
        select count(*) from roster inner join roster as managers
        on roster.manager_id = managers.person_id where roster.job_level > managers.job_level
    """
    assert one(company, inverted) == (0,)


def test_the_most_active_tenth_sends_what_a_power_law_of_exponent_2_says(
    company: duckdb.DuckDBPyConnection,
):
    sent = company.execute(
        "select count(distinct occurred_at) as events from interactions group by source order by 1"
    ).fetchnumpy()["events"]
    share = sent[-PEOPLE // 10 :].sum() / sent.sum()
    assert share == pytest.approx(0.1**0.5, abs=0.06)  # Pareto: p to the power of 1 - 1/2


def test_senders_are_employed_on_the_day(company: duckdb.DuckDBPyConnection):
    strangers = """
        select count(*) from interactions inner join roster on interactions.source = roster.email
        where occurred_at::date < hired_on or occurred_at::date >= coalesce(left_on, '9999-12-31')
    """
    assert one(company, strangers) == (0,)
    known = "select count(*) from interactions semi join roster on source = email"
    assert one(company, known) == one(company, "select count(*) from interactions")


def test_an_unfinished_company_is_made_anew_and_a_finished_one_kept(tmp_path: Path):
    size = companies.Size("test", 40, 1_500)
    (tmp_path / "test" / "unfinished").mkdir(parents=True)
    (tmp_path / "test" / "unfinished" / "roster.csv").write_text("half a")
    made = companies.prepare(tmp_path, size)
    assert made.roster.read_text().startswith("person_id,")
    made.interactions.write_text("kept")
    assert companies.prepare(tmp_path, size).interactions.read_text() == "kept"


# The ties' competitors


def compiled(name: str) -> str:
    """The SQL of a model."""
    [sql] = [model.code for model in compiled_project().models if model.name == name]
    return sql


def pair_week_rows(seed: int) -> Iterator[tuple]:
    """Random weeks of all pairs of three kinds, some with a heavy one, some of a single week."""
    generator = random.Random(seed)
    parties = [*PERSONS, *EXTERNALS, *UNKNOWNS]
    for place, a in enumerate(parties):
        for b in parties[place + 1 :]:
            if a not in PERSONS:
                continue
            kind = "person_person"
            if b in EXTERNALS:
                kind = "person_external"
            elif b in UNKNOWNS:
                kind = "person_unknown"
            density = generator.choice([0.05, 0.2, 0.7])
            for week in range(WEEKS):
                if generator.random() < density:
                    there, back = generator.randint(0, 2), generator.randint(0, 1)
                    weight = Decimal(generator.randint(1, 10**15)).scaleb(-15)
                    minutes = Decimal(generator.randint(0, 10**14)).scaleb(-12)
                    yield (
                        *(a, b, kind, max(1, there + back), there, back, weight),
                        minutes if generator.random() < 0.3 else None,
                        FIRST_WEEK + timedelta(weeks=week),
                    )


def make_warehouse(path: Path, window_weeks: int, minimum: int, reciprocity: bool) -> None:
    generator = random.Random(3)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema intermediate; create schema staging;")
        connection.execute(
            """
            create table intermediate.int_pair_weeks (
                party_a_id bigint, party_b_id bigint, kind varchar, interactions integer,
                a_to_b_interactions integer, b_to_a_interactions integer,
                newman_weight decimal(38, 15), shared_minutes decimal(38, 12), week_start date
            );
            create table intermediate.int_person_weeks (person_id bigint, week_start date);
            create table intermediate.int_coverage (first_date date, last_date date);
            create table staging.stg_tacit__parameters (
                tie_window_weeks integer, tie_min_interactions integer,
                tie_requires_reciprocity boolean
            );
            """
        )
        connection.executemany(
            "insert into intermediate.int_pair_weeks values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            list(pair_week_rows(seed=11)),
        )
        # A week before the first interaction, and one after the coverage, are there too.
        connection.executemany(
            "insert into intermediate.int_person_weeks values (?, ?)",
            [
                (person, FIRST_WEEK + timedelta(weeks=week))
                for person in PERSONS
                for week in range(-1, WEEKS + 1)
                if generator.random() < 0.85
            ],
        )
        connection.execute(
            "create table intermediate.int_person_spans as " + compiled("int_person_spans")
        )
        last_date = FIRST_WEEK + timedelta(weeks=WEEKS, days=-1)
        connection.execute(
            "insert into intermediate.int_coverage values (?, ?)", [FIRST_WEEK, last_date]
        )
        connection.execute(
            "insert into staging.stg_tacit__parameters values (?, ?, ?)",
            [window_weeks, minimum, reciprocity],
        )


@pytest.mark.parametrize(
    ("window_weeks", "minimum", "reciprocity"),
    [(4, 2, False), (4, 2, True), (1, 2, False), (6, 3, True)],
)
def test_sql_polars_and_numpy_find_the_same_ties(
    tmp_path: Path, window_weeks: int, minimum: int, reciprocity: bool
):
    warehouse, statement = tmp_path / "warehouse.duckdb", tmp_path / "int_ties.sql"
    make_warehouse(warehouse, window_weeks, minimum, reciprocity)
    statement.write_text(compiled("int_ties"), encoding="utf-8")
    found = {
        "duckdb": ties.run_duckdb(warehouse, 1, statement),
        "polars, streaming": ties.run_polars(warehouse, 1, "streaming"),
        "polars, in memory": ties.run_polars(warehouse, 1, "in-memory"),
        "numpy": ties.run_kernel(warehouse, 1),
    }
    digests = {name: ties.digest(give_result()) for name, (_, give_result) in found.items()}
    expected = digests["duckdb"]
    assert 0 < expected["ties"] < expected["rows"]
    assert digests == dict.fromkeys(found, expected)


def result_table(**changed: object) -> pa.Table:
    columns: dict[str, object] = {
        "week_start": date(2025, 1, 6),
        "party_a_id": 1,
        "party_b_id": 2,
        "kind": "person_person",
        "interactions": 3,
        "newman_weight": 5,
        "shared_minutes": None,
        "is_reciprocal": True,
        "is_tied": True,
    }
    columns |= changed
    table = pa.table({name: [value] for name, value in columns.items()})
    place = table.schema.get_field_index("shared_minutes")
    return table.set_column(place, "shared_minutes", table["shared_minutes"].cast(pa.int64()))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("week_start", date(2025, 1, 13)),
        ("party_a_id", 4),
        ("party_b_id", 4),
        ("kind", "person_external"),
        ("interactions", 4),
        ("newman_weight", 6),
        ("shared_minutes", 0),
        ("is_reciprocal", False),
        ("is_tied", False),
    ],
)
def test_a_digest_notices_a_change_in_any_column(name: str, value: object):
    assert set(ties.COLUMNS) == set(result_table().column_names)
    digests = [
        ties.digest(table.to_batches())["checksum"]
        for table in (result_table(), result_table(**{name: value}))
    ]
    assert digests[0] != digests[1]


def test_a_digest_does_not_care_for_the_order_of_rows():
    first, second = result_table(), result_table(party_b_id=9)
    both = [pa.concat_tables(tables) for tables in ([first, second], [second, first])]
    assert ties.digest(both[0].to_batches()) == ties.digest(both[1].to_batches())


def test_decimals_become_whole_numbers_of_their_last_place():
    numbers = [Decimal("0.5"), None, Decimal("-1.25"), Decimal("92233.00")]
    decimals = pa.array(numbers, pa.decimal128(38, 2))
    assert ties.unscale(decimals).to_pylist() == [50, None, -125, 9_223_300]
    assert ties.unscale(decimals[1:3]).to_pylist() == [None, -125]
    with pytest.raises(ties.OversizedError):
        ties.unscale(pa.array([Decimal(2**63)], pa.decimal128(38, 0)))


# The build's statements


def test_bare_statements_run_under_the_profiles_settings(tmp_path: Path):
    warehouse = tmp_path / "warehouse.duckdb"
    settings = build.profile_settings(
        repository(), {"TACIT_WAREHOUSE": str(warehouse), "TACIT_MEMORY_LIMIT": "2GB"}
    )
    assert settings["memory_limit"] == "2GB"
    assert settings["temp_directory"] == str(tmp_path / "tmp")
    assert settings["autoinstall_known_extensions"] is False
    duckdb.connect(str(warehouse), config=settings).close()


def test_statements_come_in_the_order_in_which_dbt_ran_them_and_under_their_own_names(
    tmp_path: Path,
):
    company = companies.Company(tmp_path)
    target = build.target(company)
    nodes = {
        "model.tacit.b": {"original_file_path": "models/b.sql"},
        "test.tacit.b_is_one_row": {
            "original_file_path": "models/b.yml",
            "path": "b_is_one_row.sql",
            "test_metadata": {},
        },
        "seed.tacit.a": {"original_file_path": "seeds/a.csv"},
    }
    files = ("models/b.sql", "models/b.yml/b_is_one_row.sql", "seeds/a.csv")
    for file, sql in zip(files, ('create table "b__dbt_tmp"', "test", "seed"), strict=True):
        path = target / "run" / "tacit" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql)
    for node in nodes.values():
        node["package_name"] = "tacit"
    started = zip(nodes, ("02", "03", "01"), strict=True)
    ran = [{"unique_id": node, "timing": [{"started_at": at}]} for node, at in started]
    (target / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    (target / "run_results.json").write_text(json.dumps({"results": ran}))
    assert list(build.read_statements(company).items()) == [
        ("seed.tacit.a", "seed"),
        ("model.tacit.b", 'create table "b"'),
        ("test.tacit.b_is_one_row", "test"),
    ]


# Measuring


def test_every_other_round_goes_backwards():
    order: list[str] = []

    def competitor(name: str) -> measure.ChildRun:
        order.append(name)
        return measure.ChildRun(1.0, 1.0, 1, {})

    measure.interleave({name: lambda name=name: competitor(name) for name in "ab"}, rounds=3)
    assert "".join(order) == "abbaab"


def test_a_childs_answer_is_the_object_on_its_last_line_and_its_failure_is_raised():
    run = measure.run_child([sys.executable, "-c", "print('said'); print('{\"rows\": 3}')"])
    assert run.answer == {"rows": 3}
    assert run.peak_bytes > measure.MEBIBYTE
    with pytest.raises(measure.ChildFailedError, match="status 3"):
        measure.run_child([sys.executable, "-c", "raise SystemExit(3)"])


@pytest.mark.parametrize(("large", "exponent"), [(20.0, 1.0), (2.0, 0.0), (200.0, 2.0)])
def test_the_growth_exponent_is_the_power_of_the_number_of_events(large: float, exponent: float):
    medians = growth.exponent([1.0, 2.0, 9.0], [large], 1_000_000, 10_000_000)
    assert medians == pytest.approx(exponent)


# The page


def runs_of(
    seconds: dict[str, float], laps: tuple[str, ...] = (NODE,), **answer: object
) -> dict[str, list[measure.ChildRun]]:
    """One run of each, which took so many seconds, as long for each lap."""
    return {
        name: [
            measure.ChildRun(
                spent + 1,
                spent,
                2_000_000_000,
                {
                    "seconds": dict.fromkeys(laps, spent / len(laps)),
                    "cpu_seconds": dict.fromkeys(laps, spent / 2 / len(laps)),
                    **answer,
                },
            )
        ]
        for name, spent in seconds.items()
    }


def measured(name: str, events: int, factor: float) -> results.SizeRuns:
    """One run of everything: load 2 times, build 2 times, ties 4 times the other's speed."""
    return results.SizeRuns(
        companies.Size(name, events // 1_000, events),
        load=runs_of({"tacit": 2 * factor, "bare": factor}),
        build=runs_of(
            {"dbt": 4 * factor, "bare": 2 * factor},
            (NODE, STRUCTURE_NODE),
            nodes={NODE: 1.0, STRUCTURE_NODE: 0.5 * factor},
        ),
        ties=runs_of(
            {ties.INT_TIES: 0.5, **dict.fromkeys(ties.POLARS, 2.0), ties.REFERENCE: 4.0},
            digest={"rows": 1_234, "ties": 56},
        ),
        late=runs_of({"late": factor})["late"],
        frames=runs_of(dict.fromkeys(frames.AIMS, 60.0 * factor), ("tables", "structure")),
    )


def test_figures_stand_against_their_aims():
    both = [measured("small", 1_000_000, 1.0), measured("large", 10_000_000, 20.0)]
    found = {aim.what: aim for aim in results.aims(both)}
    assert found["load, times the bare reader, large"].figure == pytest.approx(2.0)
    assert found["build, times its bare statements, small"].figure == pytest.approx(2.0)
    assert not found["build, times its bare statements, small"].holds
    # Of the bare statements half is the structure's, of dbt's seconds an eighth.
    others = found["all but the network's structure, times its bare statements, small"]
    assert others.figure == pytest.approx(3.5)
    assert found["ties, times faster than polars, its default engine, large"].figure == 8.0
    assert found["ties, times faster than polars, its default engine, large"].holds
    assert found["a late day, part of the whole build, large"].figure == pytest.approx(0.25)
    assert found["a late day, part of the whole build, large"].holds
    assert found["polars and networkx, times tacit's build, large"].figure == pytest.approx(15)
    assert found["polars and networkx, times tacit's build, large"].holds
    assert not found["pandas and networkx, times tacit's build, large"].holds
    assert found["peak memory of the build, large"].row()[2] == "2.00 GB"
    assert found["growth exponent of the load"].figure == pytest.approx(1 + np.log10(2))
    assert not found["growth exponent of the load"].holds


def test_one_size_alone_has_no_growth():
    page = results.write_results([measured("tiny", 50_000, 1.0)], "Today.")
    assert "exponent" not in page
    assert "## tiny: 50 people, 50,000 events" in page
    assert "1,234 windows of pairs, 56 of them ties." in page


def test_every_row_of_a_table_has_as_many_cells_as_its_header():
    page = results.write_results([measured("small", 10**6, 1.0), measured("large", 10**7, 9.0)], "")
    widths: list[set[int]] = [set()]
    for line in page.splitlines():
        if line.startswith("|"):
            widths[-1].add(line.count("|"))
        elif widths[-1]:
            widths.append(set())
    tables = [cells for cells in widths if cells]
    assert len(tables) == 2 + 2 * 6
    assert all(len(cells) == 1 for cells in tables)


def test_figures_replace_those_between_the_marks_and_nothing_else(tmp_path: Path):
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n")
    pages.put_into_page(page, "new \\1\n")
    assert page.read_text() == (
        "before\n<!-- figures -->\nnew \\1\n<!-- end of figures -->\nafter\n"
    )
    page.write_text("no marks")
    with pytest.raises(ValueError, match=r"README\.md"):
        pages.put_into_page(page, "new")


def test_the_readme_has_a_place_for_the_figures():
    assert pages.FIGURES.search((BENCHMARKS / "README.md").read_text(encoding="utf-8"))


def test_circumstances_name_date_machine_and_versions():
    said = results.describe_circumstances("2026-11-23", 3, 0.25)
    assert said.startswith("2026-11-23, each measured 3 times; load of the machine before: 0.2")
    assert f"duckdb {duckdb.__version__}" in said
    assert f"{measure.count_cores()} cores" in said
