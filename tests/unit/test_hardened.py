"""What somebody who types SQL on a published database cannot do: read or write anything else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import publication
from dagster_pipelines.publication import HARDENED, open_published
from dagster_pipelines.settings import Settings
from tests.harness.published import with_guarded_tables

SECRET = "nobody may read this"

# `{secret}` is a file that is there, `{out}` a folder that may be written to.
READS = (
    "from read_csv('{secret}')",
    "from '{secret}'",
    "from read_text('{secret}')",
    "from read_blob('{secret}')",
    "from read_json('{secret}')",
    "from read_ndjson_objects('{secret}')",
    "from read_parquet('{secret}')",
    "from parquet_metadata('{secret}')",
    "from sniff_csv('{secret}')",
    "from read_csv_auto(['{secret}', '{secret}'])",
    "from query('from read_text(''{secret}'')')",
    "from query_table('{secret}')",
    "from glob('{out}/*')",
    "from 'https://example.org/data.csv'",
    "from read_csv('s3://bucket/data.csv')",
    "from read_parquet('hf://datasets/a/b.parquet')",
    "create temp macro peep() as table from read_text('{secret}'); from peep()",
    "prepare peep as from read_text('{secret}'); execute peep",
    "create temp table kept (line varchar); copy kept from '{secret}'",
    "select getenv('HOME')",
    "from python_variable",
    "from duckdb",
    "from sqlite_scan('{secret}', 'main')",
    "from postgres_scan('host=127.0.0.1', 'public', 'people')",
)
WRITES = (
    "copy (select 1) to '{out}/copied.csv'",
    "copy bi.release to '{out}/copied.parquet' (format parquet)",
    "copy bi.release to '{out}' (format csv, partition_by (weeks))",
    "prepare leak as copy (select 1) to '{out}/copied.csv'; execute leak",
    "export database '{out}/exported'",
    "import database '{out}/exported'",
    "attach '{out}/other.duckdb'",
    "attach '{out}/other.duckdb' (read_only)",
    "attach '{secret}' (type sqlite)",
    "attach 'host=127.0.0.1' (type postgres)",
    "copy from database tacit to memory",
    "insert into bi.release from bi.release",
    "update bi.release set people = 1",
    "delete from bi.release",
    "truncate bi.release",
    "drop table bi.release",
    "alter table bi.release add column more integer",
    "create table bi.more as select 1",
    "create view bi.more as select 1",
    "create index more on bi.release (people)",
    "comment on table bi.release is 'mine'",
    "create schema more",
    "install httpfs",
    "force install spatial from community",
    "load httpfs",
    "load '{out}/mine.duckdb_extension'",
    "update extensions",
    "create persistent secret mine (type s3)",
    "create secret mine (type s3, key_id 'a', secret 'b')",
)
SETTINGS = (
    "set enable_external_access = true",
    "reset enable_external_access",
    "set lock_configuration = false",
    "set allowed_paths = ['{secret}']",
    "set allowed_directories = ['{out}']",
    "set file_search_path = '{out}'",
    "set temp_directory = '{out}'",
    "set home_directory = '{out}'",
    "set extension_directory = '{out}'",
    "set secret_directory = '{out}'",
    "set memory_limit = '100GB'",
    "set threads = 64",
    "set python_enable_replacements = true",
    "set python_scan_all_frames = true",
    "set autoinstall_known_extensions = true",
    "set allow_community_extensions = true",
    "set log_query_path = '{out}/queries'",
    "pragma enable_profiling = 'json'",
    "set profiling_output = '{out}/profile.json'",
    "pragma profiling_output = '{out}/profile.json'",
)
ESCAPES = (*READS, *WRITES, *SETTINGS)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings: Settings = with_guarded_tables(tmp_path_factory.mktemp("company"))
    return publication.promote(publication.write_candidate(settings, "run"))


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    secret, out = tmp_path / "secret.csv", tmp_path / "out"
    secret.write_text(f"line\n{SECRET}\n")
    out.mkdir()
    return {"secret": secret, "out": out}


@pytest.fixture
def connection(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_published(published)) as opened:
        yield opened


def test_there_are_as_many_ways_out_as_one_could_think_of() -> None:
    assert len(set(ESCAPES)) == len(ESCAPES) > 40


@pytest.mark.parametrize("escape", ESCAPES)
def test_no_statement_leads_out(
    connection: duckdb.DuckDBPyConnection, places: dict[str, Path], escape: str
) -> None:
    python_variable = connection.sql("select 1").to_arrow_table()
    assert python_variable
    with pytest.raises(duckdb.Error) as refused:
        connection.execute(escape.format(**places)).fetchall()
    assert SECRET not in str(refused.value)
    assert list(places["out"].iterdir()) == []
    assert places["secret"].read_text() == f"line\n{SECRET}\n"


def test_a_log_in_a_file_is_not_written(published: Path, places: dict[str, Path]) -> None:
    # It is refused when DuckDB first writes to it, and ends the process that asked for it.
    script = f"""
import duckdb
connection = duckdb.connect({str(published / publication.DATABASE)!r}, read_only=True,
                            config={HARDENED!r})
connection.execute("call enable_logging(storage = 'file', storage_path = '{places["out"]}/log')")
for _ in range(3000):
    connection.execute("from bi.release").fetchall()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode != 0
    assert list(places["out"].iterdir()) == []


def test_questions_are_answered_all_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    assert connection.execute("select people from bi.release").fetchall() == [(27,)]
    assert connection.execute("create temp table mine as from range(3)").fetchall() == [(3,)]
    limits = "select current_setting('memory_limit'), current_setting('threads')"
    assert connection.execute(limits).fetchall() == [("953.6 MiB", 2)]


def test_readme_opens_it_in_the_same_way(published: Path) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    block = next(one for one in readme.split("```") if "lock_configuration" in one)
    lines = block.removeprefix("python\n")
    place = '"data/published/current/tacit.duckdb"'
    assert place in lines
    names: dict[str, duckdb.DuckDBPyConnection] = {}
    exec(lines.replace(place, repr(str(published / publication.DATABASE))), names)  # noqa: S102
    with closing(names["connection"]) as opened, closing(open_published(published)) as ours:
        ask = "select name, value from duckdb_settings() order by name"
        assert opened.execute(ask).fetchall() == ours.execute(ask).fetchall()
