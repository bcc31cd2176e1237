"""What the summary counts, and how it says it, on databases of a few rows."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml
from rich.console import Console

from dagster_pipelines import cli, sqlfiles, summary
from dagster_pipelines.command_line import printing, words
from dagster_pipelines.failure_log import Failure, write_down
from dagster_pipelines.job import FailedCheck, JobResult
from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.summary import Headline, Parties
from dagster_pipelines.warehouse import connect, declare_tables, prepare_folders, warehouse_path

CONFIG = """\
data_dir: data
sources:
  - {name: hr, format: roster_csv, path: hr.csv}
  - {name: mail, format: interaction_csv, path: mail.csv, channel: email}
"""

RAW = """
insert into raw.sources values ('hr', 'roster_csv', null, false);
insert into raw.sources values ('mail', 'interaction_csv', 'email', false);
insert into raw.files by name
select * from (values
    (1, 'old', 'hr', 'roster_csv', 20, 18, 1, 1, map {}::map(varchar, bigint), null),
    (2, 'old', 'mail', 'interaction_csv', 9, 9, 0, 0, map {}::map(varchar, bigint), now()),
    (3, 'new', 'mail', 'interaction_csv', 100, 80, 10, 7, map {'a_rule': 3}, null)
) as rows (
    file_id, run_id, source_name, format, records, loaded, duplicate, quarantined, excluded,
    superseded_at
)
cross join (
    select
        'f' as sha256,
        'f' as reading_fingerprint,
        'f' as path_fingerprint,
        timestamp '2026-03-01 00:00:00' as exported_at,
        timestamp '2026-03-02 00:00:00' as loaded_at,
        1 as bytes
) as others;
insert into raw.quarantine values (1, 'line 3', 'bad_date');
insert into raw.quarantine
select 3, 'line ' || line, if(line < 6, 'bad_time', 'too_few_fields') from range(7) as r (line);
insert into raw.identity_map
select id, id % 10, if(id % 10 < 8, 'person', if(id % 10 = 8, 'external', 'internal_unknown')),
    'roster', timestamp '2026-03-02 00:00:00'
from range(1, 31) as ids (id);
"""

PUBLISHED = """
create schema bi;
create table bi.release as select
    'Example' as organisation_name, timestamp '2026-03-02 00:00:00' as built_at,
    date '2026-01-05' as coverage_from, date '2026-03-01' as coverage_to,
    8 as weeks, 1 as people, 12345 as events, 3 as files, 12400 as records,
    'd' as data_fingerprint, 300 as data_tests, 60 as expectations, 5 as min_group_size,
    5 as segment_cells, 1 as withheld_segment_cells,
    20 as unit_pair_cells, 3 as withheld_unit_pair_cells;
create table bi.segment_weeks as select
    'organisation' as segment_type, 'all' as segment_value, week_start, metric, statistic,
    value, people, value is null as is_withheld
