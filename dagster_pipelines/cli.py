"""The command line: words bound to what `command_line` does, and what is said when it fails.

Exit status: 0 all well; 1 the job, a check or a source failed; 2 the call or `tacit.yml` is wrong.
Dagster and dbt are imported by the commands that need them, so that the others answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from dagster_pipelines import __version__
from dagster_pipelines.causes import cause_of
from dagster_pipelines.command_line import actions
from dagster_pipelines.command_line.console import aside
from dagster_pipelines.command_line.failures import write_details
from dagster_pipelines.demo import Scale
from dagster_pipelines.errors import TacitError

DEFAULT_CONFIG = Path("tacit.yml")
DEFAULTS = Scale()


def run(arguments: Sequence[str]) -> int:
    """Run a command; return its exit status. Every mistake is said in one sentence."""
    console = aside()
    try:
        status = tacit.main(list(arguments), prog_name="tacit", standalone_mode=False)
    except TacitError as error:
        console.print(f"tacit: {error}", style="red", markup=False)
        return error.exit_status
    except click.ClickException as error:
        console.print(f"tacit: {error.format_message()}", style="red", markup=False)
        return 2
    except (click.Abort, KeyboardInterrupt):
        console.print("tacit: interrupted; what is published stays.", style="red", markup=False)
        return 130
    except BrokenPipeError:
        # Whoever read us has seen enough; Python must not try to flush what nobody takes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last resort: nobody is shown a traceback
        if os.environ.get("TACIT_DEBUG"):
            raise
        if why := cause_of(error):
            console.print(f"tacit: {why[0].upper()}{why[1:]}.", style="red", markup=False)
            return 1
        path = write_details(error)
        where = f"; {path} says where in the code" if path else ""
        sentence = f"tacit: an error that nobody foresaw ({type(error).__name__}){where}."
        console.print(sentence, style="red", markup=False)
        return 1
    return status if isinstance(status, int) else 0


def _config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Take `--config` here too: people write it before and after the command's name."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=None,
        help="The settings file (default: tacit.yml here, or what TACIT_CONFIG names).",
    )(command)


def _config(context: click.Context, given: Path | None) -> Path:
    """Return the settings file: the one given last, or TACIT_CONFIG's, or ./tacit.yml."""
    return given or context.obj or DEFAULT_CONFIG


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="TACIT_CONFIG",
    default=None,
    help="The settings file (default: tacit.yml here).",
)
@click.version_option(__version__, prog_name="tacit")
@click.pass_context
def tacit(context: click.Context, config: Path | None) -> None:
    """See how people learn from each other, from the exports that a company already has."""
    context.obj = config


@tacit.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), metavar="[DIR]")
def init(folder: Path) -> int:
    """Write a commented tacit.yml and folders into DIR."""
    return actions.init(folder)


@tacit.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[FILE]...")
@_config_option
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], config: Path | None) -> int:
    """Read without storing: what would load, what not, why."""
    return actions.check(_config(context, config), files)


@tacit.command("run")
@click.option("--quiet", is_flag=True, help="No progress; only the summary.")
@click.option(
    "--unattended",
    is_flag=True,
    help="For timers: wait for a run at work, try again what may pass, report a failure.",
)
@_config_option
@click.pass_context
def run_(context: click.Context, config: Path | None, *, quiet: bool, unattended: bool) -> int:
    """Load what is new, compute, check, publish, and say so."""
    return actions.run(_config(context, config), quiet=quiet, is_watched=not unattended)


@tacit.command()
@_config_option
@click.pass_context
def status(context: click.Context, config: Path | None) -> int:
    """Say what ran, how old each source is, what is published."""
    return actions.status(_config(context, config))


