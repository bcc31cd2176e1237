"""What a publication says of what was published before, and what it remembers of that.

The warehouse is that of tests/harness/published.py: 20 people of Sales, 3 of Board and 4 of Legal,
in three weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from dagster_pipelines import publication
from dagster_pipelines.cli import run
from dagster_pipelines.disclosure import audit_disclosure
from dagster_pipelines.restating.pairs import may_be_told
from dagster_pipelines.restating.record import FOLDER, forget, record_of
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import warehouse_path
from tests.harness.published import with_guarded_tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company with something published."""
    settings = with_guarded_tables(tmp_path)
    publish(settings)
    return settings


def say(settings: Settings, *statements: str) -> None:
    """Change the warehouse; what was stated is remembered."""
    with closing(duckdb.connect(str(warehouse_path(settings)))) as warehouse:
        for statement in statements:
            warehouse.execute(statement)


def publish(settings: Settings, run: str = "run") -> Path:
    """Publish what the warehouse says, if it gives nobody away."""
    candidate = publication.write_candidate(settings, run)
    assert audit_disclosure(settings, candidate, lambda done, total: None) == []
    return publication.promote(candidate)


def ask(generation: Path, question: str) -> list[tuple]:
    with closing(publication.open_published(generation)) as published:
        return published.execute(question).fetchall()


def sizes(generation: Path) -> dict[str, float]:
    """The mean network size of what is shown of a week."""
    return dict(
        ask(
            generation,
            "select segment_value, value from bi.segment_weeks where metric = 'network_size'"
            " and week_start = date '2026-01-12' and value is not null",
        )
    )


def change_people(settings: Settings, people: str, week: str = "2026-01-12") -> None:
    """Give some people of a week a network size of 9.5, and the cells the mean of that."""
    say(
        settings,
        """
        update disclosure.person_numbers
        set numbers = map_concat(numbers, map(['network_size'], [9.5::double]))
        where week_start = date 'WEEK' and (PEOPLE)
        """.replace("WEEK", week).replace("PEOPLE", people),
        """
        update bi.segment_weeks as cells set value = means.value
        from (
            select week_start, name, avg(number) as value
            from (
                select
                    week_start, unnest([segments['department'], 'all']) as name,
                    numbers['network_size'] as number
                from disclosure.person_numbers
            )
            group by all
        ) as means
        where
            cells.week_start = means.week_start and cells.segment_value = means.name
            and cells.metric = 'network_size' and not cells.is_withheld
        """,
    )


def test_what_did_not_change_is_said_again(settings: Settings) -> None:
    before = publication.current(settings)
    again = publish(settings)
    assert before is not None
    for table in publication.published_tables():
        question = f"from bi.{table} order by all"
        assert ask(again, question) == ask(before, question)


def test_a_cell_with_which_a_few_have_changed_stays(settings: Settings) -> None:
    change_people(settings, "person_id < 4")
    assert sizes(publish(settings)) == {"all": 7.5, "Sales": 7.5}


def test_a_cell_with_which_enough_have_changed_is_stated_anew(settings: Settings) -> None:
    # Ten of Sales.
    change_people(settings, "person_id < 10")
    assert sizes(publish(settings)) == {"all": pytest.approx(7.5 + 20 / 27), "Sales": 8.5}


def test_changes_of_a_few_add_up_until_they_are_enough(settings: Settings) -> None:
    change_people(settings, "person_id < 4")
    publish(settings)
    change_people(settings, "person_id < 8")
    assert sizes(publish(settings))["Sales"] == pytest.approx(7.5 + 16 / 20)
    # From then on it is counted anew.
    change_people(settings, "person_id < 11")
    assert sizes(publish(settings))["Sales"] == pytest.approx(7.5 + 16 / 20)


def test_what_a_few_changed_by_does_not_follow_from_others(settings: Settings) -> None:
    # Ten of Sales, and one of the Board: the organisation less Sales.
    change_people(settings, "person_id < 10 or person_id = 20")
    assert len({*sizes(publish(settings)).values()} & {7.5}) == 1


def test_another_week_is_stated_as_it_comes(settings: Settings) -> None:
    say(
        settings,
        "insert into bi.segment_weeks by name select * replace (date '2026-01-26' as week_start)"
        " from bi.segment_weeks where week_start = date '2026-01-12'",
        "insert into disclosure.person_numbers by name select * replace"
        " (date '2026-01-26' as week_start) from disclosure.person_numbers"
        " where week_start = date '2026-01-12'",
        "insert into marts.fct_person_weeks by name select * replace"
        " (date '2026-01-26' as week_start) from marts.fct_person_weeks"
        " where week_start = date '2026-01-12'",
    )
    change_people(settings, "person_id < 2", "2026-01-26")
    weeks = "select distinct value from bi.segment_weeks where week_start = date '2026-01-26'"
    in_sales = " and metric = 'network_size' and segment_value = 'Sales'"
    assert ask(publish(settings), weeks + in_sales) == [(7.7,)]


