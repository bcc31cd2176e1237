"""The trailing-window tie count: int_ties' own compiled SQL against polars and a numpy kernel.

    python -m benchmarks.ties COMPANY [--sql PATH …] [--rounds 3]

COMPANY is a folder whose warehouse `benchmarks.build` has built. Everybody gets the same pair weeks
and person weeks, in memory (polars, numpy) or in DuckDB's storage, and does all that int_ties does:
sums the trailing windows of every pair, keeps those whose people have a row in the week, tells
which are ties. Nobody writes files in that time: DuckDB leaves its result in a temporary table,
polars in a data frame. Every result must be the same, in each row and column, or the benchmark
fails.

DuckDB sums decimals of 38 digits, as the warehouse holds them. The others are given weights and
minutes as 64-bit integers, and polars the kind of a pair as an enumeration, so that neither has
more to do than it must. (With its own decimals and texts polars takes as long.)

`--sql` names another statement to run in int_ties' place; it may be given several times.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import measure
from benchmarks.companies import Company

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

SQL = Path(__file__).parent / "sql" / "ties.sql"
COMPILED = Path("compiled", "tacit", "models", "intermediate", "int_ties.sql")
MEMORY_LIMIT = "4GB"
"""More than the build's: the result stays in memory here, and in the warehouse's file there."""

INT_TIES = "`int_ties` in DuckDB"
REFERENCE = "polars, its default engine"
POLARS = {REFERENCE: "polars:in-memory", "polars, its streaming engine": "polars:streaming"}
OTHERS = {**POLARS, "numpy kernel": "numpy"}
"""Competitors by the name that is shown: how they are called on the command line."""

COLUMNS = (
    "week_start", "party_a_id", "party_b_id", "kind", "interactions", "newman_weight",
    "shared_minutes", "is_reciprocal", "is_tied",
)  # fmt: skip
DECIMALS = ("newman_weight", "shared_minutes")
NO_MINUTES = -1
"""Stands for shared minutes that are not known, where results are compared."""


class UnequalTiesError(Exception):
    """The competitors' results differ; the message gives the digest of each."""


class OversizedError(Exception):
    """A decimal does not fit into 64 bits; the company is too large for the benchmark's form."""


class Inputs(NamedTuple):
    """What int_ties reads: its two tables, decimals in 64-bit integers, and its parameters."""

    pair_weeks: pa.Table
    person_weeks: pa.Table
    parameters: Mapping[str, Any]


Result = Callable[[], Iterable["pa.RecordBatch"]]
"""Gives the rows of a result in COLUMNS, when it is asked for."""


