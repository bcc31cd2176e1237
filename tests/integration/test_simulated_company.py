"""The whole job on a simulated company, from its real formats: what is true of it comes out.

The table of truth says what was planted, and where it is to be seen; each fact that says a table
is looked for in that table. Numbers are compared with the simulator's own count, which shares
nothing with the job.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, median
from xml.etree import ElementTree

import duckdb
import pytest
import yaml
from selenium.webdriver import Keys

from dagster_pipelines import publication
from dagster_pipelines.command_line.demonstration import TRUTH
from dagster_pipelines.command_line.findings import find, not_published
from dagster_pipelines.demo import Company, Scale, simulate, write_exports
from dagster_pipelines.demo.exports import Exports, read_truth
from dagster_pipelines.demo.truth import LATER
from dagster_pipelines.explanation import explain
from dagster_pipelines.job import run_job
from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.sqlfiles import SQL, repository, statements
from dagster_pipelines.warehouse import connect, warehouse_path
from tests.harness.browser import browser, look_through
from tests.harness.metricflow import MetricFlow
from tests.harness.pages import Dashboard, served
from tests.harness.simulated import CONTACTS, contacts_of, measured_in
from tests.integration.test_real_companies import names_of

pytestmark = pytest.mark.slow

SCALE = Scale(people=180, weeks=22, seed=1)


@dataclass(frozen=True)
class Demo:
    """A company, its exports, and what the job made of them."""

    company: Company
    exports: Exports
    settings: Settings
    warehouse: duckdb.DuckDBPyConnection
    published: duckdb.DuckDBPyConnection
    names: dict[int, str]

    def ask(self, question: str, *values: object) -> list[tuple]:
        """Ask the warehouse."""
        return self.warehouse.execute(question, values).fetchall()

    def look(self, question: str, *values: object) -> list[tuple]:
        """Ask what is published."""
        return self.published.execute(question, values).fetchall()

    def facts(self, kind: str) -> list:
        """The facts of a kind, as they were written."""
        return [fact for fact in read_truth(self.exports.truth) if fact.fact == kind]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    company = simulate(SCALE)
    exports = write_exports(company, tmp_path_factory.mktemp("company"))
    settings = load_settings(exports.settings)
    result = run_job(settings)
    assert result.succeeded, (result.errors, result.failed_checks)
    generation = publication.current(settings)
    assert generation is not None
    with (
        closing(connect(warehouse_path(settings), read_only=True)) as warehouse,
        closing(publication.open_published(generation)) as published,
    ):
        yield Demo(company, exports, settings, warehouse, published, names_of(settings))


def test_every_fact_says_where_it_is_seen_and_is_looked_for_here(demo: Demo) -> None:
    facts = read_truth(demo.exports.truth)
    seen = {fact.fact for fact in facts if fact.visible_in != LATER}
    assert seen == {
        *("people", "hires", "leavers", "moves", "reorganisation", "records"),
        *("silo", "closing_department", "fading_team", "bridged_teams", "broker"),
        *("dominant_person", "programme", "programme_effect"),
    }


def test_every_record_has_the_fate_that_its_dirt_gives_it(demo: Demo) -> None:
    for tally in demo.exports.tallies:
        [fates] = demo.ask(
            "select sum(records), sum(loaded), sum(duplicate), sum(quarantined)"
            " from raw.files where source_name = ?",
            tally.source,
        )
        quarantined = tally.quarantined.total()
        assert fates == (tally.records, tally.loaded, tally.duplicate, quarantined), tally.source
        reasons = demo.ask(
            "select reason, count(*) from raw.quarantine"
            " inner join raw.files using (file_id) where source_name = ? group by all",
            tally.source,
        )
        assert dict(reasons) == tally.quarantined
        rules: Counter[str] = Counter()
        for [excluded] in demo.ask(
            "select excluded from raw.files where source_name = ?", tally.source
        ):
            rules.update(excluded)
        assert rules == tally.excluded


def test_everybody_is_who_he_is_taken_for(demo: Demo) -> None:
    parties = dict(
        demo.ask(
            "select party_kind, count(distinct person_id) from raw.identity_map group by party_kind"
        )
    )
    # Strangers: a shared address, an account that nobody owns, the manager who was mistyped, and
    # the names that deleted accounts of the question site have left; the customers and guests; the
    # bot of the company, Slack's own and the question site's.
    left = names_left(demo.exports.settings.parent / "exports/questions")
    assert len(left) > 1
    strangers = 3 + len(left)
    assert parties == {"person": 180, "internal_unknown": strangers, "external": 8 + 3, "bot": 3}


def names_left(folder: Path) -> set[str]:
    """The names under which the dumps of the question site show posts without an account."""
    left = set()
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as dump:
            rows = ElementTree.fromstring(dump.read("Posts.xml"))
        left |= {row.attrib["OwnerDisplayName"] for row in rows if "OwnerUserId" not in row.attrib}
    return left


def test_everybody_s_contacts_in_every_week_are_those_that_the_simulator_counts(
    demo: Demo,
) -> None:
    rows = demo.ask(
        "select person_id, week_start, is_measured, network_size, cross_team_contacts,"
        " departments_reached from marts.fct_person_weeks"
    )
    assert len(CONTACTS) == 3
    found = {(demo.names[row[0]].upper(), row[1]): row[3:] for row in rows}
    assert found == contacts_of(demo.company, demo.company.network)
    measured = {(demo.names[row[0]].upper(), row[1]) for row in rows if row[2]}
    assert measured == measured_in(demo.company, demo.company.network)


def test_hires_leavers_and_moves_are_in_the_history_of_people(demo: Demo) -> None:
    [people], [hires], [leavers], [moves] = (
        demo.facts(kind) for kind in ("people", "hires", "leavers", "moves")
    )
    assert demo.ask("select count(distinct person_id) from marts.dim_people") == [
        (people.expected,)
    ]
    assert demo.ask(
        "select count(distinct person_id) from marts.dim_people where hired_on > ?",
        SCALE.monday(0),
    ) == [(hires.expected,)]
    assert demo.ask(
        "select count(*) from (select person_id from marts.dim_people group by person_id"
        " having not bool_or(is_current))"
    ) == [(leavers.expected,)]
    assert demo.ask(
        "select count(*) from (select person_id from marts.dim_people group by person_id"
        " having count(distinct team) > 1)"
    ) == [(moves.expected,)]


def test_a_team_changes_its_department_on_the_day_of_the_reorganisation(demo: Demo) -> None:
    [fact] = demo.facts("reorganisation")
    periods = demo.ask(
        "select distinct department, coalesce(valid_from, ?::date) >= ?"
        " from marts.dim_people where team = ?",
        SCALE.monday(0),
        fact.since,
        fact.subject,
    )
    assert {is_after for department, is_after in periods if department == fact.expected} == {True}
    assert {is_after for department, is_after in periods if department != fact.expected} == {False}


def known(demo: Demo, person: int | None) -> str | None:
    """The staff number of a person, None of nobody."""
    return None if person is None else demo.names[person].upper()


def test_everybody_is_enrolled_with_whom_and_for_how_many_sessions_as_it_was(demo: Demo) -> None:
    rows = demo.ask(
        "select programmes.label, enrolments.programme_type, enrolments.person_id, enrolments.role,"
        " enrolments.partner_id, enrolments.starts_on, enrolments.ends_on,"
        " enrolments.planned_sessions, enrolments.held_sessions"
        " from intermediate.int_enrolments as enrolments"
        " inner join intermediate.int_programmes as programmes using (programme_id)"
    )
    numbers = {person.number: person.staff_number for person in demo.company.staff.people}
    held = Counter(
        (session.programme, session.host, *session.guests) for session in demo.company.sessions
    )
    assert held
    assert {
        (*row[:2], known(demo, row[2]), row[3], known(demo, row[4]), *row[5:]) for row in rows
    } == {
        (
            *(one.programme, one.kind, numbers[one.person], one.role, numbers.get(one.partner)),
            *(one.begins_on, one.ends_on, one.planned_sessions or None),
            held[one.programme, one.partner, one.person],
        )
        for one in demo.company.enrolments
    }
    enrolled = {
        one.subject: one.expected for one in demo.facts("programme") if "enrol" in one.measure
    }
    assert Counter(row[0] for row in rows) == enrolled


def test_sessions_that_were_held_are_sessions_and_no_others(demo: Demo) -> None:
    [[sessions, minutes]] = demo.ask(
        "select count(*), sum(minutes) from intermediate.int_sessions"
        " where programme_id is not null"
    )
    assert sessions == len(demo.company.sessions) > 0
    assert minutes == sum(session.minutes for session in demo.company.sessions)
    assert demo.ask(
        "select sum(sessions_led), sum(sessions_attended) from marts.fct_person_weeks"
    ) == [(sessions, sessions)]


def test_kudos_and_feedback_are_counted_and_anonymous_feedback_in_no_number_of_a_person(
    demo: Demo,
) -> None:
    kudos, feedback = demo.company.gifts.kudos, demo.company.gifts.feedback
    is_open = [not gift.is_anonymous for gift in feedback]
    assert demo.ask(
        "select sum(recognition_given), sum(recognition_received), sum(feedback_given),"
        " sum(feedback_received) from marts.fct_person_weeks"
    ) == [(*[sum(len(gift.receivers) for gift in kudos)] * 2, *[sum(is_open)] * 2)]
    events = dict(demo.ask("select channel, count(*) from intermediate.int_events group by all"))
    assert (events["recognition"], events["feedback"]) == (len(kudos), len(feedback))
    assert sum(is_open) < len(is_open)


def means(demo: Demo, kind: str, value: str | None, metric: str) -> dict[date, float]:
    """The published means of a group, from the week of the first full window on.

    The organisation is the only one of its kind, and needs no value.
    """
    rows = demo.look(
        "select week_start, value from bi.segment_weeks where segment_type = ?"
        " and segment_value = coalesce(?, segment_value)"
        " and metric = ? and statistic = 'mean' and value is not null and week_start >= ?"
        " order by week_start",
        *(kind, value, metric, SCALE.monday(3)),
    )
    return dict(rows)


def test_silos_have_few_contacts_in_other_departments(demo: Demo) -> None:
    everybody = means(demo, "organisation", None, "cross_department_contacts")
    silos = demo.facts("silo")
    assert len(silos) == 2
    for fact in silos:
        in_silo = means(demo, "department", fact.subject, "cross_department_contacts")
        # The smallest shown department of a week may be withheld, so that nothing follows.
        assert len(in_silo) > len(everybody) / 2
        assert mean(in_silo.values()) < 0.3 * mean(everybody.values())


def test_the_closing_department_and_the_fading_team_fall_from_the_day_on(demo: Demo) -> None:
    for kind, unit, metric in (
        ("closing_department", "department", "cross_department_contacts"),
        ("fading_team", "team", "network_size"),
    ):
        [fact] = demo.facts(kind)
        series = means(demo, unit, fact.subject, metric)
        everybody = means(demo, "organisation", None, metric)
        assert len(everybody) == SCALE.weeks - 3
        # The smallest shown group of a week may be withheld, so that nothing follows.
        assert len(series) > 0.8 * len(everybody)
        before, after = max(week for week in series if week < fact.since), max(series)
        assert series[after] < 0.5 * series[before], kind
        assert everybody[after] > 0.7 * everybody[before], kind


def test_one_person_holds_all_ties_between_two_teams_and_takes_them_along(demo: Demo) -> None:
    [pair], [broker] = demo.facts("bridged_teams"), demo.facts("broker")
    teams = pair.subject.split(" / ")
    rows = demo.ask(
        "select week_start, people_from, people_to, ties from marts.fct_unit_pair_weeks"
        " where unit_type = 'team' and from_unit = ? and to_unit = ? and ties > 0",
        *teams,
    )
    weeks = {row[0] for row in rows}
    assert {row[1] for row in rows} == {1}
    assert min(row[2] for row in rows) >= 2
    full = (broker.until - SCALE.monday(3)) // timedelta(weeks=1)
    assert len({week for week in weeks if week >= SCALE.monday(3)}) == full
    assert max(weeks) == broker.until - timedelta(weeks=1)
    holders = demo.ask(
        "select distinct ties.person_a_id, ties.person_b_id from marts.fct_ties as ties"
        " inner join marts.fct_person_weeks as a"
        " on ties.person_a_id = a.person_id and ties.week_start = a.week_start"
        " inner join marts.fct_person_weeks as b"
        " on ties.person_b_id = b.person_id and ties.week_start = b.week_start"
        " where a.team != b.team and list_contains(?, a.team) and list_contains(?, b.team)",
        teams,
        teams,
    )
    assert holders
    for tie in holders:
        assert broker.subject in {demo.names[person].upper() for person in tie}


def test_one_person_makes_most_contributions_to_a_channel(demo: Demo) -> None:
    [fact] = demo.facts("dominant_person")
    [(person, share)] = demo.ask(
        """
        with contributions as (
            select space_id, party_id, sum(contributions) as made
            from intermediate.int_activity_days where space_id is not null group by all
        )
        select party_id, made / sum(made) over (partition by space_id) as share
        from contributions
        qualify sum(made) over (partition by space_id) >= 100
            and count(*) over (partition by space_id) >= 10
        order by share desc limit 1
        """
    )
    assert demo.names[person].upper() == fact.subject
    assert share == pytest.approx(fact.expected, abs=1e-5)


def test_the_findings_name_what_is_planted_and_nothing_else(demo: Demo) -> None:
    found = find(demo.settings, demo.exports.settings.parent / TRUTH)
    apart, closed, shrunk = found[:3]
    for fact in demo.facts("silo"):
        assert fact.subject in apart.seen
        assert fact.subject in apart.planted
    others = {
        row[0]
        for row in demo.look(
            "select distinct segment_value from bi.segment_weeks where segment_type = 'department'"
        )
    }
    [closing_fact] = demo.facts("closing_department")
    others -= {fact.subject for fact in demo.facts("silo")} | {closing_fact.subject}
    assert not [department for department in others if department in apart.seen]
    assert closed.seen.startswith(f"{closing_fact.subject} has closed up")
    [fading] = demo.facts("fading_team")
    assert f"team {fading.subject} shrank" in shrunk.seen
    assert len(found) == 5 + len(demo.company.programmes)
    shown, held = could_be_shown(demo), {one.programme.name for one in demo.company.programmes}
    for effect in found[5:]:
        [name] = [name for name in held if effect.seen.startswith(name)]
        if name in shown or name == "Quiet hour":
            assert ("no clear change" in effect.seen) is (name not in shown)


def could_be_shown(demo: Demo) -> set[str]:
    """The programmes whose planted effect is as large as so few people can show."""
    rows = demo.look(
        "select programme_name, detectable_effect from bi.programme_effects"
        " where outcome = 'cross_team_contacts' and horizon_weeks = 4"
        " and not is_without_fellow_pairs"
    )
    planted = {one.programme.name: one.programme.contacts for one in demo.company.programmes}
    return {name for name, detectable in rows if detectable <= planted[name]}


def test_programmes_with_an_effect_are_told_from_the_one_without(demo: Demo) -> None:
    rows = demo.look(
        "select programme_name, enrolled, matched, interval_low, interval_high"
        " from bi.programme_effects where outcome = 'cross_team_contacts' and horizon_weeks = 4"
        " and not is_without_fellow_pairs"
    )
    held = {one.programme.name: one for one in demo.company.programmes}
    assert {row[0] for row in rows} == set(held)
    shown = could_be_shown(demo)
    assert len(shown) >= 3
    for name, enrolled, matched, low, high in rows:
        assert enrolled == matched == len(held[name].enrolments)
        # What others gain at the same time, by this and other programmes, makes effects look
        # smaller (docs/effects.md): the sign is seen, in such a small company, not the size.
        if name in shown or held[name].programme.contacts == 0:
            assert (low > 0) is (name in shown)
        assert high > 0


def test_everybody_who_is_enrolled_and_eligible_takes_part(demo: Demo) -> None:
    reach = demo.ask(
        "select programme_id, month_start, eligible, participants"
        " from marts.fct_programme_reach where segment_type = 'organisation'"
    )
    assert len({programme for programme, *_ in reach}) == len(demo.company.programmes)
    for _, month, eligible, participants in reach:
        measured = demo.ask(
            "select count(distinct person_id) from marts.fct_person_weeks"
            " where is_measured and date_trunc('month', week_start + 6) = ?", month
        )  # fmt: skip
        assert measured == [(eligible,)]
        assert participants <= eligible


def test_a_pair_has_held_the_sessions_that_lie_in_its_time(demo: Demo) -> None:
    held = Counter(
        (demo.company.staff.people[one.host].staff_number,
         demo.company.staff.people[guest].staff_number)
        for one in demo.company.sessions for guest in one.guests
    )  # fmt: skip
    assert held
    rows = demo.ask(
        "select person_a_id, person_b_id, sessions_held from marts.fct_programme_engagement"
    )
    found = {frozenset((known(demo, a), known(demo, b))): count for a, b, count in rows}
    assert found == {frozenset(pair): count for pair, count in held.items()}


def test_no_finding_names_a_person(demo: Demo) -> None:
    said = " ".join(
        [
            *(
                f"{finding.seen} {finding.planted}"
                for finding in find(demo.settings, demo.exports.truth)
            ),
            *not_published(read_truth(demo.exports.truth)),
        ]
    )
    for person in demo.company.staff.people:
        for words in (person.name, person.address, person.staff_number):
            assert words not in said


def test_the_job_leaves_the_truth_alone(demo: Demo) -> None:
    path: Path = demo.exports.truth
    assert path.parent == demo.exports.settings.parent
    assert TRUTH not in demo.exports.settings.read_text()


def test_a_cell_is_explained_down_to_the_lines_that_name_its_people(demo: Demo) -> None:
    [(person, week, interactions)] = demo.ask(
        "select person_id, week_start, interactions from marts.fct_person_weeks"
        " order by interactions desc, person_id limit 1"
    )
    words = (str(person), week.isoformat(), "interactions")
    found = explain(demo.settings, "fct_person_weeks", words)
    assert (found.value, found.again, found.differing) == (interactions, interactions, 0)
    *_, events, records = found.steps
    written = people_in_exports(demo)
    names: dict[int, set[str]] = defaultdict(set)
    for event in events.rows:
        for party in (event["person_id"], event["contact_id"]):
            names[event["event_id"]] |= written[known(demo, party)]
    assert {record["event_id"] for record in records.rows} == names.keys()
    seen = Counter()
    for record in records.rows:
        # A line of a list of sessions names one of all who were there.
        if record["part"] == "the event" and record["source_name"] in ("mail", "chat"):
            text = place_in_exports(demo, record["source_name"], record["file"], record["place"])
            assert any(name in text for name in names[record["event_id"]]), record
            seen[record["source_name"]] += 1
    assert seen["mail"] > 0
    assert seen["chat"] > 0


def people_in_exports(demo: Demo) -> dict[str | None, set[str]]:
    """What stands in the exports for a person, by staff number: addresses, Slack's id."""
    written = {
        person.staff_number: {person.address, person.alias or person.address}
        for person in demo.company.staff.people
    }
    staff_numbers = {person.address: person.staff_number for person in demo.company.staff.people}
    for path in (demo.exports.settings.parent / "exports/chat").glob("*.zip"):
        with zipfile.ZipFile(path) as export:
            for user in json.loads(export.read("users.json")):
                if number := staff_numbers.get(user["profile"].get("email")):
                    written[number].add(f'"{user["id"]}"')
    return written