from (values
    (date '2026-02-23', 'network_size', 'median', 9.0, 40),
    (date '2026-01-26', 'network_size', 'median', 7.5, 38),
    (date '2026-02-23', 'cross_team_share', 'mean', 0.375, 40),
    (date '2026-02-16', 'cross_team_share', 'mean', 0.9, 40),
    (date '2026-02-23', 'isolated_share', 'share', null, null)
) as rows (week_start, metric, statistic, value, people);
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose warehouse holds a few rows."""
    (tmp_path / "tacit.yml").write_text(CONFIG)
    settings = load_settings(tmp_path / "tacit.yml")
    prepare_folders(settings)
    with closing(connect(warehouse_path(settings))) as connection:
        declare_tables(connection)
        connection.execute(RAW)
    return settings


def publish(settings: Settings) -> Path:
    """Put a database with a few rows where the published one is."""
    generation = settings.data_path / "published/gen-1"
    generation.mkdir()
    database = generation / "tacit.duckdb"
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute(PUBLISHED)
    digest = hashlib.sha256(database.read_bytes()).hexdigest()
    (generation / "SHA256SUMS").write_text(f"{digest}  tacit.duckdb\n")
    (generation.parent / "current").symlink_to("gen-1")
    return generation


def console() -> Console:
    """Return a console whose text can be looked at."""
    return Console(file=io.StringIO(), width=120, highlight=False)


def text_of(console: Console) -> str:
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_a_superseded_file_counts_no_more(settings: Settings) -> None:
    held = summary.holdings(settings, "new")
    assert held is not None
    mail = held.sources[1]
    assert (mail.files, mail.new_files, mail.records, mail.loaded) == (1, 1, 100, 80)
    assert mail.duplicate + mail.loaded + 7 + 3 == mail.records
    assert mail.quarantined == {"bad_time": 6, "too_few_fields": 1}
    assert mail.excluded == {"a_rule": 3}
    assert held.records == 120


def test_people_are_counted_apart_from_their_identifiers(settings: Settings) -> None:
    held = summary.holdings(settings)
    assert held is not None
    assert held.parties["person"] == Parties(parties=8, identifiers=24)
    shown = console()
    printing.print_people(shown, held)
    assert "8 people under 24 identifiers" in text_of(shown)
    assert "1 identifier of your own that is nobody's" in text_of(shown)


def test_each_reason_is_said_in_words(settings: Settings) -> None:
    held = summary.holdings(settings)
    assert held is not None
    shown = console()
    printing.print_records(shown, held)
    said = text_of(shown)
    assert "mail: 6 quarantined: the time is missing, does not exist" in said
    assert "hr: 1 quarantined: a date does not exist" in said
    assert "mail: 3 excluded: a rule." in said


def test_a_warehouse_without_models_has_no_findings(settings: Settings) -> None:
    held = summary.holdings(settings)
    assert held is not None
    assert held.findings == {}


def test_each_finding_is_said_in_words(settings: Settings) -> None:
    # The values that the model's own test accepts.
    yml = (sqlfiles.repository() / "dbt_project/models/intermediate/int_findings.yml").read_text()
    [model] = yaml.safe_load(yml)["models"]
    [accepted] = [
        test["accepted_values"]["arguments"]["values"]
        for test in model["columns"][0]["data_tests"]
        if "accepted_values" in test
    ]
    with closing(connect(warehouse_path(settings))) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_findings (finding text, subjects int)")
        connection.executemany(
            "insert into intermediate.int_findings values (?, 2)", [[name] for name in accepted]
        )
    held = summary.holdings(settings)
    assert held is not None
    assert held.findings == dict.fromkeys(accepted, 2)
    shown = console()
    printing.print_people(shown, held)
    said = text_of(shown)
    assert "2 people on the roster: reports to oneself" in said
    assert "2 events: 13 or more weeks of silence" in said
    assert len(words.FINDINGS) == len(accepted)


def test_the_dates_that_a_run_changed_are_said_with_why(settings: Settings) -> None:
    with closing(connect(warehouse_path(settings))) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_changed_dates as select 'new' as run_id, reasons"
            " from (values ('file'), ('file'), ('identity, roster')) as changes (reasons)"
            " union all select 'old', 'identity'"
        )
    held = summary.holdings(settings, "new")
    assert held is not None
    assert held.changed == {"file": 2, "identity": 1, "roster": 1}
    shown = console()
    printing.print_records(shown, held)
    assert (
        "Changed since the run before: 2 dates by records that came or were corrected, 1 date by"
        " other people behind identifiers and 1 date by another roster."
        in " ".join(text_of(shown).split())
    )


def test_a_build_of_everything_says_why_it_was_one(settings: Settings) -> None:
    with closing(connect(warehouse_path(settings))) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_changed_dates as"
            " select 'new' as run_id, 'unfinished' as reasons from range(3)"
        )
    held = summary.holdings(settings, "new")
    assert held is not None
    shown = console()
    printing.print_records(shown, held)
    assert "Everything was computed anew: the build before was not finished." in " ".join(
        text_of(shown).split()
    )


def test_headlines_are_the_last_weeks_beside_those_of_four_weeks_before(settings: Settings) -> None:
    publish(settings)
    shown = summary.published(settings, check=True)
    assert shown is not None
    assert shown.damage is None
    assert str(shown.week) == "2026-02-23"
    assert shown.headlines == [
        Headline("cross_team_share", "mean", 0.375, 40, None),
        Headline("network_size", "median", 9.0, 40, 7.5),
    ]
    assert shown.withheld == {"organisation": (1, 5)}


def test_the_summary_of_what_is_published_reads_well(settings: Settings) -> None:
    publish(settings)
    shown = summary.published(settings)
    assert shown is not None
    page = console()
    printing.print_published(page, shown)
    said = text_of(page)
    assert "The week of 23 February 2026" in said
    assert "9.0" in said
    assert "(7.5)" in said
    assert "38 %" in said
    assert "8 weeks, 2026-01-05 to 2026-03-01: 1 person, 12 345 events." in said
    assert "4 of 25 cells" in said


def test_status_says_that_a_published_file_is_damaged(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    generation = publish(settings)
    assert cli.run(["status", "--config", str(settings.folder / "tacit.yml")]) == 0
    with (generation / "tacit.duckdb").open("ab") as file:
        file.write(b"\0")
    assert cli.run(["status", "--config", str(settings.folder / "tacit.yml")]) == 1
    assert "Damaged: tacit.duckdb of gen-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("expect_every", "status", "said"),
    [("1m", 1, "hr is overdue"), ("never", 0, None), (None, 0, "hr is overdue")],
)
def test_status_ends_with_1_if_a_source_is_overdue_by_its_own_word(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    expect_every: str | None,
    status: int,
    said: str | None,
) -> None:
    publish(settings)
    path = settings.folder / "tacit.yml"
    written = yaml.safe_load(path.read_text())
    for source in written["sources"]:
        source |= {"expect_every": expect_every if source["name"] == "hr" else "never"}
    path.write_text(yaml.safe_dump(written))
    assert cli.run(["status", "--config", str(path)]) == status
    shown = capsys.readouterr().out
    assert (said or "Sources") in shown
    assert said is not None or "hr is" not in shown
    assert "mail is" not in shown


def test_status_ends_with_1_after_a_failure_that_no_run_has_mended(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(settings)
    failure = Failure("run", datetime(2026, 3, 1, 4, tzinfo=UTC), None, "It rained.", "gen-1")
    write_down(settings, failure)
    assert cli.run(["status", "--config", str(settings.folder / "tacit.yml")]) == 1
    assert failure.sentence in " ".join(capsys.readouterr().out.split())


def test_a_published_file_that_is_no_database_is_damage_and_no_crash(settings: Settings) -> None:
    generation = publish(settings)
    (generation / "tacit.duckdb").write_bytes(b"no database")
    shown = summary.published(settings)
    assert shown is not None
    assert shown.damage is not None
    assert shown.damage.startswith("tacit.duckdb of gen-1 cannot be read.")


def test_status_says_that_what_is_published_is_gone(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    generation = publish(settings)
    generation.rename(generation.with_name("elsewhere"))
    assert cli.run(["status", "--config", str(settings.folder / "tacit.yml")]) == 1
    said = capsys.readouterr().out
    assert "Damaged: gen-1 is what is published, and it is not there." in said
    assert "`tacit run` publishes a whole one" in said
    assert "Open it" not in said


def test_status_while_a_run_is_at_work_shows_what_is_published(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    from dagster_pipelines.run_lock import run_lock

    publish(settings)
    with run_lock(settings):
        assert cli.run(["status", "--config", str(settings.folder / "tacit.yml")]) == 0
    said = capsys.readouterr().out
    assert "A run is at work since" in said
    assert "The week of 23 February 2026" in said


def test_a_failed_run_says_what_failed_and_what_stays(tmp_path: Path) -> None:
    result = JobResult(
        outcome="failed",
        run_id="run",
        errors=["The disk is full."],
        failed_checks=[FailedCheck("has_rows", "bi.release", "It is empty.")],
        published=tmp_path,
    )
    page = console()
    printing.print_outcome(page, result, Counter({True: 7, False: 1}), 12.3)
    said = text_of(page)
    assert "The run failed after 12 s; 1 failed, 7 checks passed." in said
    assert "The disk is full." in said
    assert "Check has_rows of bi.release: It is empty." in said
    assert "What was published before stays." in said


@pytest.mark.parametrize(
    ("days", "said"), [(0, "(today)"), (1, "(yesterday)"), (40, "(40 days ago)")]
)
def test_a_moment_is_said_with_its_age(days: int, said: str) -> None:
    moment = datetime.now(UTC) - timedelta(days=days, minutes=1)
    assert words.since(moment) == f"{moment:%Y-%m-%d} {said}"
    assert words.since(moment.replace(tzinfo=None)) == words.since(moment)
