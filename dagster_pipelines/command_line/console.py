"""How the command line speaks: results on standard output, progress and mistakes on the other.

Rich honours NO_COLOR, and draws nothing that a pipe or a log could not show.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

PLAIN_LINE_SECONDS = 5.0
"""Where there is no terminal, a long stage says every so often how far it is."""


class Report(Protocol):
    """How long work says how far it is: a stage, what is done of it, and of how much if known."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Say that `done` of `total` are done of `stage`."""


PAPER_WIDTH = 110
"""Columns of a page that does not go to a terminal."""


def output() -> Console:
    """Return the console for results."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PAPER_WIDTH
    return console


def aside() -> Console:
    """Return the console for progress and mistakes."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(console: Console, *, quiet: bool = False) -> Iterator[Report]:
    """Show the progress of what runs in the block: live on a terminal, in plain lines elsewhere."""
    if quiet:
        yield lambda stage, done, total: None
    elif console.is_terminal:
        bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[said]}"),
            TimeElapsedColumn(),
            console=console,
        )
        with bars:
            live = _LiveReport(bars)
            yield live
            live.close()
    else:
        plain = _PlainReport(console)
        yield plain
        plain.close()


class _LiveReport:
    """A bar for each stage; a stage ends when the next one begins."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._current = ""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage != self._current:
            self.close()
            self._current = stage
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total, said="")
        self._bars.update(self._tasks[stage], completed=done, total=total, said=_said(done, total))

    def close(self) -> None:
        """End the stage that is under way; one that did not come to its end keeps its bar."""
        if self._current:
            task = self._bars.tasks[self._tasks[self._current]]
            if task.total is None:
                self._bars.update(task.id, completed=1, total=1)
            else:
                self._bars.stop_task(task.id)


class _PlainReport:
    """A line when a stage begins, one when it has ended, and now and then one between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._current = ""
        self._began = self._last_line = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._current:
            self.close()
            self._current, self._began, self._last_line = stage, now, now
            self._console.print(f"{stage} ...", markup=False)
        elif now - self._last_line >= PLAIN_LINE_SECONDS:
            self._last_line = now
            self._console.print(f"{stage}: {_said(done, total)}", markup=False)

    def close(self) -> None:
        """End the stage that is under way."""
        if self._current:
            seconds = time.monotonic() - self._began
            self._console.print(f"{self._current}: done in {seconds:.1f} s", markup=False)
            self._current = ""


def _said(done: int, total: int | None) -> str:
    """Say how far a stage is.

    >>> _said(1, 3), _said(1200, None), _said(0, None)
    ('33 %', '1 200', '')
    """
    if total is None:
        return number(done) if done else ""
    return f"{done * 100 // max(total, 1)} %"


def number(value: int) -> str:
    """Write a whole number with thin gaps between thousands.

    >>> number(1234567)
    '1 234 567'
    """
    return f"{value:,}".replace(",", " ")


def count(value: int, noun: str, nouns: str | None = None) -> str:
    """Write a number with its noun.

    >>> count(1, "file"), count(1200, "entry", "entries")
    ('1 file', '1 200 entries')
    """
    return f"{number(value)} {noun if value == 1 else nouns or noun + 's'}"
