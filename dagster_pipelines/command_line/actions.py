"""What each command does, as a function that returns its exit status.

Every function takes what was typed, does its work through the modules that know how, and prints.
Mistakes are raised as `TacitError`; `cli` says them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from dagster_pipelines import explanation, failure_log, identities, publication, summary
from dagster_pipelines.backup import back_up
from dagster_pipelines.backup import restore as restore_backup
from dagster_pipelines.checking import check_files
from dagster_pipelines.command_line import printing
from dagster_pipelines.command_line.console import aside, count, number, output, progress
from dagster_pipelines.command_line.demonstration import TRUTH, prepare
from dagster_pipelines.command_line.explaining import print_explanation
from dagster_pipelines.command_line.findings import find, not_published
from dagster_pipelines.command_line.identity_file import write_identities
from dagster_pipelines.command_line.runs import checks_of, last_runs, run_at_work, unmended
from dagster_pipelines.command_line.server import LOOPBACK, port_is_free, serve
from dagster_pipelines.command_line.shell import Shell
from dagster_pipelines.command_line.starter import write_starter
from dagster_pipelines.command_line.words import shortest
from dagster_pipelines.demo import Scale
from dagster_pipelines.demo.exports import read_truth
from dagster_pipelines.errors import JobError, TacitError, UsageError
from dagster_pipelines.restating.record import forget
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.sqlfiles import repository
from dagster_pipelines.stopping import as_keyboard_interrupt


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
    """Simulate a company in a folder, run everything on it, and say what is found in it."""
    config = prepare(folder, scale)
    aside().print(
        f"{shortest(config.parent.resolve())}: a made-up company of"
        f" {count(scale.people, 'person', 'people')}, {count(scale.weeks, 'week')} of its mail and"
        " chat.",
        markup=False,
    )
    status = run(config, quiet=quiet)
    if status == 0:
        truth = config.parent / TRUTH
        found = find(load_settings(config), truth)
        printing.print_findings(output(), found, not_published(read_truth(truth)), truth)
    return status


def run(config: Path, *, quiet: bool, is_watched: bool = True) -> int:
    """Run the whole job and print its summary; 1 if it failed. One that nobody watches reports."""
    settings = load_settings(config)
    os.environ["TACIT_CONFIG"] = str(config.resolve())
    began = time.monotonic()
    with progress(aside(), quiet=quiet) as report:
        report("Starting", 0, None)
        from dagster_pipelines.job import run_job

        try:
            result = run_job(settings, report, is_watched=is_watched)
        except TacitError as error:
            if not is_watched:
                _report(failure_log.failure(settings, str(uuid4()), None, str(error)), settings)
            raise
    if result.outcome == "failed" and not is_watched:
        reason = " ".join(result.reasons)
        _report(failure_log.failure(settings, result.run_id, result.step, reason), settings)
    console = output()
    held = summary.holdings(settings, result.run_id)
    if held:
        printing.print_records(console, held)
        printing.print_people(console, held)
    shown = summary.published(settings)
    if shown:
        printing.print_published(console, shown)
        printing.print_way_to_open(console, shown.database, config)
    checks = checks_of(settings, result.run_id)
    printing.print_outcome(console, result, checks, time.monotonic() - began)
    console.print()
    return 0 if result.succeeded else 1


def _report(failure: failure_log.Failure, settings: Settings) -> None:
    for line in failure_log.report(settings, failure):
        aside().print(f"tacit: {line}", style="red", markup=False)


def status(config: Path) -> int:
    """Print what ran, what is loaded, how old it is, what is published.

    1 if somebody should look: a run failed and none has published since, a source is overdue by
    its own `expect_every`, what is published is damaged.
    """
    settings = load_settings(config)
    console = output()
    at_work = run_at_work(settings)
    runs = last_runs(settings)
    printing.print_runs(console, runs)
    failed = unmended(failure_log.failures(settings), runs)
    printing.print_failure(console, failed)
    held = None if at_work else summary.holdings(settings)
    overdue: list[str] = []
    if at_work:
        printing.heading(console, at_work)
    elif held is None:
        printing.heading(console, "Nothing is loaded yet; `tacit run` loads.")
    else:
        freshness = summary.freshness(settings, held)
        expecting = {source.name for source in settings.sources if source.expect_every}
        overdue = [name for name in expecting if freshness.get(name) == "overdue"]
        printing.print_freshness(console, held.sources, freshness)
        printing.print_records(console, held)
        printing.print_people(console, held)
    shown = summary.published(settings, check=True)
    if shown is None:
        printing.heading(console, "Nothing is published yet.")
    else:
        printing.print_published(console, shown)
        printing.print_integrity(console, shown)
        if not shown.damage:
            printing.print_way_to_open(console, shown.database, config)
    is_copied = shown is None or _print_copy(console, settings, shown.generation)
    console.print()
    return 1 if failed or overdue or not is_copied or (shown and shown.damage) else 0


def _print_copy(console: Console, settings: Settings, generation: Path) -> bool:
    """Print what PostgreSQL shows, if it is to have a copy; tell whether all is well."""
    if settings.publish is None:
        return True
    from dagster_pipelines import postgres

    try:
        copy = postgres.look(settings, generation)
    except JobError as error:
        console.print(f"  {error}", markup=False, soft_wrap=True)
        return False
    printing.print_copy(console, copy)
    return bool(copy and copy.is_current)


def explain(config: Path, mart: str, words: Sequence[str], rows: int) -> int:
    """Print what a cell was made of; 1 if it comes out otherwise when counted again."""
    found = explanation.explain(load_settings(config), mart, words, rows or None)
    print_explanation(output(), found)
    return 1 if found.differing else 0


def shell(config: Path, statement: str | None) -> int:
    """Answer one statement, or all that are typed; 1 if the one could not be answered."""
    generation, connection = publication.open_current(load_settings(config))
    with closing(connection):
        answers = Shell(connection, output(), aside())
        if statement is not None:
            return 0 if answers.answer(statement) else 1
        answers.converse(generation.name)
    return 0


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


def restate(config: Path) -> int:
    """Forget what was stated before."""
    settings = load_settings(config)
    with run_lock(settings):
        forgotten = forget(settings)
    if forgotten:
        aside().print(
            "The next `tacit run` states everything anew. Whoever has kept an older publication"
            " can compare, and learn what single people did from small differences: give the new"
            " one to nobody who may have the old one.",
            markup=False,
        )
    else:
        aside().print("Nothing is remembered of what was published; there is nothing to restate.")
    return 0


def backup(config: Path, folder: Path) -> int:
    """Copy everything but the key into a new folder."""
    settings = load_settings(config)
    made = back_up(settings, folder)
    aside().print(
        f"{folder}: a backup of {number(made.bytes // 1_000_000)} MB, as personal as the data. The"
        f" key is not in it: keep a copy of {settings.key_path} elsewhere.",
        markup=False,
    )
    return 0


def restore(config: Path, folder: Path) -> int:
    """Put a backup back into an empty data folder."""
    settings = load_settings(config)
    made = restore_backup(settings, folder)
    aside().print(
        f"{settings.data_path}: as it was at {made.made_at:%Y-%m-%d %H:%M} UTC (tacit"
        f" {made.version}). `tacit status` shows it.",
        markup=False,
    )
    return 0


def dashboard(config: Path, port: int) -> int:
    """Serve what is published as pages until somebody interrupts."""
    settings = load_settings(config)
    if not port_is_free(port):
        raise UsageError(
            f"Port {port} of {LOOPBACK} is taken; name another: tacit dashboard --port 8051."
        )
    from dagster_pipelines.dashboard.server import serve as serve_pages

    aside().print(
        f"http://{LOOPBACK}:{port} shows what is published, on this machine only; Ctrl-C ends it.",
        markup=False,
    )
    with suppress(KeyboardInterrupt), as_keyboard_interrupt():
        serve_pages(settings, LOOPBACK, port)
    return 0


def report(config: Path, file: Path) -> int:
    """Write what is published as one file of pages."""
    settings = load_settings(config)
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise UsageError(f"{file}: name a file in a folder that is there.")
    from dagster_pipelines.dashboard.report import write_report

    generation = write_report(settings, file)
    aside().print(
        f"{file}: {generation} as one file; it needs neither network nor tacit.", markup=False
    )
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
