"""What the steps of a run share: the lock, the loader, dbt, and how far the run has come.

Here belong Dagster resources and nothing else. What a step does belongs in the module of its
concept; what a resource wraps, in plain modules that know nothing of Dagster.
"""

from __future__ import annotations

import os
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject

from dagster_pipelines.causes import cause_of
from dagster_pipelines.dagster_home import dbt_path, environment, recover_dead_runs
from dagster_pipelines.dagster_storage import brisk_storage
from dagster_pipelines.errors import JobError, PassingError, TacitError, UsageError
from dagster_pipelines.landing import Landing, Receipt
from dagster_pipelines.leftovers import clear_leftovers
from dagster_pipelines.run_lock import PATIENCE_SECONDS, run_lock
from dagster_pipelines.safekeeping import keep, let_go, settle
from dagster_pipelines.settings import Schedule, Settings
from dagster_pipelines.sqlfiles import repository
from dagster_pipelines.stopping import gone_in_time, is_interruption

# stage, how much of it is done, out of how much (None if that is not known)
Progress = Callable[[str, int, int | None], None]

STOPPED = "The run was stopped by a signal; what was published before stays."

MAX_RETRIES = 2

# A run that Dagster started waits for one of the command line, longer than any is known to take.
TURN_PATIENCE_SECONDS = 6 * 3600.0

# While it waits it gives a sign of life: whoever clears up takes a silent run for a dead one.
_SIGN_OF_LIFE_SECONDS = 30.0
WAITING_TAG = "tacit/waits_for"
PUT_BACK_TAG = "tacit/put_back"

_INTERRUPTIONS = (dg.DagsterExecutionInterruptedError, KeyboardInterrupt)
_PACKAGE = Path(__file__).resolve().parent.parent