def place_in_exports(demo: Demo, source: str, file: str, place: str) -> str:
    """What stands at a place of a file: a line of CSV, a record of a member of an archive."""
    path = demo.exports.settings.parent / "exports" / source / file
    if path.suffix == ".csv":
        line = int(place.removeprefix("line "))
        return path.read_text(encoding="utf-8").splitlines()[line - 1].lower()
    member, _, record = place.rpartition(", record ")
    with zipfile.ZipFile(path) as export:
        return json.dumps(json.loads(export.read(member))[int(record) - 1])


@pytest.mark.parametrize("question", sorted((SQL / "bi").glob("*.sql")), ids=lambda path: path.stem)
def test_every_question_of_sql_bi_has_an_answer(demo: Demo, question: Path) -> None:
    answer = demo.published.execute(statements(question)["answer"])
    columns = [column[0] for column in answer.description]
    assert answer.fetchall()
    assert len(set(columns)) == len(columns)


def test_an_e_i_index_is_of_the_contacts_of_a_department(demo: Demo) -> None:
    people = demo.warehouse.execute(
        """
        select department, cross_department_contacts, network_size
        from marts.fct_person_weeks
        where
            is_measured and department is not null
            and week_start = (select max(week_start) from marts.fct_person_weeks)
        """
    ).fetchall()
    contacts = defaultdict(lambda: [0, 0])
    for department, outside, size in people:
        contacts[department][0] += outside
        contacts[department][1] += size - outside
    shown = {
        row[0]: row[1] for row in demo.look(answer_of("departments_inward")) if row[1] is not None
    }
    assert len(shown) > len(contacts) / 2
    for department, index in shown.items():
        outside, inside = contacts[department]
        assert index == pytest.approx((outside - inside) / (outside + inside))


