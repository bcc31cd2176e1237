"""What is published, in a real PostgreSQL: a schema a generation, and views that show one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from dagster_pipelines import postgres, publication
from dagster_pipelines.errors import JobError, PassingError
from dagster_pipelines.settings import Publish, Settings
from tests.harness.postgres_server import free_port, postgres_server
from tests.harness.published import opened_for_writing, with_guarded_tables

GENERATIONS = "select nspname from pg_namespace where starts_with(nspname, 'tacit_gen_') order by 1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own."""
    name = f"test_{abs(hash(request.node.name))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield server.replace("/postgres", f"/{name}")
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def company(tmp_path: Path, database: str) -> Settings:
    """A data folder with guarded tables, of which one generation is published in files."""
    settings = with_guarded_tables(tmp_path)
    settings = settings.model_copy(update={"publish": Publish(postgres=database)})
    promote(settings)
    return settings


def promote(settings: Settings, people: int = 27) -> Path:
    """Publish another generation in files; its release and figures bear a number."""
    with opened_for_writing(settings) as connection:
        connection.execute("update bi.release set people = ?", [people])
        connection.execute(
            "update bi.segment_weeks set people = ?, value = ?"
            " where segment_type = 'organisation' and metric = 'people'",
            [people, people],
        )
    return publication.promote(publication.write_candidate(settings, "run"))


def publish(settings: Settings) -> postgres.Copied:
    current = publication.current(settings)
    assert current is not None
    return postgres.publish(settings, current, lambda *_: None)


def ask(settings: Settings, question: str) -> list[tuple]:
    assert settings.publish is not None
    with psycopg.connect(settings.publish.postgres) as connection:
        return connection.execute(question).fetchall()


def die(*_: object) -> int:
    """End a run as a signal does."""
    raise KeyboardInterrupt


def test_every_table_has_the_rows_of_the_files(company: Settings) -> None:
    copied = publish(company)
    current = publication.current(company)
    assert current is not None
    assert set(copied.rows) == set(publication.published_tables())
    with closing(publication.open_published(current)) as published:
        for table, rows in copied.rows.items():
            expected = published.table(f"bi.{table}").fetchall()
            found = ask(company, f"table tacit.{table}")
            assert rows == len(expected)
            assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_columns_are_of_plain_types_and_of_the_files_order(company: Settings) -> None:
    publish(company)
    declared = publication.declared_columns()
    found = ask(
        company,
        "select table_name, column_name, data_type, is_nullable from information_schema.columns"
        " where table_schema like 'tacit_gen_%' order by table_name, ordinal_position",
    )
    assert found == [
        (table, name, said_by_postgres(kind), "YES" if is_nullable else "NO")
        for table, columns in sorted(declared.items())
        for name, kind, is_nullable in columns
    ]


def said_by_postgres(kind: str) -> str:
    """The type as its catalogue writes it."""
    said = postgres.TYPES[kind]
    return {"timestamp": "timestamp without time zone"}.get(said, said)


def test_the_views_show_the_newest_of_three_generations(company: Settings) -> None:
    for people in range(30, 35):
        promote(company, people)
        publish(company)
        assert ask(company, "select people from tacit.release") == [(people,)]
    assert len(ask(company, GENERATIONS)) == publication.GENERATIONS_KEPT


def test_status_tells_whether_the_views_show_what_is_published(company: Settings) -> None:
    def shown() -> bool | None:
        current = publication.current(company)
        assert current is not None
        found = postgres.look(company, current)
        assert found is not None
        assert found.place.startswith("schema tacit of PostgreSQL at 127.0.0.1:")
        return found.is_current

    assert shown() is None
    publish(company)
    assert shown() is True
    promote(company, 31)
    assert shown() is False


def test_the_same_generation_again_changes_nothing(company: Settings) -> None:
    first = publish(company)
    again = publish(company)
    assert (again.schema, again.rows) == (first.schema, {})
    assert ask(company, GENERATIONS) == [(first.schema,)]


