"""The simulated company: the same from the same seed, in one piece, and as it is planted."""

from __future__ import annotations

import time
from dataclasses import fields

import numpy as np
import pytest

from dagster_pipelines.demo import Company, Plan, Programme, Scale, simulate
from dagster_pipelines.demo.careers import NOBODY
from dagster_pipelines.demo.contacts import Network
from dagster_pipelines.demo.events import ANSWER, BASELINE, EMAIL, QUESTION_SITE, THREAD, Events
from dagster_pipelines.demo.scale import FIRST_MONDAY

SMALL = Scale(people=60, weeks=18, seed=4)
BARE = Plan(silos=False, closing=False, fading=False, broker=False, programmes=())


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate(Scale())


def are_equal(one: Events, other: Events) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(Events)
    )


def test_the_same_seed_gives_the_same_company_and_another_seed_another() -> None:
    one, same, other = (simulate(Scale(60, 18, seed)) for seed in (4, 4, 5))
    assert one.staff.people == same.staff.people
    assert are_equal(one.events, same.events)
    assert one.truth == same.truth
    assert not are_equal(one.events, other.events)


def test_what_happens_without_programmes_is_the_same_whether_they_are_held_or_not() -> None:
    held, bare = simulate(SMALL), simulate(SMALL, Plan(programmes=()))
    assert held.programmes
    assert are_equal(held.events.kept(held.events.cause == BASELINE), bare.events)


def test_a_further_programme_changes_nothing_of_those_before_it() -> None:
    first = Programme("First", "mentoring", 2, "cohort")
    second = Programme("Second", "cross_team_project", 1, "cohort", begins=0.3)
    [alone] = simulate(SMALL, Plan(programmes=(first,))).programmes
    both = simulate(SMALL, Plan(programmes=(first, second)))
    assert both.programmes[0] == alone
    assert len(both.programmes) == 2
    assert not set(both.programmes[1].people) & set(alone.people)


@pytest.mark.parametrize("people", [20, 21, 33, 60, 200])
@pytest.mark.parametrize("weeks", [1, 5, 26])
def test_a_company_has_as_many_people_and_weeks_as_it_was_asked_for(
    people: int, weeks: int
) -> None:
    company = simulate(Scale(people, weeks))
    assert len(company.staff.people) == people
    assert len({person.address for person in company.staff.people}) == people
    assert company.staff.weeks == weeks
    week = company.clocks.weeks(company.events.at)
    assert (week.min(), week.max()) == (0, weeks - 1)
    days = np.unique(company.clocks.days(company.events.at)).tolist()
    assert days[-1] - days[0] == 7 * weeks - 1


def test_a_small_company_is_made_and_counted_in_well_under_a_second() -> None:
    began = time.process_time()
    assert simulate(Scale(60, 20)).network.a.size
    assert time.process_time() - began < 1


@pytest.mark.parametrize("week", [0, 13, 25])
def test_every_line_of_managers_ends_at_the_head_of_the_company(
    company: Company, week: int
) -> None:
    staff = company.staff
    for person in np.flatnonzero(staff.employed[:, week]).tolist():
        link, steps = person, 0
        while link != 0:
            manager = staff.manager(link, week)
            assert manager != NOBODY
            assert staff.employed[manager, week]
            assert staff.people[manager].level > staff.people[link].level or link == 1
            link, steps = manager, steps + 1
            assert steps < 5


def test_nobody_acts_or_is_written_to_before_the_first_or_after_the_last_day(
    company: Company,
) -> None:
    staff, events = company.staff, company.events
    week, people = company.clocks.weeks(events.at), len(staff.people)
    acted = events.source < people
    assert staff.employed[events.source[acted], week[acted]].all()
    aimed = events.target < people
    assert staff.employed[events.target[aimed], week[events.target_of[aimed]]].all()
    made = company.reactions
    assert staff.employed[made.who, week[made.event]].all()
    assert (made.who != events.source[made.event]).all()


def test_the_roster_s_days_are_those_of_the_weeks_in_which_people_are_there(
    company: Company,
) -> None:
    staff = company.staff
    for person, (first, last) in zip(
        staff.people, np.transpose(staff.first_and_last()).tolist(), strict=True
    ):
        assert staff.employed[person.number, first:last].all()
        assert staff.employed[person.number].sum() == last - first
        if first > 0:
            assert person.hired_on == company.scale.monday(first)
        else:
            assert person.hired_on <= FIRST_MONDAY
        if person.left_on is None:
            assert last == staff.weeks
        else:
            assert person.left_on == company.scale.monday(last)


def test_people_are_hired_leave_and_move_as_often_as_it_is_planned() -> None:
    plan = Plan(hired=0.1, left=0.05, moved=0.05, broker=False, programmes=())
    company = simulate(Scale(400, 26, 2), plan)
    facts = {fact.fact: fact.expected for fact in company.truth}
    # A hire of the first week, a leaver after the last and a move on the first day show nowhere.
    assert 30 <= facts["hires"] <= 40
    assert 15 <= facts["leavers"] <= 20
    assert 15 <= facts["moves"] <= 20


