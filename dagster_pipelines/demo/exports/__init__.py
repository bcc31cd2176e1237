"""What the company's systems hand over: one module for each format, and the `tacit.yml` for all.

Exporters read a simulated company and write files; nothing here decides what happened. The same
company gives the same bytes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Tally
from dagster_pipelines.demo.exports import (
    feedback,
    identities,
    mail_log,
    programmes,
    question_site,
    recognition,
    roster,
    slack,
)
from dagster_pipelines.demo.exports.files import write_csv
from dagster_pipelines.demo.exports.settings import SETTINGS
from dagster_pipelines.demo.truth import Fact

TRUTH_HEADER = (
    *("fact", "subject_kind", "subject", "since", "until"),
    *("measure", "expected", "visible_in"),
)


@dataclass(frozen=True)
class Exports:
    """What was written: the settings file, the table of truth, and what is to become of records."""

    settings: Path
    truth: Path
    tallies: tuple[Tally, ...]


def write_exports(company: Company, folder: Path) -> Exports:
    """Write the company's exports, its `tacit.yml` and `truth.csv`; what is there is replaced.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    exports = folder / "exports"
    tallies = (
        roster.write(company, exports / "hr"),
        mail_log.write(company, exports / "mail"),
        slack.write(company, exports / "chat"),
        question_site.write(company, exports / "questions"),
        recognition.write(company, exports / "kudos"),
        feedback.write(company, exports / "feedback"),
        programmes.write_programmes(company, exports / "programmes"),
        programmes.write_enrolments(company, exports / "programmes"),
        programmes.write_sessions(company, exports / "programmes"),
        identities.write(company, exports / "accounts"),
    )
    settings = folder / "tacit.yml"
    settings.write_text(SETTINGS, encoding="utf-8")
    truth = folder / "truth.csv"
    facts = [*company.truth, *facts_of_exports(company, tallies)]
    write_csv(truth, TRUTH_HEADER, (_row(fact) for fact in facts))
    return Exports(settings, truth, tallies)


def facts_of_exports(company: Company, tallies: tuple[Tally, ...]) -> list[Fact]:
    """List what is to become of the records of each source."""
    span = (company.scale.monday(0), company.scale.end)
    facts = []
    for tally in tallies:
        measures = {
            "records": tally.records,
            "loaded": tally.loaded,
            "duplicate": tally.duplicate,
            **{f"quarantined: {reason}": count for reason, count in tally.quarantined.items()},
            **{f"excluded: {rule}": count for rule, count in tally.excluded.items()},
        }
        for measure, count in measures.items():
            table = "raw.quarantine" if measure.startswith("quarantined") else "raw.files"
            facts.append(Fact("records", "source", tally.source, *span, measure, count, table))
    return facts


def read_truth(path: Path) -> list[Fact]:
    """Read a table of truth; a value that is no number is a direction.

    Raises
    ------
    OSError
        There is no such file.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Fact(
                fact=row["fact"],
                subject_kind=row["subject_kind"],
                subject=row["subject"],
                since=_date(row["since"]),
                until=_date(row["until"]),
                measure=row["measure"],
                expected=_value(row["expected"]),
                visible_in=row["visible_in"],
            )
            for row in csv.DictReader(file)
        ]


def _row(fact: Fact) -> tuple[str, ...]:
    dates = (day.isoformat() if day else "" for day in (fact.since, fact.until))
    expected = fact.expected if isinstance(fact.expected, str) else f"{fact.expected:g}"
    about = (fact.fact, fact.subject_kind, fact.subject)
    return (*about, *dates, fact.measure, expected, fact.visible_in)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