def test_a_run_that_died_while_it_copied_leaves_what_was_shown(
    company: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(company)
    promote(company, 31)

    with monkeypatch.context() as patched:
        patched.setattr(postgres._Server, "_copy_table", die)
        with pytest.raises(KeyboardInterrupt):
            publish(company)
    assert len(ask(company, GENERATIONS)) == 2
    assert ask(company, "select people from tacit.release") == [(27,)]
    after = publish(company)
    assert ask(company, "select people from tacit.release") == [(31,)]
    assert ask(company, GENERATIONS) == [(before.schema,), (after.schema,)]


def test_a_run_that_died_before_the_views_were_swapped_is_made_good(
    company: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(company)
    promote(company, 31)
    with monkeypatch.context() as patched:
        patched.setattr(postgres._Server, "show", die)
        with pytest.raises(KeyboardInterrupt):
            publish(company)
    assert ask(company, "select people from tacit.release") == [(27,)]
    assert publish(company).rows == {}
    assert ask(company, "select people from tacit.release") == [(31,)]


def test_readers_see_one_publication_at_a_time(company: Settings) -> None:
    publish(company)
    assert company.publish is not None
    url, seen, wrong, is_over = company.publish.postgres, set(), [], threading.Event()
    both = (
        "select release.people, cells.people from tacit.release as release cross join"
        " tacit.segment_weeks as cells"
        " where segment_type = 'organisation' and metric = 'people'"
    )

    def read() -> None:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                while not is_over.is_set():
                    numbers = {number for row in connection.execute(both) for number in row}
                    seen.update(numbers)
                    if len(numbers) != 1:
                        wrong.append(numbers)
                    is_over.wait(0.002)
        except psycopg.Error as error:
            wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for people in range(100, 110):
        promote(company, people)
        publish(company)
    is_over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 5


def test_a_role_may_read_the_views_and_nothing_else(company: Settings) -> None:
    assert company.publish is not None
    url = company.publish.postgres
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create role analyst login")
    reading = company.publish.model_copy(update={"postgres_readers": "analyst"})
    copied = publish(company.model_copy(update={"publish": reading}))
    try:
        with psycopg.connect(url.replace("tacit@", "analyst@")) as connection:
            assert connection.execute("select people from tacit.release").fetchall() == [(27,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"table {copied.schema}.release")
            connection.rollback()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("drop view tacit.release")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("drop schema tacit cascade")
            connection.execute("drop role analyst")


def test_columns_that_changed_are_shown_too(company: Settings) -> None:
    publish(company)
    with psycopg.connect(company.publish.postgres, autocommit=True) as connection:
        connection.execute("drop view tacit.release")
        connection.execute("create view tacit.release as select 'old'::text as people, 1 as gone")
        connection.execute("create view tacit.no_longer_published as select 1 as one")
    promote(company, 31)
    publish(company)
    assert ask(company, "select people from tacit.release") == [(31,)]
    assert len(ask(company, "select 1 from pg_views where schemaname = 'tacit'")) == len(
        publication.published_tables()
    )


def test_a_schema_that_is_somebody_else_s_is_left_alone(company: Settings) -> None:
    with psycopg.connect(company.publish.postgres, autocommit=True) as connection:
        connection.execute("create schema tacit; create table tacit.mine (one int)")
    with pytest.raises(JobError, match=r"Schema tacit .* was not made by tacit for this company"):
        publish(company)
    assert ask(company, GENERATIONS) == []


def test_another_run_at_work_there_is_said(company: Settings) -> None:
    with psycopg.connect(company.publish.postgres, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('tacit'))")
        with pytest.raises(PassingError, match="Another run publishes into schema tacit"):
            publish(company)


def test_a_reader_that_never_ends_is_not_waited_for_for_ever(
    company: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(company)
    promote(company, 31)
    monkeypatch.setattr(postgres, "_PATIENCE_SECONDS", 0.5)
    with psycopg.connect(company.publish.postgres) as reader:
        reader.execute("select people from tacit.release").fetchall()
        with pytest.raises(PassingError, match="idle in transaction"):
            publish(company)
        assert reader.execute("select people from tacit.release").fetchall() == [(27,)]
    publish(company)
    assert ask(company, "select people from tacit.release") == [(31,)]


@pytest.mark.parametrize(
    ("change", "said", "kind"),
    [
        ("port", "cannot be reached: is the server up", PassingError),
        ("database", "does not exist there", JobError),
        ("account", "does not let tacit in", JobError),
    ],
)
def test_a_server_that_does_not_answer_is_said_in_a_sentence(
    company: Settings, change: str, said: str, kind: type[JobError]
) -> None:
    url = company.publish.postgres
    wrong = {
        "port": f"postgresql://tacit@127.0.0.1:{free_port()}/postgres",
        "database": f"{url}_missing",
        "account": url.replace("tacit@", "nobody_here@"),
    }[change]
    elsewhere = company.model_copy(update={"publish": Publish(postgres=wrong)})
    with pytest.raises(kind, match=said) as error:
        publish(elsewhere)
    assert "The files are published; the next run publishes there too." in str(error.value)
    assert "nobody_here" not in str(error.value)
    assert type(error.value) is kind
