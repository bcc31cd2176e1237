"""How what was gathered looks on a screen: short sentences and columns that line up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dagster_pipelines.checking import FileReport
from dagster_pipelines.command_line.console import count, number
from dagster_pipelines.command_line.words import (
    CHANGES,
    FINDINGS,
    HEADLINES,
    LATENESS,
    PARTIES,
    WHOLE,
    listed,
    reason_in_words,
    shortest,
    since,
    written,
)
from dagster_pipelines.failure_log import Failure
from dagster_pipelines.freshness import Freshness
from dagster_pipelines.summary import Headline, Holdings, Published, Row, SourceFate

if TYPE_CHECKING:
    from dagster_pipelines.command_line.findings import Finding
    from dagster_pipelines.command_line.runs import PastRun
    from dagster_pipelines.job import JobResult
    from dagster_pipelines.postgres import Shown


def heading(console: Console, text: str, style: str = "bold") -> None:
    """Begin a part of the page."""
    console.print()
    console.print(text, style=style, markup=False)


def lines(console: Console, said: Iterable[str]) -> None:
    """Print sentences under a heading."""
    for line in said:
        console.print(indented(Text(line)))


def indented(what: RenderableType) -> Padding:
    """Set something under its heading."""
    return Padding(what, (0, 0, 0, 2), expand=False)


def columns(*titles: str) -> Table:
    """Return a table without lines: the first column is text, the others are numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for place, title in enumerate(titles):
        justify = "right" if place else "left"
        table.add_column(title, justify=justify, no_wrap=bool(place), overflow="fold")
    return table


def print_records(console: Console, held: Holdings) -> None:
    """Print what became of the records of each source, and why some were not loaded."""
    heading(console, "Files and records")
    table = columns(
        *("source", "files", "new", "records", "loaded", "duplicate", "excluded", "quarantined")
    )
    for source in held.sources:
        fates = (source.files, source.new_files, source.records, source.loaded, source.duplicate)
        left_out = (sum(source.excluded.values()), sum(source.quarantined.values()))
        table.add_row(source.name, *map(number, (*fates, *left_out)))
    console.print(indented(table))
    for source in held.sources:
        lines(console, fates_in_words(source.name, source.quarantined, source.excluded))
    if any(source.quarantined for source in held.sources):
        lines(console, ["`tacit check` names the line of each quarantined record."])
    whole = [why for why in held.changed if why in WHOLE]
    if whole:
        lines(console, [f"Everything was computed anew: {listed([WHOLE[why] for why in whole])}."])
    elif held.changed:
        why = [f"{count(dates, 'date')} by {CHANGES[why]}" for why, dates in held.changed.items()]
        lines(console, [f"Changed since the run before: {listed(why)}."])


def fates_in_words(
    name: str, quarantined: Mapping[str, int], excluded: Mapping[str, int]
) -> Iterable[str]:
    """Yield a sentence for each reason for which records were not loaded.

    >>> list(fates_in_words("mail", {"too_few_fields": 2}, {}))
    ['mail: 2 quarantined: the record has fewer fields than the header.']
    """
    for reason, records in quarantined.items():
        yield f"{name}: {number(records)} quarantined: {reason_in_words(reason)}"
    for rule, records in excluded.items():
        yield f"{name}: {number(records)} excluded: {rule.replace('_', ' ')}."


def print_reports(console: Console, reports: list[FileReport]) -> None:
    """Print what each file would load, and the first places of what it would not."""
    heading(console, "Nothing was stored; `tacit run` would load:")
    table = columns("file", "records", "would load", "duplicate", "excluded", "quarantined")
    for report in reports:
        name = f"{report.source_name}: {shortest(report.path)}"
        left_out = (report.excluded.total(), report.quarantined.total())
        fates = (report.records, report.would_load, report.duplicate, *left_out)
        said = ("-",) * len(fates) if report.problem else map(number, fates)
        table.add_row(Text(name), *said)
    console.print(indented(table))
    for report in reports:
        if report.problem:
            heading(console, report.problem, "bold red")
        elif report.quarantined:
            heading(console, f"{shortest(report.path)}: what would not load")
            lines(console, places_in_words(report))
    console.print()


