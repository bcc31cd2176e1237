"""A made-up company's exports, for benchmarks: a roster and a year of interactions, in CSV.

    python -m benchmarks.generate FOLDER --people 1000 --events 1000000 --seed 1

writes `roster.csv` and `interactions.csv` in the shapes that the sources `roster_csv` and
`interaction_csv` read. The interactions are written a week at a time, so memory does not grow with
their number. The same arguments give the same bytes, as long as numpy keeps its random streams.

What the data are like, and why:

- Activity is a power law (Pareto, exponent 2), and so is each person's preference among his or her
  contacts (Zipf): a few people and a few pairs make up most of the volume, as in real mail.
- Contacts come from the team, the line of management, the department, a project across departments
  and, rarely, from anywhere: homophily by unit and hierarchy.
- Six levels of hierarchy; teams of about eight; people who join and leave during the year. Nobody
  writes before the first or after the last day of work; a few mails still go to who has left.
- Everything happens between 06:00 and 22:00, so that no local time is missing or ambiguous.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

FIRST_MONDAY = np.datetime64("2024-12-30")
"""First day of the ISO year 2025, which has 52 weeks."""

WEEKS = 52
DAYS = 7 * WEEKS
TEAM_SIZE = 8
HIRED_DURING_YEAR = 0.08
LEFT_DURING_YEAR = 0.06
CONTACT_EXPONENT = 0.95
"""Exponent of the Zipf law by which a person prefers the first contacts of his or her list."""

WEEKDAY_WEIGHTS = np.array([1.0, 1.05, 1.05, 1.0, 0.9, 0.04, 0.05])
CHANNELS = np.array(["email", "meeting", "chat_direct", "code_review"])
CHANNEL_SHARES = np.array([0.80, 0.06, 0.09, 0.05])
EMAIL, MEETING, CHAT, REVIEW = range(4)
RECIPIENT_SHARES = np.array([0.56, 0.21, 0.11, 0.07, 0.05])
"""Shares of events with one to five recipients."""

BROADCAST_SHARE = 0.002
BROADCAST_RECIPIENTS = (20, 60)
MEETING_MINUTES = np.array([15, 30, 45, 60, 90, 480])
MEETING_MINUTES_SHARES = np.array([0.15, 0.42, 0.10, 0.25, 0.07, 0.01])

DISCIPLINES = (
    "Engineering", "Operations", "Sales", "Finance", "Research", "Design", "Support", "People",
)  # fmt: skip
LOCATIONS = ("Warsaw", "Berlin", "Lisbon", "Dublin", "Chennai", "Toronto")
WORK_MODES = ("onsite", "hybrid", "remote")
GIVEN_NAMES = (
    "ada", "alan", "ben", "chidi", "clara", "dmitri", "edith", "emil", "fatima", "george", "hana",
    "igor", "ines", "jan", "jun", "karim", "lena", "liam", "maria", "mei", "nadia", "noor", "olga",
    "omar", "petra", "priya", "rosa", "sven", "tariq", "uma", "vera", "wanda", "yuki", "zofia",
)  # fmt: skip
FAMILY_NAMES = (
    "adeyemi", "becker", "costa", "dubois", "eriksen", "ferrari", "garcia", "haddad", "ivanova",
    "jansen", "kowalska", "lopez", "meyer", "nakamura", "okafor", "petrov", "quinn", "rossi",
    "singh", "tanaka", "ueda", "varga", "weber", "xu", "yilmaz", "zielinski",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Company:
    """The people of a company, in arrays of one entry a person; people are numbered from 0.

    Days are counted from FIRST_MONDAY and may be negative. `left_day` is the first day on which
    somebody is no longer employed, DAYS or later for who stays. `manager` of the head is -1.
    `contacts` has a row a person: the numbers of those he or she turns to, the preferred first.
    """

    manager: Integers
    team: Integers
    department: Integers
    job_level: Integers
    hired_day: Integers
    left_day: Integers
    activity: npt.NDArray[np.float64]
    contacts: Integers
    email: pa.Array

    @property
    def people(self) -> int:
        """Return the number of people."""
        return len(self.manager)


def draw_hierarchy(people: int) -> tuple[Integers, Integers, Integers, Integers]:
    """Return manager (-1 for the head), team, department and job level (1 to 6) of each person.

    Contributors (level 1 or 2) make teams of about TEAM_SIZE with their lead (level 2); four layers
    of about equal fan-out stand above the leads' teams. Everybody below one manager of level 4 is a
    department; levels 5 and 6 are department 0. Managers of level 3 are a team with theirs.
    """
    leads = max(1, round(people / (TEAM_SIZE + 1)))
    fan_out = max(2.0, leads**0.25)
    sizes = [1, *(max(1, round(leads / fan_out**layers)) for layers in (3, 2, 1)), leads]
    if sum(sizes) >= people:
        raise ValueError(f"{people} people are too few for six levels of hierarchy: at least 30")
    sizes.append(people - sum(sizes))

    starts = np.concatenate([[0], np.cumsum(sizes)])
    layer = np.repeat(np.arange(6), sizes)
    place = np.arange(people) - starts[layer]
    manager = np.full(people, -1, dtype=np.int64)
    for below in range(1, 6):
        in_layer = layer == below
        manager[in_layer] = starts[below - 1] + place[in_layer] * sizes[below - 1] // sizes[below]

    department = np.zeros(people, dtype=np.int64)
    department[layer == 2] = 1 + place[layer == 2]
    for below in (3, 4, 5):
        department[layer == below] = department[manager[layer == below]]

    # A team is named by who leads it: the head for levels 5 and 6, else a manager of level 4 or 2.
    team_lead = np.where((layer == 3) | (layer == 5), manager, np.arange(people))
    team_lead[layer <= 1] = 0
    _, team = np.unique(team_lead, return_inverse=True)
    return manager, team.astype(np.int64), department, (6 - layer).astype(np.int64)


def pick_within(generator: np.random.Generator, unit: Integers, picks: int) -> Integers:
    """Return for each person the numbers of `picks` random members of his or her unit, as columns.

    Somebody may be picked twice, and may be the person.
    """
    order = np.argsort(unit, kind="stable")
    sizes = np.bincount(unit)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    draws = generator.random((len(unit), picks))
    return order[starts[unit][:, None] + (draws * sizes[unit][:, None]).astype(np.int64)]


def draw_contacts(
    generator: np.random.Generator, manager: Integers, team: Integers, department: Integers
) -> Integers:
    """Return a row of contacts (person numbers) a person, the preferred first; never oneself."""
    people = len(manager)
    everyone = np.arange(people)
    boss = np.where(manager < 0, everyone, manager)
    project = generator.integers(0, max(1, people // 7), people)
    sources = (
        (pick_within(generator, team, 9), 6.0),
        (boss[:, None], 6.0),
        (pick_within(generator, boss, 4), 2.0),
        (boss[boss][:, None], 1.0),
        (pick_within(generator, project, 6), 1.5),
        (pick_within(generator, department, 22), 0.8),
        (generator.integers(0, people, (people, 21)), 0.4),
    )
    contacts = np.concatenate([picked for picked, _ in sources], axis=1)
    closeness = np.concatenate([np.full(picked.shape[1], weight) for picked, weight in sources])
    scores = closeness * generator.lognormal(0.0, 0.8, contacts.shape)
    contacts = np.take_along_axis(contacts, np.argsort(-scores, axis=1, kind="stable"), axis=1)
    stand_in = np.where(manager < 0, (everyone + 1) % people, boss)
    return np.where(contacts == everyone[:, None], stand_in[:, None], contacts)


def draw_company(people: int, seed: int) -> Company:
    """Return a company of so many people (30 or more); the same for the same arguments."""
    generator = np.random.default_rng([seed, 0])
    manager, team, department, job_level = draw_hierarchy(people)
    is_contributor = job_level == 1
    job_level[is_contributor & (generator.random(people) < 0.25)] = 2

    hired_day = -generator.integers(1, 12 * 365, people)
    left_day = np.full(people, DAYS, dtype=np.int64)
    fate = generator.random(people)
    day_of_change = generator.integers(7, DAYS - 7, people)
    joins = is_contributor & (fate < HIRED_DURING_YEAR)
    leaves = is_contributor & (fate > 1 - LEFT_DURING_YEAR)
    hired_day[joins] = day_of_change[joins]
    left_day[leaves] = day_of_change[leaves]

    given = generator.integers(0, len(GIVEN_NAMES), people)
    family = generator.integers(0, len(FAMILY_NAMES), people)
    email = pa.array(
        f"{GIVEN_NAMES[first]}.{FAMILY_NAMES[last]}{number}@example.org"
        for number, (first, last) in enumerate(zip(given, family, strict=True), start=1)
    )
    return Company(
        manager=manager,
        team=team,
        department=department,
        job_level=job_level,
        hired_day=hired_day,
        left_day=left_day,
        activity=np.minimum(1.0 + generator.pareto(2.0, people), 30.0),
        contacts=draw_contacts(generator, manager, team, department),
        email=email,
    )


def write_roster(company: Company, path: Path, seed: int) -> None:
    """Write one row a person: units, manager, level and dates (ISO); empty where there is none."""
    generator = np.random.default_rng([seed, 1])
    people = company.people
    person_ids = pa.array([f"E{number:06d}" for number in range(1, people + 1)])
    discipline = (company.department + generator.integers(0, 3, people)) % len(DISCIPLINES)
    location = np.where(
        generator.random(people) < 0.8,
        company.department % len(LOCATIONS),
        generator.integers(0, len(LOCATIONS), people),
    )
    work_mode = generator.choice(len(WORK_MODES), people, p=[0.35, 0.45, 0.20])
    roster = pa.table(
        {
            "person_id": person_ids,
            "email": company.email,
            "manager_id": person_ids.take(pa.array(company.manager, mask=company.manager < 0)),
            "team": pa.array([f"Team {number:04d}" for number in company.team]),
            "department": pa.array([f"Department {number:02d}" for number in company.department]),
            "discipline": pa.array(DISCIPLINES).take(pa.array(discipline)),
            "location": pa.array(LOCATIONS).take(pa.array(location)),
            "work_mode": pa.array(WORK_MODES).take(pa.array(work_mode)),
            "job_level": pa.array(company.job_level),
            "hired_on": pa.array(FIRST_MONDAY + company.hired_day),
            "left_on": pa.array(FIRST_MONDAY + company.left_day, mask=company.left_day >= DAYS),
        }
    )
    pa.csv.write_csv(roster, path, pa.csv.WriteOptions(quoting_style="none", quoting_header="none"))


def split_by_week(events: int, seed: int) -> Integers:
    """Return how many events each week has: quieter in summer and around the turn of the year."""
    weights = np.ones(WEEKS)
    weights[27:35] = 0.75
    weights[[0, WEEKS - 1]] = 0.35
    return np.random.default_rng([seed, 2]).multinomial(events, weights / weights.sum())


def draw_seconds(generator: np.random.Generator, events: int) -> Integers:
    """Return random times in a week, in seconds since Monday 00:00; 06:00 to 22:00 each day."""
    day = generator.choice(7, events, p=WEEKDAY_WEIGHTS / WEEKDAY_WEIGHTS.sum())
    middle = np.where(generator.random(events) < 0.5, 10.25, 14.75)
    hour = np.clip(generator.normal(middle, 1.6), 6.0, 21.999)
    return day * 86_400 + (hour * 3_600).astype(np.int64)


def draw_moments(
    generator: np.random.Generator, company: Company, week: int, events: int
) -> tuple[Integers, Integers]:
    """Return sender and time (seconds since the week's Monday) of each event, in the order of time.

    No sender has two events in one second, and every sender is employed on the day.
    """
    chance = np.cumsum(company.activity)
    chance /= chance[-1]
    sender = np.zeros(events, dtype=np.int64)
    second = np.zeros(events, dtype=np.int64)
    redraw = np.arange(events)
    while len(redraw):
        sender[redraw] = np.searchsorted(chance, generator.random(len(redraw)))
        second[redraw] = draw_seconds(generator, len(redraw))
        _, first_places = np.unique(sender * 604_800 + second, return_index=True)
        is_refused = np.ones(events, dtype=bool)
        is_refused[first_places] = False
        is_refused |= ~is_employed(company, sender, 7 * week + second // 86_400)
        redraw = np.flatnonzero(is_refused)
    order = np.argsort(second, kind="stable")
    return sender[order], second[order]


def is_employed(company: Company, person: Integers, day: Integers) -> Booleans:
    """Return whether each person is employed on the day beside him or her."""
    return (company.hired_day[person] <= day) & (day < company.left_day[person])


def draw_recipients(
    generator: np.random.Generator, company: Company, sender: Integers, day: Integers
) -> tuple[Integers, Integers]:
    """Return one to five recipients an event: event and person numbers, a row a recipient.

    A recipient who is not employed on the day is drawn again, up to three times; a second to
    fifth one is then left out, a first one kept.
    """
    events = len(sender)
    ranks = company.contacts.shape[1]
    preference = np.cumsum((1.0 + np.arange(ranks)) ** -CONTACT_EXPONENT)
    preference /= preference[-1]
    count = 1 + generator.choice(5, events, p=RECIPIENT_SHARES)
    event = np.repeat(np.arange(events), count)
    place = np.arange(len(event)) - np.repeat(np.cumsum(count) - count, count)
    person = np.zeros(len(event), dtype=np.int64)
    redraw = np.arange(len(event))
    for _ in range(4):
        rank = np.searchsorted(preference, generator.random(len(redraw)))
        person[redraw] = company.contacts[sender[event[redraw]], rank]
        is_away = ~is_employed(company, person[redraw], day[event[redraw]])
        redraw = redraw[is_away]
    is_left_out = np.zeros(len(event), dtype=bool)
    is_left_out[redraw] = place[redraw] > 0
    return event[~is_left_out], person[~is_left_out]


def draw_broadcasts(
    generator: np.random.Generator, company: Company, sender: Integers, event: Integers
) -> tuple[Integers, Integers]:
    """Return the recipients of the broadcasts: random people of all the company."""
    low, high = BROADCAST_RECIPIENTS
    count = generator.integers(low, high + 1, len(event))
    person = generator.integers(0, company.people, int(count.sum()))
    event = np.repeat(event, count)
    is_other = person != sender[event]
    return event[is_other], person[is_other]


def draw_week(company: Company, week: int, events: int, seed: int) -> pa.Table:
    """Return a week's interactions, a row a recipient, in the order of time."""
    generator = np.random.default_rng([seed, 3, week])
    sender, second = draw_moments(generator, company, week, events)
    if week == 0:
        second[:1] = 6 * 3_600
    if week == WEEKS - 1:
        second[-1:] = 7 * 86_400 - 1 - 2 * 3_600
    day = 7 * week + second // 86_400

    channel = generator.choice(len(CHANNELS), events, p=CHANNEL_SHARES)
    is_broadcast = (channel == EMAIL) & (generator.random(events) < BROADCAST_SHARE)
    event, person = draw_recipients(generator, company, sender, day)
    has_one_recipient = (channel == REVIEW)[event]
    is_first = np.diff(event, prepend=-1) > 0
    is_kept = (~has_one_recipient | is_first) & ~is_broadcast[event]
    wide_event, wide_person = draw_broadcasts(
        generator, company, sender, np.flatnonzero(is_broadcast)
    )
    event = np.concatenate([event[is_kept], wide_event])
    person = np.concatenate([person[is_kept], wide_person])

    # In the order of events, and of no recipient twice.
    key = np.unique(event * company.people + person)
    event, person = key // company.people, key % company.people
    minutes = MEETING_MINUTES[
        generator.choice(len(MEETING_MINUTES), events, p=MEETING_MINUTES_SHARES)
    ]
    return pa.table(
        {
            "source": company.email.take(pa.array(sender[event])),
            "target": company.email.take(pa.array(person)),
            "occurred_at": write_times(day, second % 86_400).take(pa.array(event)),
            "channel": pa.array(CHANNELS).take(pa.array(channel[event])),
            "minutes": pa.array(minutes[event], mask=(channel != MEETING)[event]),
        }
    )


def write_times(day: Integers, second: Integers) -> pa.Array:
    """Return ISO 8601 texts without a zone, from days since FIRST_MONDAY and seconds."""
    dates = np.datetime_as_string(FIRST_MONDAY + np.arange(DAYS))
    hours, minutes, seconds = (
        pa.array([f"{number:02d}" for number in range(60)]).take(pa.array(part))
        for part in (second // 3_600, second // 60 % 60, second % 60)
    )
    clock = pc.binary_join_element_wise(hours, minutes, seconds, ":")
    return pc.binary_join_element_wise(pa.array(dates).take(pa.array(day)), clock, "T")


def generate(folder: Path, people: int, events: int, seed: int) -> int:
    """Write `roster.csv` and `interactions.csv` into the folder; return the rows of the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    company = draw_company(people, seed)
    write_roster(company, folder / "roster.csv", seed)
    weekly_events = split_by_week(events, seed)
    options = pa.csv.WriteOptions(quoting_style="none", quoting_header="none")
    rows = 0
    writer: pa.csv.CSVWriter | None = None
    try:
        for week, week_events in enumerate(weekly_events):
            table = draw_week(company, week, int(week_events), seed)
            if writer is None:
                path = folder / "interactions.csv"
                writer = pa.csv.CSVWriter(path, table.schema, write_options=options)
            writer.write_table(table)
            rows += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows


def main() -> None:
    """Read the command line and write the exports."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.generate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="where to write; made if missing")
    parser.add_argument("--people", type=int, default=1_000, help="30 or more")
    parser.add_argument("--events", type=int, default=1_000_000, help="1000 or more")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.people < 30 or arguments.events < 1_000 or arguments.seed < 0:
        parser.error("it takes at least 30 people, 1000 events and a seed of 0 or more")
    started = time.perf_counter()
    rows = generate(arguments.folder, arguments.people, arguments.events, arguments.seed)
    seconds = time.perf_counter() - started
    print(f"{arguments.events} events in {rows} rows, {arguments.people} people: {seconds:.1f} s")


if __name__ == "__main__":
    main()