def test_a_withheld_cell_of_a_week_that_was_published_stays_withheld(settings: Settings) -> None:
    say(
        settings,
        "update bi.segment_weeks set is_withheld = false, value = 1, people = 7, shown_as = null"
        " where segment_value = 'Board' and week_start = date '2026-01-12'",
    )
    candidate = publication.write_candidate(settings, "run")
    board = "select distinct is_withheld from bi.segment_weeks where segment_value = 'Board'"
    assert ask(candidate, board) == [(True,)]


def test_what_others_count_in_cells_of_their_own_stays_or_is_stated_anew(
    settings: Settings,
) -> None:
    question = "select value from bi.participation where metric = 'contributions'"
    say(
        settings,
        "update intermediate.int_space_contributions set contributions = 3 where person_id < 4"
        " and week_start = date '2026-01-05'",
        "update bi.participation set value = 22 where metric = 'contributions'",
    )
    assert ask(publish(settings), question) == [(18,)]
    say(
        settings,
        "update intermediate.int_space_contributions set contributions = 3 where person_id < 6"
        " and week_start = date '2026-01-05'",
        "update bi.participation set value = 24 where metric = 'contributions'",
    )
    assert ask(publish(settings), question) == [(24,)]


def test_pairs_of_departments_are_stated_anew_together(settings: Settings) -> None:
    question = "select value from bi.unit_pair_weeks where metric = 'interactions'"
    more = (
        "update intermediate.int_ties set interactions = 5 where party_a_id < {}",
        "update bi.unit_pair_weeks set value = {} where metric = 'interactions'",
    )
    # A tie is two people's: three ties of a row are four people's.
    say(settings, *(one.format(3) for one in more))
    assert ask(publish(settings), question) == [(40,)]
    say(settings, *(one.format(4) for one in more))
    assert ask(publish(settings), question) == [(4,)]


def test_effects_rest_on_what_the_enrolled_and_their_controls_had(settings: Settings) -> None:
    question = "select effect from bi.programme_effects where horizon_weeks = 4"
    # The slope is all people's: with one late file all differences are others.
    say(
        settings,
        "update intermediate.int_effect_differences set difference = 2.1, slope = 0.1",
        "update bi.programme_effects set effect = 2.1 where horizon_weeks = 4",
    )
    assert ask(publish(settings), question) == [(2,)]
    # Two controls of all seven are two people, and two are enrolled.
    changed = [
        "update intermediate.int_effect_matches set control_value_after = 7 where control_id < 12",
        "update intermediate.int_effect_matches set value_after = 9 where person_id < 2",
    ]
    say(settings, *changed)
    assert ask(publish(settings), question) == [(2,)]
    say(settings, changed[1].replace("person_id < 2", "person_id < 3"))
    assert ask(publish(settings), question) == [(2.1,)]


def test_other_parameters_make_other_numbers(settings: Settings) -> None:
    change_people(settings, "person_id < 2")
    say(settings, "update marts.dim_parameters set fingerprint = 'g'")
    assert sizes(publish(settings))["Sales"] == 7.7


def test_what_is_forgotten_is_stated_anew(settings: Settings) -> None:
    change_people(settings, "person_id < 2")
    assert forget(settings) == 1
    assert sizes(publish(settings))["Sales"] == 7.7
    assert forget(settings) == 1
    assert forget(settings) == 0