@tacit.command()
@click.argument("mart", metavar="MART")
@click.argument("words", nargs=-1, metavar="KEY... COLUMN")
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many rows of each step are shown; 0 for all.",
)
@_config_option
@click.pass_context
def explain(
    context: click.Context, mart: str, words: tuple[str, ...], rows: int, config: Path | None
) -> int:
    """Say what a cell of a mart was made of, down to the lines of the exports.

    For one: tacit explain fct_segment_weeks department Sales 2026-03-02 mean_network_size
    """
    return actions.explain(_config(context, config), mart, words, rows)


@tacit.command()
@click.option("-c", "--command", "statement", metavar="SQL", help="Answer this and leave.")
@_config_option
@click.pass_context
def shell(context: click.Context, statement: str | None, config: Path | None) -> int:
    """Ask what is published in SQL: read-only, and of nothing else."""
    return actions.shell(_config(context, config), statement)


@tacit.group()
def identities() -> None:
    """Whose identifiers stand in the exports, for the operator."""


_source_option = click.option("--source", "source_name", metavar="NAME", help="Only this source.")


@identities.command("unresolved")
@_source_option
@_config_option
@click.pass_context
def unresolved(context: click.Context, source_name: str | None, config: Path | None) -> int:
    """List addresses and logins of your own organisation that are nobody's on the roster."""
    return actions.unresolved(_config(context, config), source_name)


@identities.command("whois")
@click.argument("person_id", type=int, metavar="ID")
@_source_option
@_config_option
@click.pass_context
def whois(
    context: click.Context, person_id: int, source_name: str | None, config: Path | None
) -> int:
    """List the identifiers of the person (or of the identifier) with this ID."""
    return actions.whois(_config(context, config), person_id, source_name)


@identities.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@_source_option
@_config_option
@click.pass_context
def export(context: click.Context, file: Path, source_name: str | None, config: Path | None) -> int:
    """Write source, identifier and person_id of each into FILE: CSV that only you may read."""
    return actions.export(_config(context, config), file, source_name)


@tacit.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"), metavar="[DIR]")
@click.option("--people", default=DEFAULTS.people, show_default=True)
@click.option("--weeks", default=DEFAULTS.weeks, show_default=True)
@click.option("--seed", default=DEFAULTS.seed, show_default=True)
@click.option("--quiet", is_flag=True, help="No progress; only the summary.")
def demo(folder: Path, people: int, weeks: int, seed: int, *, quiet: bool) -> int:
    """Run everything on a simulated company in DIR (./demo)."""
    return actions.demo(folder, Scale(people, weeks, seed), quiet=quiet)


@tacit.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8050, show_default=True)
@_config_option
@click.pass_context
def dashboard(context: click.Context, port: int, config: Path | None) -> int:
    """Show what is published as pages with charts, on this machine only."""
    return actions.dashboard(_config(context, config), port)


@tacit.command()
@click.argument(
    "file", type=click.Path(path_type=Path), default=Path("tacit-report.html"), metavar="[FILE]"
)
@_config_option
@click.pass_context
def report(context: click.Context, file: Path, config: Path | None) -> int:
    """Write the dashboard as one file that can be mailed (./tacit-report.html)."""
    return actions.report(_config(context, config), file)


@tacit.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@_config_option
@click.pass_context
def up(context: click.Context, port: int, config: Path | None) -> int:
    """Serve Dagster's web page, on this machine only."""
    return actions.up(_config(context, config), port)


@tacit.command()
@_config_option
@click.pass_context
def restate(context: click.Context, config: Path | None) -> int:
    """Let the next run state anew what was published before, whatever changed."""
    return actions.restate(_config(context, config))


@tacit.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_config_option
@click.pass_context
def backup(context: click.Context, folder: Path, config: Path | None) -> int:
    """Copy all data but the key into DIR, a new folder."""
    return actions.backup(_config(context, config), folder)


@tacit.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_config_option
@click.pass_context
def restore(context: click.Context, folder: Path, config: Path | None) -> int:
    """Put the backup in DIR back into an empty data folder."""
    return actions.restore(_config(context, config), folder)
