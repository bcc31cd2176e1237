"""Progress: bars on a terminal, plain lines elsewhere, nothing when nothing is wanted."""

from __future__ import annotations

import doctest
import io

import pytest
from rich.console import Console

from dagster_pipelines.command_line import console, explaining, findings, printing
from dagster_pipelines.explanation import recounts


def run_stages(shown: Console, *, quiet: bool = False) -> str:
    """Report two stages and return what was written."""
    with console.progress(shown, quiet=quiet) as report:
        report("Load mail", 0, 2000)
        report("Load mail", 2000, 2000)
        report("Compute [models]", 0, None)
    file = shown.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_a_log_gets_a_line_at_the_beginning_and_the_end_of_a_stage() -> None:
    said = run_stages(Console(file=io.StringIO(), width=100)).splitlines()
    assert said[0] == "Load mail ..."
    assert said[1].startswith("Load mail: done in ")
    assert said[2] == "Compute [models] ..."
    assert len(said) == 4


def test_a_long_stage_says_now_and_then_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "PLAIN_LINE_SECONDS", 0.0)
    said = run_stages(Console(file=io.StringIO(), width=100)).splitlines()
    assert "Load mail: 100 %" in said


def test_a_terminal_gets_bars() -> None:
    said = run_stages(Console(file=io.StringIO(), width=100, force_terminal=True))
    assert "Load mail" in said
    assert "Compute [models]" in said
    assert "\x1b[" in said


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    shown = Console(file=io.StringIO(), width=100, force_terminal=True)
    shown.print("wrong", style="red")
    file = shown.file
    assert isinstance(file, io.StringIO)
    assert "\x1b[31m" not in file.getvalue()


def test_quiet_says_nothing() -> None:
    assert run_stages(Console(file=io.StringIO()), quiet=True) == ""


@pytest.mark.parametrize("module", [console, explaining, findings, printing, recounts])
def test_the_examples_hold(module: object) -> None:
    tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried.attempted > 0
    assert tried.failed == 0
