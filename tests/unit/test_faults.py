"""The campaign of faults can fail: it sees what is lost, doubled, left lying about or not said."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from benchmarks.pages import put_into_page
from dagster_pipelines import publication
from dagster_pipelines.run_lock import run_lock
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.warehouse import vault_path
from faults import __main__ as command
from faults import companies, disk, flips, progress, record, results, victims, whole_runs
from faults.clock import Jumps
from faults.comparison import (
    differences,
    is_torn,
    litter,
    published_hashes,
    shortcomings_of_publication,
    unbalanced,
    warehouse_hashes,
    what_is_held,
)
from faults.disk import FullDisk
from faults.flips import Damages
from faults.kills import Tally
from faults.readers import Reading
from tests.harness.damage import tear
from tests.harness.landed import a_company, a_roster, landed, mail_of, some_mail, write_all
from tests.harness.published import opened_for_writing, with_guarded_tables


@pytest.fixture
def loaded(tmp_path: Path) -> Settings:
    write_all(
        tmp_path,
        {
            "hr.csv": ["person_id", "a", "b"],
            "mail.csv": mail_of("a,b,2026-03-02 12:00", "b,a,2026-03-03 12:00"),
        },
    )
    settings = a_company(tmp_path, a_roster(), some_mail())
    landed(settings)
    return settings


@pytest.fixture
def published(tmp_path: Path) -> Settings:
    settings = with_guarded_tables(tmp_path)
    publication.promote(publication.write_candidate(settings, "run"))
    return settings


@pytest.mark.parametrize(
    "statement",
    [
        "delete from raw.interaction_csv_rows where line_number = 2",
        "insert into raw.interaction_csv_rows from raw.interaction_csv_rows limit 1",
        "update raw.interaction_csv_rows set occurred_at = occurred_at + interval 1 second",
        "update raw.files set records = records + 1 where source_name = 'mail'",
        "drop table raw.quarantine",
        """update raw.interaction_csv_rows set file_id =
            (select file_id from raw.files where source_name = 'hr')""",
    ],
)
def test_what_is_lost_doubled_or_changed_is_seen(loaded: Settings, statement: str) -> None:
    before = warehouse_hashes(loaded, ("raw",))
    with opened_for_writing(loaded) as connection:
        connection.execute(statement)
    assert differences(warehouse_hashes(loaded, ("raw",)), before)


def test_another_order_another_run_and_other_numbers_of_files_are_no_difference(
    loaded: Settings,
) -> None:
    before = warehouse_hashes(loaded, ("raw",))
    with opened_for_writing(loaded) as connection:
        connection.execute("""
            create temp table kept as from raw.interaction_csv_rows order by line_number desc;
            delete from raw.interaction_csv_rows;
            insert into raw.interaction_csv_rows
                select * replace (file_id + 70 as file_id) from kept;
            update raw.files set file_id = file_id + 70, run_id = 'another'
            where source_name = 'mail';
            update raw.identity_map set changed_at = timestamp '2030-01-01';
        """)
    assert differences(warehouse_hashes(loaded, ("raw",)), before) == []


def test_records_that_do_not_add_up_are_seen(loaded: Settings) -> None:
    assert unbalanced(loaded) == []
    with opened_for_writing(loaded) as connection:
        connection.execute("delete from raw.interaction_csv_rows where line_number = 2")
    assert unbalanced(loaded) == ["the records of 1 files do not add up"]


def test_a_publication_that_is_not_whole_is_seen(published: Settings) -> None:
    assert shortcomings_of_publication(published) == []
    generation = publication.current(published)
    assert generation
    (generation / "release.parquet").unlink()
    assert len(shortcomings_of_publication(published)) == 1


def test_parquet_that_says_something_else_than_the_database_is_another_publication(
    published: Settings,
) -> None:
    generation = publication.current(published)
    assert generation
    before = published_hashes(generation)
    assert {"bi.release", "release.parquet"} <= set(before)
    assert before["bi.release"] == before["release.parquet"]
    (generation / "release.parquet").unlink()
    changed = str(generation / "release.parquet")
    with closing(publication.open_published(generation)) as connection:
        frame = connection.execute("select * replace (1 as events) from bi.release").arrow()
    duckdb.from_arrow(frame).write_parquet(changed)
    (generation / publication.CHECKSUMS).unlink()
    publication._seal(generation)
    assert [line.split(":")[0] for line in differences(published_hashes(generation), before)] == [
        "release.parquet"
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("published/.candidate-dead", "published/.current-gen-x", "warehouse/tmp/rows.tmp"),
        *("dbt/parse-1-ab", "dagster/.dagster.yaml-1-ab", "../.key-1-ab"),
    ],
)
def test_whatever_lies_about_is_seen(published: Settings, name: str) -> None:
    assert litter(published) == []
    path = published.data_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("half")
    assert litter(published) == [path.name]


def test_what_a_process_still_holds_is_seen(published: Settings) -> None:
    assert what_is_held(published) == []
    with run_lock(published):
        assert what_is_held(published) == ["the run lock is held"]


def test_a_torn_database_is_counted_and_no_failure_to_open(loaded: Settings) -> None:
    assert not is_torn(loaded)
    tear(vault_path(loaded))
    assert is_torn(loaded)
    assert what_is_held(loaded) == []


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_a_victim_is_killed_in_its_work_and_not_after(log: Path) -> None:
    chance = random.Random(1)

    def sleep(begun: victims.Begun) -> None:
        begun()
        time.sleep(30)

    began = time.monotonic()
    death = victims.kill(sleep, log, 0.2, chance)
    assert death.killed
    assert time.monotonic() - began < 10
    assert not victims.kill(lambda begun: begun(), log, 5.0, chance).killed


def test_a_stage_that_fails_by_itself_is_no_death(log: Path) -> None:
    def fail(begun: victims.Begun) -> None:
        begun()
        raise ValueError("wrong")

    with pytest.raises(victims.VictimFailedError):
        victims.run(fail, log)
    assert "ValueError: wrong" in log.read_text()


def test_a_watcher_says_what_the_publication_missed(published: Settings) -> None:
    tally = Tally("whole run")
    with whole_runs.watched(published, tally):
        time.sleep(0.5)
    assert tally.problems == []
    generation = publication.current(published)
    assert generation
    with whole_runs.watched(published, tally):
        (generation / "release.parquet").unlink()
        time.sleep(0.5)
    # It may look twice, and once while the file goes.
    assert tally.problems
    assert all("release.parquet" in problem for problem in tally.problems)


@pytest.mark.parametrize(
    ("number", "status", "seconds", "printed", "problems"),
    [
        (signal.SIGTERM, 1, 3.0, "", 0),
        (signal.SIGTERM, 143, 9.0, "", 0),
        (signal.SIGTERM, 0, 0.1, "", 0),
        (signal.SIGTERM, 1, 11.0, "", 1),
        (signal.SIGINT, 2, 3.0, "", 1),
        (signal.SIGINT, 130, 3.0, "Traceback", 1),
    ],
)
def test_how_a_run_should_stop(
    number: signal.Signals, status: int, seconds: float, printed: str, problems: int
) -> None:
    assert len(whole_runs._as_designed(number, status, seconds, printed)) == problems


@pytest.mark.parametrize(
    ("printed", "stage"),
    [
        ("", "start"),
        ("Starting ...\nStarting: done\nPrepare ...\ntacit: no room", "start"),
        ("Starting ...\nload mail ...\nload mail: done in 0.5 s\n", "load"),
        ("load hr ...\nCompute ...\nCompute: 3 %\n", "build"),
        ("Compute ...\nWrite ...\n", "candidate"),
    ],
)
def test_the_last_line_of_progress_says_where_a_run_ended(printed: str, stage: str) -> None:
    assert disk._stage_of(printed) == stage


def test_the_next_amount_of_room_lies_where_a_stage_is_missing() -> None:
    assert disk._next_gap([(0, "start"), (100_000, "none")]) == (0, 100_000)
    met = [(0, "start"), (10_000, "load"), (20_000, "build"), (90_000, "none")]
    assert disk._next_gap(met) == (20_000, 90_000)
    assert disk._next_gap([*met[:3], (80_000, "candidate"), met[3]]) is None


@pytest.mark.parametrize("kind", flips.KINDS)
def test_every_kind_of_damage_damages(published: Settings, kind: str) -> None:
    generation = publication.current(published)
    assert generation
    flips.KINDS[kind](generation / "data_quality.parquet", random.Random(2))
    assert shortcomings_of_publication(published)


def test_a_folder_that_holds_something_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotADirectoryError, match="something else"):
        companies.Stock(tmp_path).make_exports()
    assert (tmp_path / "thesis.txt").exists()


def test_the_older_exports_are_part_of_the_newer(tmp_path: Path) -> None:
    stock = companies.Stock(tmp_path / "stock")
    stock.make_exports()
    older = stock.company("older", "older").settings
    newer = stock.company("newer", "newer").settings
    for one, other in zip(older.sources, newer.sources, strict=True):
        assert set(files_of(older, one)) < set(files_of(newer, other))
    landed(older)
    landed(newer)
    assert unbalanced(newer) == []
    rows = {
        name: {key: many for key, (many, _) in warehouse_hashes(one, ("raw",)).items()}
        for name, one in (("older", older), ("newer", newer))
    }
    for table in ("raw.interaction_csv_rows", "raw.slack_messages", "raw.identity_map"):
        assert 0 < rows["older"][table] < rows["newer"][table]


@pytest.fixture
def done() -> Iterator[results.Results]:
    done = results.begun(seed=3)
    done.kills = [
        Tally("load", kills=7, torn=1, trials=3, recoveries=[1.0, 3.0, 2.0], problems=["lost"])
    ]
    done.stops = [Tally("SIGTERM", kills=2, recoveries=[0.5])]
    done.disk = FullDisk(met={"load": [4096, 0]}, recovered=2, problems=["no sentence"])
    done.clock = Jumps("faketime", runs=3, jumps=4)
    done.flips = [Damages("bit flipped", done=9, noticed=8, problems=["not noticed"])]
    done.readers = Reading(200, 100, polls=900, seen=101, problems=["mixed"])
    done.publications = Reading(20, 1000, polls=3000, seen=990, problems=["an error"])
    return done


def test_the_figures_say_every_part_and_every_problem(done: results.Results) -> None:
    assert sorted(done.problems) == ["an error", "lost", "mixed", "no sentence", "not noticed"]
    assert done.as_json()["number_of_problems"] == 5
    said = results.written(done)
    assert "| load | 7 | 1 | 3 | 2.0 s | 3.0 s | 1 |" in said
    assert "| SIGTERM | 2 | 0.5 s | 0.5 s | 0 |" in said
    assert "| load | 2 | 0, 4 096 |" in said
    assert "3 runs with 4 jumps (faketime), 0 problems" in said
    assert "| bit flipped | 9 | 8 | 1 |" in said
    assert "900 polls of 101 publications" in said
    assert "20 processes, 1000 promotions, 3000 polls of 990 publications" in said
    assert "seed 3" in said


def test_a_part_that_was_left_out_says_so(done: results.Results) -> None:
    done.disk = FullDisk(left_out="only root can")
    assert "Full disk: left out, since only root can." in results.written(done)


def test_the_page_of_figures_has_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "faults.md"
    page.write_text(Path("docs/faults.md").read_text(encoding="utf-8"), encoding="utf-8")
    put_into_page(page, "figures\n")
    assert "<!-- figures -->\nfigures\n<!-- end of figures -->" in page.read_text(encoding="utf-8")
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="no marks"):
        put_into_page(page, "figures\n")


def test_an_unknown_part_is_refused() -> None:
    assert command.read_parts("readers,load") == ("readers", "load")
    with pytest.raises(argparse.ArgumentTypeError, match="there is no part 'rain'"):
        command.read_parts("load,rain")


def test_a_small_disk_is_small_or_says_why_there_is_none(tmp_path: Path) -> None:
    with disk.small_disk(tmp_path / "disk") as refusal:
        if refusal:
            assert "root" in refusal
            return
        filler = disk.fill(tmp_path / "disk", 1 << 20)
        with pytest.raises(OSError, match="No space left"):
            (tmp_path / "disk" / "more").write_bytes(os.urandom(1 << 21))
        filler.unlink()
        (tmp_path / "disk" / "more").write_bytes(os.urandom(1 << 21))


def test_a_campaign_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    begun = progress.begin(seed=3, kills=50)
    begun.finished.append("load")
    begun.done.minutes = 7
    begun.keep(folder)
    # The folder itself is emptied when a campaign begins.
    assert not folder.exists()
    found = progress.resume(folder, seed=3, kills=50)
    assert (found.finished, found.done.minutes) == (["load"], 7)


def test_a_campaign_goes_on_with_nothing_but_itself(tmp_path: Path) -> None:
    with pytest.raises(progress.OtherCampaignError, match="no campaign was broken off"):
        progress.resume(tmp_path / "data", seed=3, kills=50)
    progress.begin(seed=3, kills=50).keep(tmp_path / "data")
    for seed, kills in [(4, 50), (3, 60)]:
        with pytest.raises(progress.OtherCampaignError, match="another seed, other kills"):
            progress.resume(tmp_path / "data", seed, kills)


def test_a_part_that_is_done_again_takes_the_place_of_what_was_known() -> None:
    def campaign(kills: int, *finished: str) -> results.Results:
        done = results.begun(seed=kills)
        done.kills = [Tally(record.STAGES[stage], kills, 3) for stage in finished]
        return done

    first = record.with_parts({}, campaign(30, "load", "runs"), ["load", "runs"], "abc")
    both = record.with_parts(first, campaign(40, "load"), ["load"], "def")
    said = record.written(json.loads(json.dumps(both)))
    assert "| load | 40 |" in said
    assert "| whole run | 30 |" in said
    assert "| all | 70 |" in said
    assert "load: version def, " in said
    assert "runs: version abc, " in said
    assert "Not yet done to their end: vault, build, audit, promotion, stops, disk" in said


def test_what_is_written_down_of_all_parts_is_what_they_came_to(done: results.Results) -> None:
    done.kills = [Tally(stage, 5, 2, recoveries=[1.5]) for stage in record.STAGES.values()]
    known = record.with_parts({}, done, record.PARTS, "abc")
    assert list(known) == list(record.PARTS)
    said = record.written(json.loads(json.dumps(known)))
    assert results.tables(done) in said
    assert "Not yet" not in said
