"""The trailing-window tie count: the warehouse's SQL against polars and a sorted-numpy kernel.

    python -m benchmarks.ties FOLDER [--sql PATH …] [--rounds 5] [--threads 2] [--report FILE]

FOLDER holds what `benchmarks.generate` wrote. Everybody gets the same pair days, already in memory
or in DuckDB's own storage, folds them to pair weeks and sums the trailing windows of four weeks,
for every pair and window with an interaction; the two steps are timed apart. Nobody writes files
in that time: DuckDB leaves its result in a temporary table, polars in a data frame. Every result
must be the same, row for row, or the benchmark fails.

`--sql` is a select statement that reads `pair_weeks` and gives week_start, person_a, person_b,
interactions, a_reached_out, b_reached_out, newman_weight and is_tied; it may be given several
times.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks import measure

if TYPE_CHECKING:
    import pyarrow as pa

SQL_FOLDER = Path(__file__).parent / "sql"
DEFAULT_STATEMENTS = (SQL_FOLDER / "ties_neighbours.sql", SQL_FOLDER / "ties_exploded.sql")
WINDOW_WEEKS = 4
MINIMUM_INTERACTIONS = 2
MEMORY_LIMIT = "3GB"
PACKAGES = ("duckdb", "polars", "numpy", "pyarrow")
COLUMNS = (
    "week_start", "person_a", "person_b", "interactions", "a_reached_out", "b_reached_out",
    "newman_weight",
)  # fmt: skip
READ_DAYS = """
    select week_start, person_a, person_b, interactions, a_reached_out, b_reached_out, newman_weight
    from pair_days
