"""The publication: what a candidate holds, what the audit sees, what promotion leaves."""

from __future__ import annotations

import stat
import subprocess
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import publication
from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Settings
from tests.harness.published import opened_for_writing, with_guarded_tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_guarded_tables(tmp_path)


def tampered(candidate: Path, statement: str) -> Path:
    """Change a candidate's database and seal it anew, as a wrong writer would have left it."""
    database = candidate / publication.DATABASE
    database.chmod(0o644)
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute(statement)
    (candidate / publication.CHECKSUMS).unlink()
    publication._seal(candidate)
    return candidate


def clock_of(moment: str) -> type[datetime]:
    """A clock that stands at a moment."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromisoformat(moment).replace(tzinfo=tz)

    return Clock


def test_a_candidate_holds_the_guarded_tables_and_nothing_else(settings: Settings) -> None:
    candidate = publication.write_candidate(settings, "run")
    with closing(publication.open_published(candidate)) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
    names = sorted(publication.published_tables())
    assert sorted(tables) == [("bi", name) for name in names]
    expected = {"tacit.duckdb", "SHA256SUMS", *(f"{name}.parquet" for name in names)}
    assert {path.name for path in candidate.iterdir()} == expected
    assert publication.audit(candidate) == []


def test_a_candidate_says_what_the_warehouse_says(settings: Settings) -> None:
    candidate = publication.write_candidate(settings, "run")
    for table in publication.published_tables():
        with opened_for_writing(settings) as connection:
            wanted = connection.table(f"bi.{table}").order("all").fetchall()
        with closing(publication.open_published(candidate)) as connection:
            assert connection.table(f"bi.{table}").order("all").fetchall() == wanted
        parquet = duckdb.read_parquet(str(candidate / f"{table}.parquet"))
        assert parquet.order("all").fetchall() == wanted


def test_a_candidate_opens_in_drivers_since_1_0(settings: Settings) -> None:
    candidate = publication.write_candidate(settings, "run")
    header = (candidate / publication.DATABASE).read_bytes()[:20]
    # The format's number after the magic word: 64 is that of DuckDB 1.0.
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_only_the_job_can_read_a_candidate_and_all_can_read_a_generation(
    settings: Settings,
) -> None:
    candidate = publication.write_candidate(settings, "run")
    assert stat.S_IMODE(candidate.stat().st_mode) == 0o700
    generation = publication.promote(candidate)
    assert stat.S_IMODE(generation.stat().st_mode) == 0o755
    assert {stat.S_IMODE(path.stat().st_mode) for path in generation.iterdir()} == {0o444}


def test_checksums_are_those_of_sha256sum(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", publication.CHECKSUMS],
        cwd=generation,
        check=True,
    )


def test_no_declared_column_could_stand_for_a_person() -> None:
    assert publication.personal_columns(publication.declared_columns()) == []


@pytest.mark.parametrize(
    "name", ["person_id", "space_id", "email", "home_address", "person", "login", "identifier_hash"]
)
def test_a_column_that_could_stand_for_a_person_is_seen(name: str) -> None:
    [sentence] = publication.personal_columns({"segment_weeks": [(name, "BIGINT", True)]})
    assert sentence.startswith(f"segment_weeks has a column {name}")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("drop table bi.release", "release is missing."),
        ("create table bi.people (name varchar)", "people is not a table that sql/publish"),
        ("alter table bi.release add column secret int", "release does not have the columns"),
        ("create schema raw", "holds more than the tables of schema bi"),
        ("create view bi.all_weeks as select 1", "holds more than the tables of schema bi"),
        ("alter table bi.release add column person_id int", "stands for one person"),
    ],
)
def test_the_audit_sees_what_is_not_declared(
    settings: Settings, statement: str, sentence: str
) -> None:
    candidate = tampered(publication.write_candidate(settings, "run"), statement)
    assert any(sentence in problem for problem in publication.audit(candidate))


def test_a_file_that_does_not_open_is_a_sentence(settings: Settings) -> None:
    candidate = publication.write_candidate(settings, "run")
    database = candidate / publication.DATABASE
    database.chmod(0o644)
    database.write_bytes(b"not a database")
    (candidate / publication.CHECKSUMS).unlink()
    publication._seal(candidate)
    assert publication.audit(candidate) == ["tacit.duckdb does not open."]


def test_what_fails_the_audit_is_not_promoted(settings: Settings) -> None:
    before = publication.promote(publication.write_candidate(settings, "good"))
    candidate = tampered(publication.write_candidate(settings, "bad"), "drop table bi.release")
    with pytest.raises(JobError, match="release is missing"):
        publication.promote(candidate)
    assert publication.current(settings) == before


def test_a_changed_byte_is_seen(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    file = generation / "release.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(JobError, match=r"release\.parquet .* is not what was written"):
        publication.verify(generation)


def damaged(file: Path, content: bytes) -> None:
    file.chmod(0o644)
    file.write_bytes(content)


def test_a_flipped_bit_in_the_checksums_is_seen(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    file = generation / publication.CHECKSUMS
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        for bit in (0, 5, 7):
            flipped = bytes([*whole[:place], whole[place] ^ 1 << bit, *whole[place + 1 :]])
            damaged(file, flipped)
            with pytest.raises(JobError, match=generation.name):
                publication.verify(generation)
    damaged(file, whole)
    publication.verify(generation)


@pytest.mark.parametrize("kept", [0, 1, 66, -1])
def test_checksums_that_are_cut_short_are_seen(settings: Settings, kept: int) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    file = generation / publication.CHECKSUMS
    damaged(file, file.read_bytes()[:kept])
    with pytest.raises(JobError, match=generation.name):
        publication.verify(generation)


def test_exchanged_files_are_seen(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    one, other = generation / "release.parquet", generation / "data_quality.parquet"
    content = one.read_bytes()
    damaged(one, other.read_bytes())
    damaged(other, content)
    with pytest.raises(JobError, match=r"\.parquet of .* is not what was written"):
        publication.verify(generation)


def test_a_link_that_leads_nowhere_is_named(settings: Settings) -> None:
    assert publication.missing(settings) is None
    generation = publication.promote(publication.write_candidate(settings, "run"))
    assert publication.missing(settings) is None
    generation.rename(generation.with_name("elsewhere"))
    assert publication.missing(settings) == generation.name
    after = publication.promote(publication.write_candidate(settings, "next"))
    assert publication.current(settings) == after
    assert publication.missing(settings) is None


def test_a_folder_in_the_place_of_the_link_is_a_sentence(settings: Settings) -> None:
    (publication.published_path(settings) / publication.CURRENT).mkdir()
    candidate = publication.write_candidate(settings, "run")
    with pytest.raises(JobError, match="should be a link to a generation"):
        publication.promote(candidate)
    assert publication.generations(settings) == []


def test_a_missing_and_an_additional_file_are_seen(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    (generation / "notes.txt").write_text("")
    with pytest.raises(JobError, match=r"notes\.txt does not belong"):
        publication.verify(generation)
    (generation / "notes.txt").unlink()
    (generation / "release.parquet").unlink()
    with pytest.raises(JobError, match=r"release\.parquet is missing"):
        publication.verify(generation)


def test_three_generations_are_kept_and_current_names_the_newest(settings: Settings) -> None:
    promoted = [
        publication.promote(publication.write_candidate(settings, f"run{turn}"))
        for turn in range(5)
    ]
    assert publication.current(settings) == promoted[-1]
    assert len(publication.generations(settings)) == publication.GENERATIONS_KEPT
    assert promoted[-1] in publication.generations(settings)
    for generation in publication.generations(settings):
        publication.verify(generation)


@pytest.mark.parametrize("clock", [["2035", "2020", "2019", "2018", "2021"], ["1970"] * 5])
def test_what_is_promoted_last_is_the_newest_whatever_the_clock_says(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, clock: list[str]
) -> None:
    promoted = []
    for year in clock:
        monkeypatch.setattr(publication, "datetime", clock_of(f"{year}-05-01T12:00:00"))
        promoted.append(publication.promote(publication.write_candidate(settings, "run")))
        assert publication.current(settings) == promoted[-1]
    assert publication.generations(settings) == promoted[:1:-1]


def test_generations_of_before_there_were_numbers_are_older_than_all_others(
    settings: Settings,
) -> None:
    published = publication.published_path(settings)
    (published / "gen-20991231T235959Z-ffffff").mkdir()
    promoted = [
        publication.promote(publication.write_candidate(settings, f"run{turn}"))
        for turn in range(3)
    ]
    assert publication.generations(settings) == promoted[::-1]


def test_the_current_generation_is_never_removed(settings: Settings) -> None:
    """Also when the clock went back and its name is the oldest."""
    published = publication.published_path(settings)
    for turn in range(4):
        publication.promote(publication.write_candidate(settings, f"run{turn}"))
    oldest = publication.generations(settings)[-1]
    renamed = oldest.rename(published / "gen-20000101T000000Z-000000")
    link = published / "link"
    link.symlink_to(renamed.name)
    link.replace(published / publication.CURRENT)
    publication._remove_old_generations(published)
    assert publication.current(settings) == renamed
    assert len(publication.generations(settings)) == publication.GENERATIONS_KEPT


def test_the_link_is_relative_so_that_the_folder_can_move(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    link = publication.published_path(settings) / publication.CURRENT
    assert str(link.readlink()) == generation.name


def test_nothing_is_current_before_the_first_promotion(settings: Settings) -> None:
    assert publication.current(settings) is None


def test_leftovers_of_dead_runs_go_and_generations_stay(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "good"))
    published = publication.published_path(settings)
    (published / ".candidate-dead").mkdir()
    (published / ".candidate-dead" / "tacit.duckdb").write_text("half")
    (published / ".removed-gen-x").mkdir()
    (published / ".current-gen-x").symlink_to("gen-x")
    publication.clear_leftovers(settings)
    assert {path.name for path in published.iterdir()} == {generation.name, "current"}


def test_without_a_candidate_there_is_nothing_to_promote(settings: Settings) -> None:
    with pytest.raises(JobError, match="no candidate of this run"):
        publication.promote(publication.candidate_path(settings, "never"))


def test_a_failed_candidate_leaves_nothing(settings: Settings) -> None:
    with opened_for_writing(settings) as connection:
        connection.execute("drop table bi.segment_weeks")
    with pytest.raises(duckdb.CatalogException):
        publication.write_candidate(settings, "run")
    assert list(publication.published_path(settings).iterdir()) == []


def test_a_published_database_reads_nothing_but_itself(settings: Settings) -> None:
    generation = publication.promote(publication.write_candidate(settings, "run"))
    with closing(publication.open_published(generation)) as connection:
        for statement in (
            "select * from read_text('/etc/hostname')",
            "copy bi.release to 'out.csv'",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


def test_a_folder_with_a_quote_in_its_name_is_no_matter(tmp_path: Path) -> None:
    folder = tmp_path / "the director's"
    folder.mkdir()
    settings = with_guarded_tables(folder)
    generation = publication.promote(publication.write_candidate(settings, "run"))
    assert publication.audit(generation) == []
