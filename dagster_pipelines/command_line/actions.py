"""What each command does, as a function that returns its exit status.

Every function takes what was typed, does its work through the modules that know how, and prints.
Mistakes are raised as `TacitError`; `cli` says them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from dagster_pipelines import identities, summary
from dagster_pipelines.checking import check_files
from dagster_pipelines.command_line import printing
from dagster_pipelines.command_line.console import aside, count, output, progress
from dagster_pipelines.command_line.demonstration import prepare
from dagster_pipelines.command_line.identity_file import write_identities
from dagster_pipelines.command_line.runs import checks_of, last_runs, run_at_work
from dagster_pipelines.command_line.server import LOOPBACK, serve
from dagster_pipelines.command_line.starter import write_starter
from dagster_pipelines.demo import Scale
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.settings import load_settings
from dagster_pipelines.sqlfiles import repository


def init(folder: Path) -> int:
    """Write a commented `tacit.yml` and its folders."""
    path = write_starter(folder)
    console = output()
    console.print(f"{path} is written. Next:", markup=False)
    printing.lines(
        console,
        [
            "put your exports where it says, or say in it where they are;",
            "tacit check    says what would load;",
            "tacit run      does everything, and says what came out.",
        ],
    )
    return 0


def check(config: Path, files: Sequence[Path]) -> int:
    """Read the exports without storing; 2 if a whole file cannot be used."""
    reports = check_files(load_settings(config), files or None)
    printing.print_reports(output(), reports)
    return UsageError.exit_status if any(report.problem for report in reports) else 0


def demo(folder: Path, scale: Scale, *, quiet: bool) -> int:
    """Make up a company in a folder and run everything on it."""
    config = prepare(folder, scale)
    aside().print(
        f"{printing.shortest(config.parent.resolve())}: a made-up company of"
        f" {count(scale.people, 'person', 'people')}, {count(scale.weeks, 'week')} of its mail.",
        markup=False,
    )
    return run(config, quiet=quiet)


def run(config: Path, *, quiet: bool) -> int:
    """Run the whole job and print its summary; 1 if it failed."""
    settings = load_settings(config)
    os.environ["TACIT_CONFIG"] = str(config.resolve())
    began = time.monotonic()
    with progress(aside(), quiet=quiet) as report:
        report("Starting", 0, None)
        from dagster_pipelines.job import run_job

        result = run_job(settings, report)
    console = output()
    held = summary.holdings(settings, result.run_id)
    if held:
        printing.print_records(console, held)
        printing.print_people(console, held)
    shown = summary.published(settings)
    if shown:
        printing.print_published(console, shown)
        printing.print_way_to_open(console, shown.database)
    checks = checks_of(settings, result.run_id)
    printing.print_outcome(console, result, checks, time.monotonic() - began)
    console.print()
    return 0 if result.succeeded else 1


def status(config: Path) -> int:
    """Print what ran, what is loaded, how old it is, what is published; 1 if that is damaged."""
    settings = load_settings(config)
    console = output()
    at_work = run_at_work(settings)
    printing.print_runs(console, last_runs(settings))
    held = None if at_work else summary.holdings(settings)
    if at_work:
        printing.heading(console, at_work)
    elif held is None:
        printing.heading(console, "Nothing is loaded yet; `tacit run` loads.")
    else:
        printing.print_freshness(console, held.sources)
        printing.print_records(console, held)
        printing.print_people(console, held)
    shown = summary.published(settings, check=True)
    if shown is None:
        printing.heading(console, "Nothing is published yet.")
    else:
        printing.print_published(console, shown)
        printing.print_integrity(console, shown)
        if not shown.damage:
            printing.print_way_to_open(console, shown.database)
    console.print()
    return 1 if shown and shown.damage else 0


def unresolved(config: Path, source_name: str | None) -> int:
    """Print the organisation's own identifiers that are nobody's on the roster."""
    found = identities.unresolved(load_settings(config), source_name)
    console = output()
    if not found.rows:
        console.print("Every identifier of your own organisation is somebody's.")
    else:
        printing.print_identifiers(console, found.rows, "person_id")
    printing.print_not_loaded(aside(), found.not_loaded)
    return 0


def whois(config: Path, wanted: int, source_name: str | None) -> int:
    """Print the identifiers of a person; 1 if the exports have none."""
    found = identities.whois(load_settings(config), wanted, source_name)
    if not found.rows:
        raise JobError(f"No identifier in these exports belongs to {wanted}.")
    printing.print_identifiers(output(), found.rows, "party_kind")
    return 0


def export(config: Path, file: Path, source_name: str | None) -> int:
    """Write source, identifier and person_id of everybody into a file of the operator's own."""
    settings = load_settings(config)
    if file.exists():
        raise UsageError(f"{file}: is there already; name another file.")
    found = identities.everybody(settings, source_name)
    write_identities(file, found.rows)
    aside().print(
        f"{file}: {count(len(found.rows), 'identifier')}. It says who is who; keep it apart from"
        " what is published, and delete it when it has served.",
        markup=False,
    )
    printing.print_not_loaded(aside(), found.not_loaded)
    return 0


def up(config: Path, port: int) -> int:
    """Serve Dagster's web page and daemon until somebody interrupts."""
    settings = load_settings(config)
    from dagster_pipelines.dagster_home import environment, prepare_home

    prepare_home(settings)
    aside().print(
        f"http://{LOOPBACK}:{port} is Dagster's web page, for this machine only; Ctrl-C ends it.",
        markup=False,
    )
    serve(config, environment(settings), repository(), port)
    return 0