def test_a_reply_comes_after_what_it_answers_and_in_the_same_space(company: Company) -> None:
    events = company.events
    replies = np.flatnonzero(events.thread != np.arange(len(events)))
    first = events.thread[replies]
    assert (events.at[replies] > events.at[first]).all()
    assert (events.space[replies] == events.space[first]).all()
    assert (events.thread[first] == first).all()


def test_whoever_replies_in_a_channel_is_paired_with_all_who_spoke_there_before(
    company: Company,
) -> None:
    events, targets = company.events, company.events.targets()
    threads: dict[int, list[int]] = {}
    for event in np.flatnonzero(events.channel == THREAD).tolist():
        threads.setdefault(int(events.thread[event]), []).append(event)
    joined = 0
    for said in threads.values():
        spoke: set[int] = set()
        for event in said:
            author = int(events.source[event])
            if event != said[0]:
                assert set(targets[event].tolist()) == spoke - {author}
            spoke.add(author)
        joined += len(spoke) > 2
    assert joined > 100


def test_an_answer_is_aimed_at_whoever_asked_and_a_question_at_nobody(company: Company) -> None:
    events, targets = company.events, company.events.targets()
    posts = np.flatnonzero(events.channel == ANSWER)
    assert (events.space[posts] == QUESTION_SITE).all()
    answers = to_oneself = 0
    for post in posts.tolist():
        question = int(events.thread[post])
        asked_by, author = int(events.source[question]), int(events.source[post])
        aimed_at = [asked_by] if question != post and asked_by != author else []
        assert targets[post].tolist() == aimed_at
        answers += question != post
        to_oneself += question != post and asked_by == author
    assert answers > 300
    assert 0 < to_oneself < 0.2 * answers


def test_most_is_written_in_the_hours_of_work_at_the_author_s_site(company: Company) -> None:
    events, people = company.events, company.staff.people
    mails = np.flatnonzero((events.channel == EMAIL) & (events.source < len(people)))
    began = mails[events.thread[mails] == mails]
    site = np.array([person.site for person in people])[events.source[began]]
    # Winter: Warsaw, Lisbon, New York, Kolkata.
    is_winter = company.clocks.weeks(events.at[began]) < 8
    for number, hours in enumerate((1, 0, -5, 5.5)):
        at = events.at[began[(site == number) & is_winter]]
        hour = (at / 3600 + hours) % 24
        assert len(hour) > 100
        assert ((hour >= 8) & (hour <= 18)).mean() > 0.95