class OneRun:
    """One run from its first step to its last, and the lock that it holds.

    The first step that begins takes the lock, unless it was waited for before. `is_watched` says
    that somebody sits at the command line: then nothing is tried again and nothing waited for,
    since whoever reads the sentence can do so, and what is wrong is said with the file's name.
    """

    def __init__(
        self,
        settings: Settings,
        run_id: str,
        instance: dg.DagsterInstance,
        progress: Progress | None = None,
        *,
        is_watched: bool = False,
    ) -> None:
        self.settings = settings
        self.run_id = run_id
        self.is_watched = is_watched
        self.failures: dict[str, TacitError] = {}
        self.durations: dict[str, float] = {}
        self._attempts: Counter[str] = Counter()
        self.is_stopped = False
        self._instance = instance
        self._progress = progress
        self._held = ExitStack()
        self._has_begun = False
        self._has_checked_sources = False

    def __enter__(self) -> OneRun:
        self._held.enter_context(gone_in_time())
        self._held.enter_context(brisk_storage())
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @cached_property
    def landing(self) -> Landing:
        """The loader of this run."""
        return Landing(self.settings, self.run_id, self._progress)

    @property
    def receipts(self) -> list[Receipt]:
        """What the loader has stored so far."""
        return self.landing.receipts

    def check_sources(self) -> None:
        """Look at every source before anything is stored; once is enough.

        Raises
        ------
        UsageError
            A source is not usable. In a run that nobody watches the sentence goes to the run's
            record, where no file's name may stand.
        """
        if self._has_checked_sources:
            return
        try:
            self.landing.preflight()
        except UsageError as error:
            if self.is_watched:
                raise
            raise UsageError(_without_files(str(error))) from None
        self._has_checked_sources = True

    def wait_for_turn(self, patience_seconds: float = TURN_PATIENCE_SECONDS) -> None:
        """Take the run lock as soon as it is free; at the end of patience leave it at that.

        The queue lets one run of Dagster's go at a time, but a run of the command line may have the
        lock before Dagster knows of it. This comes before the first step, while no slot of the
        writers' pool is taken: the other run needs them. Nothing is raised here, where Dagster
        would mask it; that another run is at work is then said by the first step.
        """
        deadline = time.monotonic() + patience_seconds
        while not self._has_begun and time.monotonic() < deadline:
            try:
                self.begin(min(_SIGN_OF_LIFE_SECONDS, patience_seconds))
            except JobError:
                self._instance.add_run_tags(self.run_id, {WAITING_TAG: "another run"})

    def begin(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Take the run lock, once, clear up after runs that died with it, and keep the databases.

        Raises
        ------
        JobError
            Another run is at work.
        """
        if not self._has_begun:
            self._held.enter_context(run_lock(self.settings, patience_seconds))
            self._has_begun = True
            os.environ.update(environment(self.settings))
            recover_dead_runs(self._instance, self.run_id)
            clear_leftovers(self.settings)
            if settle(self.settings):
                self.report("Put back what a run that was killed had damaged", 1, 1)
                # The command line begins before Dagster knows of its run.
                if self._instance.has_run(self.run_id):
                    self._instance.add_run_tags(self.run_id, {PUT_BACK_TAG: "vault and warehouse"})
            keep(self.settings)
            self._held.callback(self._end_keeping)

    def _end_keeping(self) -> None:
        """Let go what was before the run; if it failed, only after a look at the databases.

        One that was told to stop has no time to look: the next run does.
        """
        if self.is_stopped:
            return
        if self.failures:
            settle(self.settings)
        else:
            let_go(self.settings)

    def report(self, stage: str, done: int, total: int | None = None) -> None:
        """Say how far a stage is, if anybody listens."""
        if self._progress:
            self._progress(stage, done, total)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do a step under the lock; what stops it becomes a failure that quotes nothing.

        A signal ends the step and all that would come after it: left to itself, Dagster takes it
        for a reason to try again.
        """
        if self.is_stopped:
            raise dg.Failure(STOPPED, allow_retries=False)
        began = time.monotonic()
        try:
            self.begin()
            yield
            self.failures.pop(name, None)
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001 - its text may quote an export
            self.is_stopped = is_interruption(error, _INTERRUPTIONS)
            raise self._failure(name, error) from None
        finally:
            self.durations[name] = self.durations.get(name, 0.0) + time.monotonic() - began

    def _failure(self, name: str, error: BaseException) -> dg.Failure:
        """Note what stopped a step and return how Dagster is told.

        The last failure of a step is one that is not to be tried again: of one that exceeded its
        retries, Dagster forgets the sentence.
        """
        if self.is_stopped:
            said: TacitError = JobError(STOPPED)
        elif isinstance(error, TacitError):
            said = error
        elif why := cause_of(error):
            said = JobError(f"The step {name} could not be done: {why}.")
        else:
            said = JobError(_without_text(name, error))
        self.failures[name] = said
        self._attempts[name] += 1
        may_pass = isinstance(error, PassingError) or said is not error
        is_foreseen = self.is_stopped or cause_of(error) is not None
        is_over = is_foreseen or self.is_watched or self._attempts[name] > MAX_RETRIES
        return dg.Failure(str(said), allow_retries=may_pass and not is_over)


def run_resource(settings: Settings) -> dg.ResourceDefinition:
    """Return the resource of a run that Dagster starts: one `OneRun`, closed when the run ends."""

    @dg.resource(description="The run at work: its lock, its settings and its loader.")
    def run(context: dg.InitResourceContext) -> Iterator[OneRun]:
        if context.instance is None or context.run_id is None:
            raise JobError("A run needs an instance of Dagster.")
        with OneRun(settings, context.run_id, context.instance) as one_run:
            one_run.wait_for_turn()
            yield one_run

    return run


def retries(schedule: Schedule) -> dg.RetryPolicy:
    """Return how a step that can be done again at any time is tried again.

    Which failures may pass, `OneRun.step` says: mistakes of a user, failed checks and a full disk
    are the same the second time.
    """
    return dg.RetryPolicy(
        max_retries=MAX_RETRIES, delay=schedule.retry_seconds, backoff=dg.Backoff.LINEAR
    )


def dbt_project(settings: Settings) -> DbtProject:
    """Return the dbt project; its target is in the data folder."""
    return DbtProject(
        project_dir=repository() / "dbt_project",
        profiles_dir=repository(),
        target_path=dbt_path(settings) / "target",
    )


class Dbt(DbtCliResource):
    """dbt's command line, as a process that does not outlive the run."""

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        """Make no adapter in this process: nothing here asks one, and it takes seconds."""


def dbt_resource(project: DbtProject) -> Dbt:
    """Return the resource that runs dbt."""
    # Read by the script that starts dbt.
    os.environ["TACIT_PYTHON"] = sys.executable
    return Dbt(project_dir=project, dbt_executable=_PACKAGE / "bin" / "dbt")


def _without_files(sentence: str) -> str:
    """Say which source is unusable, without the name of a file or of its columns."""
    place = re.match(r"sources\[[a-z0-9_]+\]", sentence)
    if place is None:
        return sentence
    return f"{place[0]} cannot be read as tacit.yml says; `tacit check` says which file, and why."


def _without_text(step: str, error: BaseException) -> str:
    """Say what an unforeseen error is and where it arose, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    where = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"The step {step} met an unforeseen {type(error).__name__}{where}."
