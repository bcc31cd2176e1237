"""Readers of one published database that open it, read and close, again and again.

A process of its own, started by `test_readers`, that forks them:

    python -m tests.faults.readers PUBLISHED_FOLDER HOW_MANY

Each ends when the file `stop` appears, with status 1 if it ever read something that does not fit
together. The last line says how often they read, and how many different publications they saw.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import duckdb

# Long enough that fifty leave a core to whoever promotes.
_PAUSE_SECONDS = 0.5


def main() -> None:
    """Fork the readers, wait for them, say what they did."""
    published, readers = Path(sys.argv[1]), int(sys.argv[2])
    said, told = os.pipe()
    children = []
    for _ in range(readers):
        child = os.fork()
        if child == 0:
            os._exit(read(published, told))
        children.append(child)
    os.close(told)
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    with os.fdopen(said) as reader:
        lines = reader.read().split()
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    seen = {turn for line in lines for turn in line.split(":")[1].split(",")}
    reads = sum(int(line.split(":")[0]) for line in lines)
    sys.stdout.write(f"{failed} {reads} {len(seen)}\n")


def read(published: Path, told: int) -> int:
    """Read by the link until told to stop, each time through a connection of its own."""
    reads, turns, status = 0, set(), 0
    while not (published / "stop").exists():
        with duckdb.connect(
            str(published / "current" / "tacit.duckdb"), read_only=True, config={"threads": 1}
        ) as connection:
            found = connection.execute(
                "select events from bi.release union select events from bi.data_quality"
            ).fetchall()
        reads += 1
        if len(found) != 1:
            status = 1
        turns.update(str(turn) for (turn,) in found)
        time.sleep(_PAUSE_SECONDS)
    os.write(told, f"{reads}:{','.join(sorted(turns))}\n".encode())
    return status


if __name__ == "__main__":
    main()