def connect(database: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to a warehouse, with limited memory and no network."""
    import duckdb

    return duckdb.connect(
        str(database),
        read_only=True,
        config={
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
            "preserve_insertion_order": False,
            "temp_directory": str(database.parent / "tmp"),
            "autoinstall_known_extensions": False,
        },
    )


def unscale(decimals: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return decimals as whole numbers of their last place, null where they are.

    Raises
    ------
    OversizedError
        One of them has more than 64 bits.
    """
    import numpy as np
    import pyarrow as pa

    array = decimals.combine_chunks() if isinstance(decimals, pa.ChunkedArray) else decimals
    words = np.frombuffer(array.buffers()[1], dtype=np.int64).reshape(-1, 2)
    low, high = words[array.offset : array.offset + len(array)].T
    is_known = np.asarray(array.is_valid())
    if np.any((low >> 63 != high) & is_known):
        raise OversizedError("a sum of weights or minutes has more than 64 bits")
    return pa.array(np.where(is_known, low, 0), mask=~is_known)


def read_inputs(database: Path, threads: int) -> Inputs:
    """Return what int_ties reads; no connection stays open."""
    from dagster_pipelines.sqlfiles import statements

    sql = statements(SQL)
    with connect(database, threads) as connection:
        pair_weeks = connection.execute(sql["pair_weeks"]).to_arrow_table()
        person_weeks = connection.execute(sql["person_weeks"]).to_arrow_table()
        parameters = connection.execute(sql["parameters"]).to_arrow_table().to_pylist()[0]
    for name in DECIMALS:
        place = pair_weeks.schema.get_field_index(name)
        pair_weeks = pair_weeks.set_column(place, name, unscale(pair_weeks.column(name)))
    return Inputs(pair_weeks, person_weeks, parameters)


def run_duckdb(database: Path, threads: int, statement: Path) -> tuple[measure.Stopwatch, Result]:
    """Run the statement into a table in memory; return the time, and the result on demand."""
    from dagster_pipelines.sqlfiles import statements

    sql = statements(SQL)
    connection = connect(database, threads)
    connection.execute(sql["touch_pair_weeks"]).fetchall()
    connection.execute(sql["touch_person_weeks"]).fetchall()
    ties = statement.read_text(encoding="utf-8")

    stopwatch = measure.Stopwatch()
    connection.execute(f"create temp table ties as {ties}").fetchall()
    stopwatch.lap("ties")
    return stopwatch, lambda: connection.execute(sql["result"]).to_arrow_reader(1_000_000)


def run_polars(database: Path, threads: int, engine: str) -> tuple[measure.Stopwatch, Result]:
    """Explode weeks, group and join in polars; return the time, and the result on demand.

    Rows of windows that int_ties drops after it has summed them are dropped before, where that is
    possible.
    """
    import polars as pl

    from benchmarks.kernel import KINDS

    pairs, people, parameters = read_inputs(database, threads)
    pair_weeks = pl.DataFrame(pairs).with_columns(pl.col("kind").cast(pl.Enum(KINDS))).rechunk()
    person_weeks = pl.DataFrame(people).rechunk()
    del pairs, people
    keys = ["week_start", "party_a_id", "party_b_id", "kind"]
    is_external = pl.col("kind") == "person_external"
    has_a, has_b = pl.col("has_a").is_not_null(), pl.col("has_b").is_not_null()
    served = [
        pl.col("week_start") + pl.duration(days=7 * later)
        for later in range(parameters["tie_window_weeks"])
    ]

    stopwatch = measure.Stopwatch()
    is_tied = pl.col("interactions") >= parameters["tie_min_interactions"]
    if parameters["tie_requires_reciprocity"]:
        is_tied &= is_external | pl.col("is_reciprocal")
    ties = (
        pair_weeks.lazy()
        .filter(pl.col("kind") != "person_unknown")
        .with_columns(week_start=pl.concat_list(served))
        .explode("week_start")
        .filter(pl.col("week_start") < parameters["last_date"])
        .group_by(keys)
        .agg(
            pl.col("interactions").sum(),
            pl.col("newman_weight").sum(),
            pl.col("shared_minutes").sum(),
            has_minutes=pl.col("shared_minutes").is_not_null().any(),
            a_reached_out=(pl.col("a_to_b_interactions") > 0).any(),
            b_reached_out=(pl.col("b_to_a_interactions") > 0).any(),
        )
        .join(
            person_weeks.lazy().with_columns(has_a=True),
            how="left",
            left_on=["party_a_id", "week_start"],
            right_on=["person_id", "week_start"],
        )
        .join(
            person_weeks.lazy().with_columns(has_b=True),
            how="left",
            left_on=["party_b_id", "week_start"],
            right_on=["person_id", "week_start"],
        )
        .filter((has_a & has_b) | (is_external & (has_a | has_b)))
        .with_columns(
            shared_minutes=pl.when(pl.col("has_minutes")).then(pl.col("shared_minutes")),
            is_reciprocal=pl.col("a_reached_out") & pl.col("b_reached_out"),
        )
        .with_columns(is_tied=is_tied)
        .select(COLUMNS)
        .collect(engine=engine)
    )
    stopwatch.lap("ties")

    def give_result() -> Iterable[pa.RecordBatch]:
        texts = ties.with_columns(pl.col("kind").cast(pl.String))
        return texts.to_arrow().to_batches(max_chunksize=1_000_000)

    return stopwatch, give_result


def run_kernel(database: Path, threads: int) -> tuple[measure.Stopwatch, Result]:
    """Sort and sum in numpy arrays, on one thread; return the time, and the result on demand."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from benchmarks import kernel

    pairs, people, parameters = read_inputs(database, threads)
    first_week = pc.min(pairs.column("week_start")).as_py()
    last_week = np.datetime64(parameters["last_date"], "D") - 6

    def number_weeks(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
        return (column.to_numpy() - np.datetime64(first_week, "D")).astype(np.int64) // 7

    week, person_week = (number_weeks(table.column("week_start")) for table in (pairs, people))
    person = people.column("person_id").to_numpy()
    a, b = (pairs.column(f"party_{side}_id").to_numpy() for side in "ab")
    kind = pc.index_in(pairs.column("kind"), pa.array(kernel.KINDS)).to_numpy().astype(np.int64)
    minutes = pairs.column("shared_minutes")
    sums = (
        pairs.column("interactions").to_numpy(),
        pairs.column("a_to_b_interactions").to_numpy() > 0,
        pairs.column("b_to_a_interactions").to_numpy() > 0,
        pairs.column("newman_weight").to_numpy(),
        minutes.fill_null(0).to_numpy(),
        minutes.is_valid().to_numpy(),
    )
    weeks = int((last_week - np.datetime64(first_week, "D")).astype(np.int64)) // 7 + 1

    stopwatch = measure.Stopwatch()
    keys = kernel.PairKeys(
        parties=np.unique(np.concatenate([np.unique(column) for column in (a, b, person)])),
        weeks=weeks,
        window_weeks=parameters["tie_window_weeks"],
    )
    has_row = np.zeros((len(keys.parties), weeks), dtype=bool)
    is_covered = (person_week >= 0) & (person_week < weeks)
    places = np.searchsorted(keys.parties, person[is_covered])
    has_row[places, person_week[is_covered]] = True
    pair_weeks = kernel.sort_pairs(kernel.PairSums(keys.pack(week, a, b, kind), *sums))
    ties = kernel.find_ties(
        kernel.sum_windows(pair_weeks, keys),
        keys,
        has_row,
        parameters["tie_min_interactions"],
        requires_reciprocity=parameters["tie_requires_reciprocity"],
    )
    stopwatch.lap("ties")

    def give_result() -> Iterable[pa.RecordBatch]:
        columns = (
            (np.datetime64(first_week, "D") + 7 * ties.week).astype("datetime64[D]"),
            ties.party_a,
            ties.party_b,
            pa.array(kernel.KINDS).take(pa.array(ties.kind)),
            ties.sums.interactions,
            ties.sums.newman_weight,
            pa.array(ties.sums.shared_minutes, mask=~ties.sums.has_minutes),
            ties.is_reciprocal,
            ties.is_tied,
        )
        return pa.table(dict(zip(COLUMNS, columns, strict=True))).to_batches(1_000_000)

    return stopwatch, give_result


def digest(batches: Iterable[pa.RecordBatch]) -> dict[str, int]:
    """Return row and tie counts and a checksum of all rows and columns, whatever their order."""
    import numpy as np

    rows, ties, checksum = 0, 0, 0
    for batch in batches:
        hashed = np.zeros(batch.num_rows, dtype=np.uint64)
        for name in COLUMNS:
            hashed ^= as_integers(name, batch.column(name)).view(np.uint64)
            hashed *= np.uint64(0x9E3779B97F4A7C15)
            hashed ^= hashed >> np.uint64(29)
        rows += batch.num_rows
        ties += int(as_integers("is_tied", batch.column("is_tied")).sum())
        checksum += int(hashed.sum(dtype=np.uint64))
    return {"rows": rows, "ties": ties, "checksum": checksum % 2**64}


def as_integers(name: str, column: pa.Array) -> npt.NDArray[np.int64]:
    """Return a column of a result as 64-bit integers that are equal where the values are."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from benchmarks.kernel import KINDS

    if pa.types.is_decimal(column.type):
        column = unscale(column)
    if name == "kind":
        column = pc.index_in(column.cast(pa.string()), pa.array(KINDS))
    if name == "shared_minutes":
        column = column.fill_null(NO_MINUTES)
    values = column.to_numpy(zero_copy_only=False)
    if name == "week_start":
        values = values.astype("datetime64[D]")
    return values.astype(np.int64)


def run_competitor(call: str, database: Path, threads: int) -> None:
    """Run one competitor in this process and print its times, peak memory and digest as JSON."""
    kind, _, detail = call.partition(":")
    if kind == "duckdb":
        stopwatch, give_result = run_duckdb(database, threads, Path(detail))
    elif kind == "polars":
        stopwatch, give_result = run_polars(database, threads, detail)
    else:
        stopwatch, give_result = run_kernel(database, threads)
    answer = stopwatch.as_answer()
    print(json.dumps({**answer, "digest": digest(give_result())}))


def start(call: str, company: Company) -> measure.ChildRun:
    """Run one competitor in a process of its own, all of them with as many threads."""
    command = [sys.executable, "-m", "benchmarks.ties", str(company.folder), "--competitor", call]
    limits = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return measure.run_child(command, {limit: str(measure.count_cores()) for limit in limits})


def compare(
    company: Company, rounds: int, others: Sequence[Path] = ()
) -> dict[str, list[measure.ChildRun]]:
    """Run int_ties, the other statements, polars and the kernel in turn.

    Raises
    ------
    UnequalTiesError
        Two of the results differ.
    """
    compiled = company.data / "dbt" / "target" / COMPILED
    calls = {INT_TIES: f"duckdb:{compiled}"}
    calls |= {f"`{path.name}` in DuckDB": f"duckdb:{path.resolve()}" for path in others}
    calls |= OTHERS
    runs = measure.interleave(
        {name: functools.partial(start, call, company) for name, call in calls.items()}, rounds
    )
    digests = {name: [run.answer["digest"] for run in runs[name]] for name in calls}
    expected = digests[INT_TIES][0]
    if any(result != expected for results in digests.values() for result in results):
        raise UnequalTiesError(f"the results differ: {digests}")
    return runs


def report(runs: Mapping[str, Sequence[measure.ChildRun]]) -> str:
    """Return the table of results and their size; ratios are to the default engine of polars."""
    seconds, cpu_seconds = (
        {name: measure.totals(runs[name], kind) for name in runs}
        for kind in ("seconds", "cpu_seconds")
    )
    table = measure.format_table(
        ("", "s", "CPU s", "times faster than polars", "times less CPU", "peak"),
        [
            (
                name,
                measure.spread(seconds[name]),
                measure.spread(cpu_seconds[name]),
                f"{measure.ratio_of_medians(seconds[REFERENCE], seconds[name]):.2f}",
                f"{measure.ratio_of_medians(cpu_seconds[REFERENCE], cpu_seconds[name]):.2f}",
                measure.format_bytes(measure.largest_peak(runs[name])),
            )
            for name in runs
        ],
    )
    found = runs[INT_TIES][0].answer["digest"]
    return f"{table}\n{found['rows']:,} windows of pairs, {found['ties']:,} of them ties.\n"


def main() -> int:
    """Read the command line, compare and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ties",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("company", type=Path, help="a folder that benchmarks.build has built")
    parser.add_argument("--sql", type=Path, action="append", default=[], help="another statement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--competitor", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    company = Company(arguments.company.resolve())
    if not company.warehouse.exists():
        parser.error(f"{company.warehouse} is not there: run `python -m benchmarks` first")
    if arguments.competitor:
        run_competitor(arguments.competitor, company.warehouse, measure.count_cores())
        return 0
    print(report(compare(company, arguments.rounds, arguments.sql)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
