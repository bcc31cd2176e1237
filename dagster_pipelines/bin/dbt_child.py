"""dbt, in a process that does not outlive the job that started it.

The kernel frees the run lock when the job dies, even by kill -9; a dbt that went on writing then
would keep the warehouse from the next run. So this process looks for its parent five times a second
and goes with it. It also says its version itself: `dbt --version` asks a package index.

This is a script of its own that imports nothing of tacit; `bin/dbt` starts it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from importlib.metadata import version
from typing import Any

_PAUSE_SECONDS = 0.2
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


def _follow(parent: int) -> None:
    """End this process, at once and whatever it is doing, when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(_PAUSE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def spare_what_nobody_reads() -> None:
    """Let dbt not describe what goes into no log.

    It makes lines of thousands of events, three for every statement, before it looks whether a log
    of that detail is kept: seconds of every build.
    """
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager import EventManager

    details = EventLevel.DEBUG, EventLevel.TEST
    fire = EventManager.fire_event

    def fire_if_read(
        self: EventManager, e: BaseEvent, level: EventLevel | None = None, **others: Any
    ) -> None:
        is_detail = (level or e.level_tag()) in details
        if not is_detail or any(log.level in details for log in self.loggers):
            fire(self, e, level=level, **others)

    EventManager.fire_event = fire_if_read


def main() -> None:
    """Run dbt's command line with the arguments of this process."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"dbt-core {version('dbt-core')}\n")
        return
    parent = int(os.environ.get("TACIT_PARENT") or os.getppid())
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    # dbt makes a million objects and keeps them: looking through them for what can go, as often as
    # Python does by itself, takes a tenth of its own time and finds next to nothing.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 50, 100)
    # Models in Python have thousands of small matrices: over each, threads wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    spare_what_nobody_reads()
    from dbt.cli.main import cli

    cli(prog_name="dbt")


if __name__ == "__main__":
    main()