def test_the_command_says_what_it_costs_to_forget(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(settings.folder)
    Path("tacit.yml").write_text(
        "sources: [{name: hr, format: roster_csv, path: hr.csv}]\nprivacy: {key_file: key}\n"
    )
    assert run(["restate"]) == 0
    assert "what single people did from small differences" in " ".join(
        capsys.readouterr().err.split()
    )
    assert not list((settings.data_path / FOLDER).iterdir())
    assert run(["restate"]) == 0
    assert "there is nothing to restate" in " ".join(capsys.readouterr().err.split())


def test_each_generation_has_a_record_for_the_job_alone(settings: Settings) -> None:
    generations = [publish(settings, str(run)) for run in range(4)][-publication.GENERATIONS_KEPT :]
    folder = settings.data_path / FOLDER
    assert {path.name for path in folder.iterdir()} == {
        f"{path.name}.duckdb" for path in generations
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(record_of(path).stat().st_mode & 0o777 == 0o600 for path in generations)


def test_a_run_that_dies_before_the_link_is_swapped_has_stated_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_people(settings, "person_id < 10")
    candidate = publication.write_candidate(settings, "dies")

    def die(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", dies_at_the_second(die))
        with pytest.raises(KeyboardInterrupt):
            publication.promote(candidate)
    change_people(settings, "person_id < 2")
    # What that run would have stated was seen by nobody: ten have changed, not none.
    assert sizes(publish(settings))["Sales"] == 8.5


def dies_at_the_second(die: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    """Path.rename as it is, but for the second call."""
    rename, calls = Path.rename, []

    def counted(self: Path, target: Path) -> Path:
        calls.append(target)
        return die(self, target) if len(calls) == 2 else rename(self, target)

    return counted


# What the audit says of a candidate that does not keep to this, by what was done to it.
SAID = {
    "a cell that is not stated anew is not as it was published": (
        "record",
        "update segment_weeks set value = 8 where segment_value = 'Sales'"
        " and metric = 'network_size' and period_start = date '2026-01-12'",
    ),
    "a cell is not what the record says of it": (
        "candidate",
        "update bi.segment_weeks set value = 8 where segment_value = 'Sales'"
        " and metric = 'network_size' and week_start = date '2026-01-12'",
    ),
    "a mean is not that of what its people had": (
        "record",
        "update segment_weeks set value = 8 where segment_value = 'Sales'"
        " and metric = 'network_size' and period_start = date '2026-01-12'",
    ),
    "a cell rests on other people than it says": (
        "record",
        "delete from people where panel = 'segment_weeks' and person_id = 3",
    ),
    "a cell is stated anew with which fewer people have changed than may be shown": (
        "record",
        "update segment_weeks set states = [1, 2] where segment_value = 'Sales'"
        " and metric = 'network_size' and period_start = date '2026-01-12';"
        "insert into people by name select * replace (2 as state,"
        " map_concat(numbers, map(['network_size'], [9.5::double])) as numbers) from people"
        " where panel = 'segment_weeks' and person_id < 3"
        " and period_start = date '2026-01-12'",
    ),
    "with what was stated before, a withheld cell follows from those shown": (
        "record",
        "update segment_weeks set states = [1, 2] where segment_type = 'organisation'"
        " and metric = 'network_size' and period_start = date '2026-01-12';"
        "insert into people by name select * replace (2 as state,"
        " map_concat(numbers, map(['network_size'], [9.5::double])) as numbers) from people"
        " where panel = 'segment_weeks' and person_id < 3"
        " and period_start = date '2026-01-12'",
    ),
    "a cell is stated anew that somebody has left or has come to from another": (
        "record",
        "update segment_weeks set states = [1, 2] where segment_value = 'Sales'"
        " and metric = 'network_size' and period_start = date '2026-01-12';"
        "insert into people by name select * replace (2 as state, null as numbers)"
        " from people where panel = 'segment_weeks' and person_id < 3"
        " and period_start = date '2026-01-12'",
    ),
    "a cell is shown that was withheld when others of the figure were shown": (
        "record",
        "update segment_weeks set is_withheld = false, value = 7.5, people = 3"
        " where segment_value = 'Board' and metric = 'network_size'"
        " and period_start = date '2026-01-12'",
    ),
    "a figure is stated as if nothing of it had been shown before": (
        "record",
        "update segment_weeks set states = [2] where metric = 'network_size'"
        " and period_start = date '2026-01-12'",
    ),
    "a cell that is stated anew is not what the warehouse says": (
        "record",
        "update segment_weeks set states = [2], value = 8 where segment_value = 'Sales'"
        " and metric = 'network_size' and period_start = date '2026-01-12'",
    ),
}


@pytest.mark.parametrize("said", SAID)
def test_the_audit_says_what_may_not_be_stated(settings: Settings, said: str) -> None:
    candidate = publication.write_candidate(settings, "run")
    database, statements = SAID[said]
    path = record_of(candidate) if database == "record" else candidate / publication.DATABASE
    path.chmod(0o600)
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute(statements)
    found = audit_disclosure(settings, candidate, lambda done, total: None)
    assert any(said in sentence for sentence in found), found


def test_the_audit_says_where_a_sum_is_stated_anew_of_a_few(settings: Settings) -> None:
    candidate = publication.write_candidate(settings, "run")
    with closing(duckdb.connect(str(record_of(candidate)))) as connection:
        connection.execute("update participation set states = [1, 2] where metric = 'members'")
    found = audit_disclosure(settings, candidate, lambda done, total: None)
    assert any("bi.participation, 1 times: a cell is stated anew with" in one for one in found)


def test_the_audit_says_where_a_matrix_is_stated_anew_of_a_few(settings: Settings) -> None:
    say(settings, "update intermediate.int_ties set interactions = 5 where party_a_id < 3")
    candidate = publication.write_candidate(settings, "run")
    with closing(duckdb.connect(str(record_of(candidate)))) as connection:
        connection.execute("update unit_pair_weeks set states = [2]")
        connection.execute(
            "insert into people by name select * replace (2 as state, map_concat(numbers,"
            " map(['interactions Sales'], [1.0::double])) as numbers) from people"
            " where panel = 'unit_pair_weeks' and person_id < 4"
        )
    found = audit_disclosure(settings, candidate, lambda done, total: None)
    few = "with what was stated before, a pair is shown that rests on fewer people of a side"
    assert any("interactions, 1 times: " + few in one for one in found), found


@pytest.mark.parametrize("metric", ["interactions", "share"])
def test_a_withheld_pair_that_alone_has_changed_keeps_its_matrix_as_it_was(metric: str) -> None:
    # The share of a pair with which nothing changed says by how much the withheld one did.
    nine = set(range(9))
    one_pair = {("A", "B"): nine, ("B", "A"): nine}
    assert not may_be_told(metric, one_pair, {*one_pair}, 5)
    shown = {("A", "A"): nine, ("B", "B"): nine}
    assert may_be_told(metric, shown, {*one_pair}, 5)