def places_in_words(report: FileReport) -> Iterable[str]:
    """Yield a sentence for each reason, with the first places where it is met."""
    for reason, records in report.quarantined.most_common():
        places = report.locators.get(reason, [])
        more = ", …" if records > len(places) else ""
        why = reason_in_words(reason).rstrip(".")
        yield f"{number(records)}: {why} ({', '.join(places)}{more})"


def print_people(console: Console, held: Holdings) -> None:
    """Print how many people there are, who else appears, and what is odd about the roster."""
    heading(console, "People")
    people = held.parties.get("person")
    said = "Nobody yet." if people is None else f"{count(people.parties, 'person', 'people')}"
    if people:
        said += f" under {count(people.identifiers, 'identifier')}"
        others = [
            count(held.parties[kind].parties, *words)
            for kind, words in PARTIES.items()
            if kind in held.parties
        ]
        said += f"; beside them {listed(others)}." if others else "."
    lines(console, [said])
    if "internal_unknown" in held.parties:
        lines(console, ["`tacit identities unresolved` shows which."])
    for finding, subjects in held.findings.items():
        nouns, words = FINDINGS[finding]
        lines(console, [f"{count(subjects, *nouns)}: {words}."])


def print_published(console: Console, shown: Published) -> None:
    """Print the headline numbers and what the published database covers."""
    wanted = {(line.metric, line.statistic): line for line in shown.headlines}
    if shown.week and wanted:
        heading(console, f"The week of {written(shown.week)} (four weeks before in brackets)")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(justify="right")
        table.add_column(justify="right", style="dim")
        table.add_column()
        for key, (words, is_share) in HEADLINES.items():
            if key in wanted:
                table.add_row(*headline_cells(wanted[key], is_share=is_share), words)
        console.print(indented(table))
    heading(console, "Published")
    release = shown.release
    if release:
        span = f"{count(release['weeks'], 'week')}, {release['coverage_from']} to"
        who = f"{count(release['people'], 'person', 'people')}, {count(release['events'], 'event')}"
        cells = f"{number(release['withheld_cells'])} of {number(release['cells'])} cells"
        lines(
            console,
            [
                f"{span} {release['coverage_to']}: {who}.",
                f"{cells} are withheld: they rest on fewer than {release['min_group_size']} people,"
                " are nearly one person's number, or would give one of these away.",
            ],
        )
    if shown.damage:
        console.print(indented(Text(f"Damaged: {shown.damage}", style="bold red")))


def headline_cells(line: Headline, *, is_share: bool) -> tuple[str, str]:
    """Write a number, and what it was, in brackets.

    >>> headline_cells(Headline("isolated_share", "share", 0.125, 40, None), is_share=True)
    ('12 %', '')
    """

    def said(value: float) -> str:
        return f"{value:.0%}".replace("%", " %") if is_share else f"{value:.1f}"

    return said(line.value), f"({said(line.before)})" if line.before is not None else ""


def print_findings(console: Console, found: list[Finding], unseen: list[str], truth: Path) -> None:
    """Print what the published numbers say, what was planted, and what they cannot show."""
    heading(console, "Findings, and what was planted in this company")
    for finding in found:
        lines(console, [finding.seen])
        console.print(Padding(Text(finding.planted, style="dim"), (0, 0, 0, 4), expand=False))
    if unseen:
        lines(console, ["Planted too, and not to be seen in what is published:"])
        for one in unseen:
            console.print(Padding(Text(f"{one};"), (0, 0, 0, 4), expand=False))
    lines(console, [f"All that is true of the company: {shortest(truth.resolve())}."])
    console.print()


def print_way_to_open(console: Console, database: Path, config: Path) -> None:
    """Print where the published database is, and how to open it."""
    path = shortest(database)
    here = shortest(config.resolve())
    named = "" if here == "tacit.yml" else f" --config {quote(here)}"
    heading(console, "Open it, read-only")
    # Whole lines, however narrow the screen is: they are there to be copied.
    for how in (
        f"Browser  tacit dashboard{named}",
        f'Python   duckdb.connect("{path}", read_only=True).sql("from bi.segment_weeks")',
        f"Shell    duckdb -readonly {path}",
        f"BI tool  a DuckDB connection, access mode read-only, to {path}",
    ):
        console.print(f"  {how}", markup=False, soft_wrap=True)


