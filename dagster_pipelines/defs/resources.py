"""What the steps of a run share: the lock, the loader, dbt, and how far the run has come.

Here belong Dagster resources and nothing else. What a step does belongs in the module of its
concept; what a resource wraps, in plain modules that know nothing of Dagster.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject

from dagster_pipelines.dagster_home import dbt_path, environment, recover_dead_runs
from dagster_pipelines.errors import TacitError
from dagster_pipelines.landing import Landing
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import repository

# stage, how much of it is done, out of how much (None if that is not known)
Progress = Callable[[str, int, int | None], None]

STOPPED = "The run was stopped by a signal; what was published before stays."

# Every step that has it can be done again at any time. Mistakes of a user, failed checks and a full
# disk are the same the second time and are not tried again.
RETRIES = dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL)


class OneRun:
    """One run from its first step to its last, and the lock that it holds.

    The lock is taken by the first step that begins, not when Dagster makes its resources: what is
    raised there, Dagster masks, and "another run is at work" would not be read by anybody.
    """

    def __init__(
        self,
        settings: Settings,
        run_id: str,
        instance: dg.DagsterInstance,
        progress: Progress | None = None,
    ) -> None:
        self.settings = settings
        self.run_id = run_id
        self.errors: list[TacitError] = []
        self.durations: dict[str, float] = {}
        self.is_stopped = False
        self._instance = instance
        self._progress = progress
        self._held = ExitStack()
        self._has_begun = False

    def __enter__(self) -> OneRun:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @cached_property
    def landing(self) -> Landing:
        """The loader of this run."""
        return Landing(self.settings, self.run_id, self._progress)

    def begin(self) -> None:
        """Take the run lock, once, and clear up after runs that died with it.

        Raises
        ------
        JobError
            Another run is at work.
        """
        if not self._has_begun:
            self._held.enter_context(run_lock(self.settings))
            self._has_begun = True
            os.environ.update(environment(self.settings))
            recover_dead_runs(self._instance, self.run_id)

    def report(self, stage: str, done: int, total: int | None = None) -> None:
        """Say how far a stage is, if anybody listens."""
        if self._progress:
            self._progress(stage, done, total)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do a step under the lock; whatever stops it becomes a failure that quotes nothing.

        A signal ends the step and all that come after it: left to itself, Dagster would retry.
        """
        if self.is_stopped:
            raise dg.Failure(STOPPED, allow_retries=False)
        began = time.monotonic()
        try:
            self.begin()
            yield
        except (dg.DagsterExecutionInterruptedError, KeyboardInterrupt):
            self.is_stopped = True
            raise dg.Failure(STOPPED, allow_retries=False) from None
        except TacitError as error:
            self.errors.append(error)
            raise dg.Failure(str(error), allow_retries=False) from None
        except (dg.Failure, GeneratorExit):
            raise
        except Exception as error:  # noqa: BLE001 - its text may quote an export
            raise dg.Failure(_without_text(name, error), allow_retries=True) from None
        finally:
            self.durations[name] = self.durations.get(name, 0.0) + time.monotonic() - began