def test_a_team_is_compared_with_teams_of_its_size(demo: Demo) -> None:
    week = demo.look(
        "select max(week_start) from bi.segment_weeks"
        " where metric = 'network_size' and value is not null"
    )
    shown = demo.look(
        """
        select segment_value, people, value from bi.segment_weeks
        where segment_type = 'team' and metric = 'network_size' and statistic = 'mean'
        and not is_withheld and week_start = ?
        """,
        *week[0],
    )
    compared = {row[0]: row for row in demo.look(answer_of("team_beside_others"))}
    for team, people, size in shown:
        others = [
            value
            for name, count, value in shown
            if name != team and 2 * people <= 3 * count and 2 * count <= 3 * people
        ]
        if others:
            assert compared[team][1:4] == (people, size, len(others))
            assert compared[team][5] == pytest.approx(median(others))
    assert len(compared) > 5


def answer_of(question: str) -> str:
    """The SQL of a question."""
    return statements(SQL / "bi" / f"{question}.sql")["answer"]


def test_metricflow_answers_with_the_numbers_of_the_marts(
    demo: Demo, metricflow: MetricFlow
) -> None:
    measures = [name for name, _ in metrics_of("person_weeks")]
    department, week = "person_week__department", "metric_time__week"
    answered = {
        (row[department], row[week], name): float(row[name])
        for row in metricflow.query(measures, [week, department])
        for name in measures
        if row[department] and row[name]
    }
    departments = demo.warehouse.sql(
        "from marts.fct_segment_weeks where segment_type = 'department'"
    ).to_arrow_table()
    expected = {
        (row["segment_value"], row["week_start"], name): row[name]
        for row in departments.to_pylist()
        for name in measures
        if row[name] is not None
    }
    assert len(measures) == 12
    assert answered == pytest.approx(expected, rel=1e-9)