def print_copy(console: Console, copy: Shown) -> None:
    """Print whether PostgreSQL shows what is published."""
    said = {
        True: "shows what is published",
        False: "shows an older publication; `tacit run` copies the newest",
        None: "shows nothing yet; `tacit run` copies what is published",
    }[copy.is_current]
    console.print(f"  SQL      {copy.place}: {said}", markup=False, soft_wrap=True)


def print_outcome(
    console: Console, result: JobResult, checks: Counter[bool], seconds: float
) -> None:
    """Print whether the run was published, and if not, what kept it and what stays."""
    passed = f"{count(checks[True], 'check')} passed"
    if result.succeeded:
        noted = f", {number(checks[False])} warned" if checks[False] else ""
        heading(console, f"Published after {seconds:.0f} s; {passed}{noted}.", "bold green")
        return
    words = {"failed": "The run failed", "stopped": "The run was stopped"}
    failed = f"{number(len(result.failed_checks))} failed, {passed}"
    heading(console, f"{words[result.outcome]} after {seconds:.0f} s; {failed}.", "bold red")
    lines(console, result.reasons)
    stays = "What was published before stays." if result.published else "Nothing is published yet."
    lines(console, [stays])


def print_runs(console: Console, runs: list[PastRun]) -> None:
    """Print when the job ran last, for how long, and what became of it."""
    if not runs:
        return
    heading(console, "Last runs")
    table = columns("began (UTC)", "seconds", "outcome")
    for run in runs:
        # Less than none: the clock went back meanwhile.
        seconds = "" if run.seconds is None or run.seconds < 0 else f"{run.seconds:.0f}"
        table.add_row(f"{run.began:%Y-%m-%d %H:%M}", seconds, run.outcome)
    console.print(indented(table))


def print_identifiers(console: Console, rows: list[Row], beside: str) -> None:
    """Print identifiers, the sources that have them, and one more column."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("identifier", "sources", beside.replace("_", " ")):
        table.add_column(title, overflow="fold")
    for row in rows:
        sources = ", ".join(row["source_names"])
        table.add_row(Text(row["identifier"]), sources, str(row[beside]))
    console.print(table)


def print_not_loaded(console: Console, not_loaded: int) -> None:
    """Say how many identifiers of the exports are not in the warehouse yet."""
    if not_loaded:
        them = count(not_loaded, "identifier is", "identifiers are")
        console.print(f"{them} not loaded yet; `tacit run` loads.", markup=False)


def print_integrity(console: Console, shown: Published) -> None:
    """Print where cells are withheld, which generation this is, and whether it is as written."""
    kinds = [
        f"{kind.replace('_', ' ')} {number(withheld)} of {number(cells)}"
        for kind, (withheld, cells) in shown.withheld.items()
    ]
    if kinds:
        lines(console, [f"Withheld by kind of group: {', '.join(kinds)}."])
    built = f", built {since(shown.release['built_at'])}" if shown.release else ""
    lines(console, [f"Generation {shown.generation.name}{built}."])
    if not shown.damage:
        lines(console, ["Its files are as their checksums say."])


def print_failure(console: Console, failed: Failure | None) -> None:
    """Print the failure after which nothing was published yet."""
    if failed:
        heading(console, failed.sentence, "bold red")


def print_freshness(
    console: Console, sources: list[SourceFate], freshness: Mapping[str, Freshness]
) -> None:
    """Print when each source was last exported and loaded, how far it reaches, and what is late."""
    heading(console, "Sources")
    table = columns("source", "files", "last export", "last load", "last event")
    for source in sources:
        moments = (source.exported_at, source.loaded_at, source.last_event_at)
        table.add_row(source.name, number(source.files), *(since(moment) for moment in moments))
    console.print(indented(table))
    for name, found in freshness.items():
        if found in LATENESS:
            style = "bold red" if found == "overdue" else "yellow"
            console.print(indented(Text(f"{name} {LATENESS[found]}", style=style)))