def test_few_people_write_much_of_all(company: Company) -> None:
    written = np.sort(np.bincount(company.events.source)[: len(company.staff.people)])[::-1]
    busiest = written[: len(written) // 10].sum() / written.sum()
    assert 0.18 < busiest < 0.5


def test_people_meet_those_who_are_like_them_and_near_more_often_than_by_chance() -> None:
    company = simulate(Scale(300, 12, 6), BARE)
    people, (a, b) = company.staff.people, company.network.tied(11)
    for trait in ("discipline", "site"):
        of = np.array([str(getattr(person, trait)) for person in people])
        team = company.staff.team[:, 11]
        apart = team[a] != team[b]
        among_ties = (of[a] == of[b])[apart].mean()
        by_chance = (of[:, None] == of).mean()
        assert among_ties > 1.25 * by_chance


# What is planted


def of_units(values: np.ndarray, units: np.ndarray, number: int) -> float:
    return float(values[units == number].mean())


def test_silos_have_few_contacts_in_other_departments(company: Company) -> None:
    department = company.staff.departments_of_people()[:, 20]
    across = company.network.departments_reached(20, department)
    silos = np.isin(department, company.planted.silos)
    assert across[silos].mean() < 0.4 * across[~silos & (department > 0)].mean()


def test_the_closing_department_loses_its_contacts_in_others(company: Company) -> None:
    department, closing = company.staff.departments_of_people(), company.planted.closing
    before, after = company.planted.closing_from - 1, company.staff.weeks - 1
    reached = [
        of_units(
            company.network.departments_reached(week, department[:, week]),
            department[:, week],
            closing,
        )
        for week in (before, after)
    ]
    assert reached[1] < 0.35 * reached[0]


def test_the_networks_of_the_fading_team_shrink_and_its_people_are_remote(
    company: Company,
) -> None:
    planted, team = company.planted, company.staff.team
    people = company.staff.teams[planted.fading].people
    assert {company.staff.people[person].work_mode for person in people} == {"remote"}
    size = [
        of_units(company.network.network_size(week), team[:, week], planted.fading)
        for week in (planted.fading_from - 1, company.staff.weeks - 1)
    ]
    assert size[1] < 0.5 * size[0]


def across(company: Company, network: Network, week: int) -> list[tuple[int, int]]:
    """The ties between the two teams that one person bridges."""
    team, bridged = company.staff.team[:, week], company.planted.bridged
    a, b = network.tied(week)
    return [
        (one, other)
        for one, other in zip(a.tolist(), b.tolist(), strict=True)
        if sorted((team[one], team[other])) == sorted(bridged)
    ]


def test_one_person_alone_joins_two_teams_until_the_day_of_leaving(company: Company) -> None:
    planted = company.planted
    for week in range(4, planted.broker_leaves):
        ties = across(company, company.network, week)
        assert len(ties) >= 2
        assert all(planted.broker in tie for tie in ties)
    for week in range(planted.broker_leaves, company.staff.weeks):
        assert not across(company, company.network, week)


def test_one_person_writes_most_in_the_channel_of_ideas(company: Company) -> None:
    [share] = [fact.expected for fact in company.truth if fact.fact == "dominant_person"]
    assert 0.5 < share == company.dominance()
    assert simulate(SMALL, Plan(dominance=False)).dominance() < 0.35


def effects(company: Company) -> dict[tuple[str, str], tuple[float, float]]:
    """By programme and outcome, after 4 weeks: the effects on the treated and on the others."""
    found = {}
    for held in company.programmes:
        of = company.effects(held, 4)
        for outcome in of.outcomes:
            both = of.on_the_treated(outcome), of.on_the_others(outcome)
            found[held.programme.kind, outcome] = both
    return found


def test_programmes_add_as_many_contacts_as_it_is_planned(company: Company) -> None:
    found = effects(company)
    assert found["mentoring", "cross_team_contacts"][0] == pytest.approx(3, abs=0.1)
    assert found["cross_team_project", "cross_team_contacts"][0] == pytest.approx(2, abs=0.1)
    assert found["community_of_practice", "cross_team_contacts"][0] == pytest.approx(2, abs=0.1)
    assert found["buddy", "cross_team_contacts"][0] == pytest.approx(4, abs=0.1)
    for (kind, outcome), both in found.items():
        if kind == "reflection":
            assert both == (0, 0), outcome


def test_a_programme_among_its_own_people_touches_nobody_else(company: Company) -> None:
    found = effects(company)
    for outcome in ("network_size", "cross_team_contacts", "departments_reached"):
        assert found["cross_team_project", outcome][1] == 0
    assert found["cross_team_project", "cross_team_contacts_outside"][0] == 0
    treated, others = found["community_of_practice", "cross_team_contacts"]
    enrolled = len(company.programmes[3].people)
    assert others > 0.5 * treated * enrolled / (300 - enrolled)


def test_the_badly_connected_enrol_sooner_and_at_random_where_there_is_no_bias() -> None:
    def gap(bias: float) -> float:
        programme = Programme("Any", "mentoring", 0, begins=0.4, share=0.2, bias=bias)
        gaps = []
        for seed in range(8):
            company = simulate(Scale(120, 20, seed), Plan(programmes=(programme,)))
            [held] = company.programmes
            before = held.begins - 1
            contacts = company.network.cross_team_contacts(before, company.staff.team[:, before])
            people = np.flatnonzero(company.network.measured(before))
            others = np.setdiff1d(people, held.people)
            gaps.append(contacts[held.people].mean() - contacts[others].mean())
        return float(np.mean(gaps))

    biased, at_random = gap(1.0), gap(0.0)
    assert biased < -0.5
    assert biased < at_random - 0.5


def test_newcomers_with_a_buddy_are_connected_sooner_than_without(company: Company) -> None:
    ramp = {fact.measure: fact.expected for fact in company.truth if fact.fact == "programme_ramp"}
    assert ramp["median weeks_to_connected"] < ramp["median weeks_to_connected without"]


def test_sessions_of_two_are_held_by_people_who_are_in_touch_anyway(company: Company) -> None:
    contacts = {(one, other) for held in company.programmes for one, other, _ in held.added}
    assert company.sessions
    for session in company.sessions:
        assert (session.guests[0], session.host) in contacts
    planned = {enrolment.kind: enrolment.planned_sessions for enrolment in company.enrolments}
    assert planned == {
        "mentoring": 6,
        "buddy": 3,
        "cross_team_project": 0,
        "community_of_practice": 0,
        "reflection": 0,
    }


def test_gifts_pass_between_contacts_and_make_none(company: Company) -> None:
    network, gifts = company.network, [*company.gifts.kudos, *company.gifts.feedback]
    place = {
        pair: number
        for number, pair in enumerate(zip(network.a.tolist(), network.b.tolist(), strict=True))
    }
    weeks = company.clocks.weeks(np.array([gift.at for gift in gifts])).tolist()
    assert any(len(gift.receivers) > 1 for gift in gifts)
    assert any(gift.is_anonymous for gift in gifts)
    for gift, week in zip(gifts, weeks, strict=True):
        assert network.acted[gift.giver, week]
        for receiver in gift.receivers:
            pair = (min(gift.giver, receiver), max(gift.giver, receiver))
            assert network.interactions[place[pair], week] >= 2


def test_a_session_is_held_by_two_who_are_contacts_in_its_week(company: Company) -> None:
    for session in company.sessions:
        week = (session.held_on - FIRST_MONDAY).days // 7
        tied = set(zip(*(one.tolist() for one in company.network.tied(week)), strict=True))
        [guest] = session.guests
        assert (min(session.host, guest), max(session.host, guest)) in tied