def test_metricflow_answers_with_the_numbers_that_are_published(
    demo: Demo, metricflow: MetricFlow
) -> None:
    metrics = [name for name, kind in metrics_of("segment_figures") if kind == "ratio"]
    by = ["metric_time__week", "segment_figure__segment_type", "segment_figure__segment_value"]
    answered = {
        (*(row[group] for group in by), name): float(row[name])
        for row in metricflow.query(metrics, by)
        for name in metrics
        if row[name]
    }
    expected = {
        (week_start, type_, segment, metric): value
        for week_start, type_, segment, metric, value in demo.look(
            """
            select week_start, segment_type, segment_value, metric, value from bi.segment_weeks
            where value is not null and statistic in ('mean', 'share')
            """
        )
    }
    assert {key[-1] for key in expected} == set(metrics)
    assert answered == pytest.approx(expected, rel=1e-9)


@pytest.fixture(scope="module")
def metricflow(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> MetricFlow:
    return MetricFlow.on_copy_of(
        warehouse_path(demo.settings), tmp_path_factory.mktemp("metricflow")
    )


def metrics_of(semantic_model: str) -> list[tuple[str, str]]:
    """The metrics that stand beside a semantic model, and their types."""
    path = repository() / "dbt_project" / "models" / "semantic" / f"_{semantic_model}.yml"
    metrics = yaml.safe_load(path.read_text(encoding="utf-8"))["metrics"]
    return [(metric["name"], metric["type"]) for metric in metrics]


ENGAGEMENT = {
    "sessions_held": mean,
    "held_share": mean,
    "longest_gap_days": median,
    "days_to_first_meeting": median,
    "interactions_30_days": mean,
    "interactions_60_days": mean,
    "interactions_90_days": mean,
    "is_new_pair": mean,
}


def is_nearly_one(numbers: list[float]) -> bool:
    """Tell whether all but the two largest add less than a tenth of the largest."""
    *others, _, largest = sorted([0.0, *numbers])
    return sum(others) < 0.1 * largest


def test_how_alive_pairs_are_is_counted_again(demo: Demo) -> None:
    pairs = demo.ask(
        f"""
        select programme_name, person_a_id, person_b_id, {", ".join(ENGAGEMENT)}
        from marts.fct_programme_engagement inner join marts.dim_programmes using (programme_id)
        """  # noqa: S608 - columns that stand above
    )
    expected: dict[tuple[str, str], tuple[float, int] | None] = {}
    nearly_one_pair_s = set()
    for programme in {name for name, *_ in pairs}:
        own = [row for row in pairs if row[0] == programme]
        figures = {"pairs": (own, len(own))}
        met = [
            row
            for row in own
            if row[3 + list(ENGAGEMENT).index("days_to_first_meeting")] is not None
        ]
        figures["met_share"] = (own, len(met) / len(own))
        for place, (metric, statistic) in enumerate(ENGAGEMENT.items(), start=3):
            having = [row for row in own if row[place] is not None]
            numbers = [float(row[place]) for row in having]
            if having:
                figures[metric] = (having, statistic(numbers))
            if statistic is mean and metric != "is_new_pair" and is_nearly_one(numbers):
                nearly_one_pair_s.add((programme, metric))
        for metric, (rows, value) in figures.items():
            people = len({person for row in rows for person in row[1:3]})
            is_shown = people >= 5 and (programme, metric) not in nearly_one_pair_s
            expected[programme, metric] = (value, people) if is_shown else None
    found = {
        (programme, metric): None if is_withheld else (value, people)
        for programme, metric, value, people, is_withheld in demo.look(
            "select programme_name, metric, value, people, is_withheld from bi.programme_engagement"
        )
    }
    assert len({programme for programme, _ in found}) >= 2
    assert found.keys() == expected.keys()
    for cell, figure in expected.items():
        assert found[cell] == (figure if figure is None else pytest.approx(figure)), cell


@pytest.fixture(scope="module")
def dashboard(demo: Demo) -> Iterator[Dashboard]:
    """Its dashboard."""
    with served(demo.settings) as dashboard:
        yield dashboard


def test_every_page_of_the_dashboard_is_whole_on_a_phone_and_at_a_desk(
    dashboard: Dashboard,
) -> None:
    look_through(dashboard)


def test_the_dashboard_is_used_by_keyboard(demo: Demo, dashboard: Dashboard) -> None:
    [(team, mean_size, people)] = demo.look(
        """
        select segment_value, value, people from bi.segment_weeks
        where segment_type = 'team' and metric = 'network_size' and statistic = 'mean'
            and week_start = (
                select max(week_start) from bi.segment_weeks
                where metric = 'network_size' and segment_type = 'organisation'
                    and value is not null
            )
            and not is_withheld
        order by segment_value
        limit 1
        """
    )
    with browser(dashboard) as window:
        window.go("/")
        assert window.path == "/overview"
        window.press(Keys.TAB)
        assert window.focused() == "To the content"
        window.press(Keys.ENTER)
        assert window.path == "/overview#content"
        window.go("/teams")
        window.choose("team", team)
        assert window.see("#trend h2") == f"Network size: {team} and the organisation, week by week"
        window.open_table("#beside")
        row = window.see("#beside tbody tr").split()
        size = f"{mean_size:.2f}" if mean_size < 10 else f"{mean_size:.1f}"
        assert row[: len(team.split()) + 1] == [*team.split(), size]
        assert row[-1] == str(people)
        window.go_back()
        assert window.path == "/teams"
        assert window.complaints() == []