"""
READ_RESULT = "select * from ties"
TOUCH_DAYS = "select count(columns(*)) from pair_days"


def connect(database: Path, threads: int, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection as the warehouse has it: limited memory, no network."""
    return duckdb.connect(
        str(database),
        read_only=read_only,
        config={
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(database.parent / "temporary"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        },
    )


def prepare(folder: Path, threads: int) -> Path:
    """Return the database of pair days of the exports in the folder; made if missing or older."""
    database = folder / "pair_days.duckdb"
    exports = folder / "interactions.csv"
    if database.exists() and database.stat().st_mtime > exports.stat().st_mtime:
        return database
    database.unlink(missing_ok=True)
    statement = (SQL_FOLDER / "pair_days.sql").read_text(encoding="utf-8")
    with connect(database, threads, read_only=False) as connection:
        connection.execute(
            statement, {"roster": str(folder / "roster.csv"), "interactions": str(exports)}
        )
    return database


class Stopwatch:
    """Seconds of wall clock and of processor between one `lap` and the next."""

    def __init__(self) -> None:
        """Start."""
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        """Note the time since the last lap under the name."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.seconds[name] = wall - self._wall
        self.cpu_seconds[name] = cpu - self._cpu
        self._wall, self._cpu = wall, cpu


def run_duckdb(
    database: Path, threads: int, statement: Path
) -> tuple[Stopwatch, Callable[[], Iterable[pa.RecordBatch]]]:
    """Fold and sum by SQL into tables in memory; return the times, and the result on demand."""
    connection = connect(database, threads, read_only=True)
    connection.execute(TOUCH_DAYS).fetchall()
    fold = (SQL_FOLDER / "pair_weeks.sql").read_text(encoding="utf-8")
    windows = statement.read_text(encoding="utf-8")

    stopwatch = Stopwatch()
    connection.execute(f"create temp table pair_weeks as {fold}").fetchall()
    stopwatch.lap("fold")
    connection.execute(f"create temp table ties as {windows}").fetchall()
    stopwatch.lap("windows")
    return stopwatch, lambda: connection.execute(READ_RESULT).to_arrow_reader(1_000_000)


def read_days(database: Path, threads: int) -> pa.Table:
    """Return all pair days in an Arrow table; no connection stays open."""
    with connect(database, threads, read_only=True) as connection:
        return connection.execute(READ_DAYS).to_arrow_table()


def run_polars(
    database: Path, threads: int, engine: str
) -> tuple[Stopwatch, Callable[[], Iterable[pa.RecordBatch]]]:
    """Fold, explode weeks and group in polars; return the times, and the result on demand."""
    import polars as pl

    if pl.thread_pool_size() != threads:
        raise RuntimeError(f"polars runs {pl.thread_pool_size()} threads, not {threads}")
    keys = ["week_start", "person_a", "person_b"]
    sums = [
        pl.col("interactions").sum(),
        pl.col("a_reached_out").any(),
        pl.col("b_reached_out").any(),
        pl.col("newman_weight").sum(),
    ]
    days = pl.DataFrame(read_days(database, threads)).rechunk()

    stopwatch = Stopwatch()
    weeks = days.lazy().group_by(keys).agg(sums).collect(engine=engine)
    stopwatch.lap("fold")
    served = [pl.col("week_start") + pl.duration(days=7 * later) for later in range(WINDOW_WEEKS)]
    windows = (
        weeks.lazy()
        .with_columns(week_start=pl.concat_list(served))
        .explode("week_start")
        .filter(pl.col("week_start") <= weeks["week_start"].max())
        .group_by(keys)
        .agg(sums)
        .with_columns(is_tied=pl.col("interactions") >= MINIMUM_INTERACTIONS)
        .collect(engine=engine)
    )
    stopwatch.lap("windows")
    return stopwatch, lambda: windows.to_arrow().to_batches(max_chunksize=1_000_000)


def run_kernel(
    database: Path, threads: int
) -> tuple[Stopwatch, Callable[[], Iterable[pa.RecordBatch]]]:
    """Fold and sum in numpy arrays, on one thread; return the times, and the result on demand."""
    import numpy as np

    from benchmarks import kernel

    days = read_days(database, threads)
    week_start, person_a, person_b, interactions, a_reached_out, b_reached_out, weight = (
        days.column(name).to_numpy() for name in COLUMNS
    )
    del days
    first_week = week_start.min()
    week = (week_start - first_week).astype("timedelta64[D]").astype(np.int64) // 7
    del week_start

    stopwatch = Stopwatch()
    people = np.union1d(person_a, person_b)
    keys = kernel.PairKeys(people=people, weeks=int(week.max()) + 1)
    weeks = kernel.fold_weeks(
        kernel.PairSums(
            keys.pack(week, person_a, person_b), interactions, a_reached_out, b_reached_out, weight
        )
    )
    stopwatch.lap("fold")
    windows = kernel.sum_windows(weeks, keys)
    window_week, window_a, window_b = keys.unpack(windows.key)
    is_tied = windows.interactions >= MINIMUM_INTERACTIONS
    stopwatch.lap("windows")

    def give_result() -> Iterable[pa.RecordBatch]:
        import pyarrow as pa

        columns = (
            (first_week + 7 * window_week).astype("datetime64[D]"),
            window_a,
            window_b,
            *windows[1:],
            is_tied,
        )
        table = pa.table(dict(zip((*COLUMNS, "is_tied"), columns, strict=True)))
        return table.to_batches(max_chunksize=1_000_000)

    return stopwatch, give_result


def digest(batches: Iterable[pa.RecordBatch]) -> dict[str, int]:
    """Return row and tie counts and a checksum of all rows and columns, whatever their order.

    Weights are taken to 1e-6: they are sums of unequal order.
    """
    import numpy as np

    rows, ties, checksum = 0, 0, 0
    for batch in batches:
        hashed = np.zeros(batch.num_rows, dtype=np.uint64)
        for name in COLUMNS:
            values = batch.column(name).to_numpy(zero_copy_only=False)
            if name == "week_start":
                values = values.astype("datetime64[D]").astype(np.int64)
            if name == "newman_weight":
                values = np.rint(values * 1e6)
            hashed ^= values.astype(np.int64).view(np.uint64)
            hashed *= np.uint64(0x9E3779B97F4A7C15)
            hashed ^= hashed >> np.uint64(29)
        is_tied = batch.column("is_tied").to_numpy(zero_copy_only=False).astype(np.uint64)
        rows += batch.num_rows
        ties += int(is_tied.sum())
        checksum += int((hashed * (1 + 2 * is_tied)).sum(dtype=np.uint64))
    return {"rows": rows, "ties": ties, "checksum": checksum % 2**64}


def run_competitor(name: str, database: Path, threads: int) -> None:
    """Run one competitor in this process and print its times, peak memory and digest as JSON."""
    kind, _, detail = name.partition(":")
    if kind == "duckdb":
        stopwatch, give_result = run_duckdb(database, threads, Path(detail))
    elif kind == "polars":
        stopwatch, give_result = run_polars(database, threads, detail)
    else:
        stopwatch, give_result = run_kernel(database, threads)
    peak = measure.peak_bytes()
    print(
        json.dumps(
            {
                "seconds": stopwatch.seconds,
                "cpu_seconds": stopwatch.cpu_seconds,
                "peak_bytes": peak,
                "digest": digest(give_result()),
            }
        )
    )


def start_competitor(name: str | None, folder: Path, threads: int) -> measure.ChildRun:
    """Run one competitor in a child process; without a name, only prepare the pair days."""
    command = [sys.executable, "-m", "benchmarks.ties", str(folder), "--threads", str(threads)]
    command += ["--competitor", name] if name else ["--prepare"]
    limits = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return measure.run_child(command, {limit: str(threads) for limit in limits})


def report(runs: dict[str, list[measure.ChildRun]]) -> str:
    """Return the table of results; ratios are to the streaming engine of polars."""
    reference = "polars:streaming"

    def values(name: str, of: str, step: str | None) -> list[float]:
        return [
            sum(run.answer[of].values()) if step is None else run.answer[of][step]
            for run in runs[name]
        ]

    windows_of_reference = values(reference, "seconds", "windows")
    whole_of_reference = values(reference, "seconds", None)
    rows = []
    for name in runs:
        kind, _, detail = name.partition(":")
        whole, windows = (values(name, "seconds", step) for step in (None, "windows"))
        rows.append(
            (
                f"{kind} {Path(detail).stem}".strip(),
                measure.spread(values(name, "seconds", "fold")),
                measure.spread(windows),
                measure.spread(values(name, "cpu_seconds", "windows")),
                f"{measure.ratio_of_medians(windows_of_reference, windows):.2f}",
                f"{measure.ratio_of_medians(whole_of_reference, whole):.2f}",
                measure.format_bytes(max(run.answer["peak_bytes"] for run in runs[name])),
            )
        )
    header = (
        "", "fold, s", "windows, s", "windows, CPU s", "windows, times faster",
        "both, times faster", "peak",
    )  # fmt: skip
    return measure.format_table(header, rows)


def main() -> int:
    """Read the command line, run all competitors and print the table; 1 if results differ."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ties",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="what benchmarks.generate wrote")
    parser.add_argument("--sql", type=Path, action="append", help="statement for the windows")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--report", type=Path, help="write the table to this Markdown file too")
    parser.add_argument("--competitor", help=argparse.SUPPRESS)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder: Path = arguments.folder.resolve()
    if not (folder / "interactions.csv").exists():
        parser.error(f"{folder} holds no interactions.csv: run benchmarks.generate first")
    if arguments.prepare or arguments.competitor:
        database = prepare(folder, arguments.threads)
        if arguments.competitor:
            run_competitor(arguments.competitor, database, arguments.threads)
        return 0

    statements = arguments.sql or DEFAULT_STATEMENTS
    names = [f"duckdb:{path.resolve()}" for path in statements]
    names += ["polars:streaming", "polars:in-memory", "numpy kernel"]
    start = functools.partial(start_competitor, folder=folder, threads=arguments.threads)
    start(None)
    runs = measure.interleave(
        {name: functools.partial(start, name) for name in names}, arguments.rounds
    )
    table = report(runs)
    digests = {name: runs[name][0].answer["digest"] for name in names}
    first = digests[names[0]]
    print(table)
    print(f"{first['rows']} windows of pairs, {first['ties']} ties")
    if any(run.answer["digest"] != first for name in names for run in runs[name]):
        print(f"results differ: {digests}", file=sys.stderr)
        return 1
    if arguments.report:
        measure.write_fragment(arguments.report, "Trailing-window ties", table, PACKAGES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
