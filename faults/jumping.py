"""`tacit` with a clock that is off by as many days as the file FAULTS_CLOCK says at each moment.

For machines without faketime: Python's `time.time`, and `datetime` in the product's own modules.
DuckDB and dbt keep the machine's clock.

    FAULTS_CLOCK=FILE python -m faults.jumping run --config tacit.yml
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from dagster_pipelines import cli, dagster_home, landing, publication, run_lock
from dagster_pipelines.command_line import words

_DAY_SECONDS = 86_400
_true_time = time.time


def days() -> int:
    """Return by how much the clock is off now."""
    return int(Path(os.environ["FAULTS_CLOCK"]).read_text(encoding="ascii").strip().rstrip("d"))


class JumpingDatetime(datetime):
    """A `datetime` whose `now` is off."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """Return the present, as this clock has it."""
        return datetime.fromtimestamp(_true_time(), tz) + timedelta(days=days())


def main() -> None:
    """Move the clocks and run tacit."""
    time.time = lambda: _true_time() + days() * _DAY_SECONDS
    for module in (dagster_home, landing, publication, run_lock, words):
        module.datetime = JumpingDatetime
    sys.exit(cli.run(sys.argv[1:]))


if __name__ == "__main__":
    main()
