"""What the company's people mail to each other, week by week.

A few people and a few pairs make up most of the mail, as in real logs. Most of it stays in the team
and on the reporting line; some goes to colleagues elsewhere whom one happens to know. Newcomers
know few people at first. Notices go to everybody, some mail to customers, some to an address that
nobody on the roster has.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from dagster_pipelines.demo.company import FIRST_MONDAY, Company, Person, Team

ZONE = ZoneInfo("Europe/Warsaw")
CUSTOMERS = tuple(f"{name}@customer.example.com" for name in ("anne", "bo", "chris", "dee", "eve"))
SHARED_ADDRESS = "office@example.org"

MAILS_A_WEEK = 11.0
DAY_WEIGHTS = (10, 11, 11, 10, 8, 0.4, 0.4)
RECIPIENT_WEIGHTS = (70, 16, 8, 4, 2)
REPLY_CHANCE = 0.45
TO_CUSTOMER_CHANCE = 0.07
TO_SHARED_CHANCE = 0.01
ALIAS_CHANCE = 0.3
AWAY_CHANCE = 0.06
NEWCOMER_DAYS = 60


@dataclass(frozen=True)
class Mail:
    """One mail; the addresses are those that it was sent from and to."""

    sent_at: datetime
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Circle:
    """Whom a person writes to in one stay: colleagues, the likeliest first, and how likely."""

    people: tuple[Person, ...]
    cumulated: tuple[float, ...]


def mails(company: Company) -> Iterator[Mail]:
    """Yield the company's mails, in no particular order within a week."""
    chance = company.scale.stream("mail")
    rates = {
        person.number: MAILS_A_WEEK * chance.lognormvariate(-0.3, 0.8) for person in company.people
    }
    acquaintances = {
        person.number: _acquaintances(person, company, chance) for person in company.people
    }
    circles: dict[tuple[int, str], Circle] = {}
    for week in range(company.scale.weeks):
        monday = FIRST_MONDAY + timedelta(weeks=week)
        yield from _notices(company, monday, chance)
        for person in company.people:
            if not person.works_on(monday) or chance.random() < AWAY_CHANCE:
                continue
            team = person.stay_on(monday).team
            circle = circles.get((person.number, team.name))
            if circle is None:
                circle = _circle(person, team, acquaintances[person.number], monday, chance)
                circles[person.number, team.name] = circle
            for _ in range(_poisson(rates[person.number], chance)):
                yield from _conversation(person, circle, monday, chance)


def _acquaintances(person: Person, company: Company, chance: random.Random) -> list[Person]:
    """Colleagues whom somebody knows from anywhere: few for most, many for some."""
    known = min(int(chance.paretovariate(1.4)) * 2, 40)
    return [other for other in chance.choices(company.people, k=known) if other is not person]


def _circle(
    person: Person, team: Team, known: list[Person], day: date, chance: random.Random
) -> Circle:
    """Weigh whom a person writes to: team, line, department, acquaintances; Zipf within."""
    manager = person.stay_on(day).manager
    weights: dict[int, float] = {}
    people: dict[int, Person] = {}

    def add(others: list[Person], weight: float) -> None:
        for rank, other in enumerate(others, start=1):
            if other is not person:
                people[other.number] = other
                weights[other.number] = weights.get(other.number, 0.0) + weight / rank**0.8

    mates = list(team.people)
    chance.shuffle(mates)
    add(mates, 1.0)
    if manager:
        add([manager], 0.8)
        above = manager.stay_on(day).manager
        add([above] if above else [], 0.08)
    add(known, 0.35)
    order = sorted(people, key=lambda number: -weights[number])
    return Circle(
        tuple(people[number] for number in order),
        tuple(accumulate(weights[number] for number in order)),
    )


def _conversation(
    person: Person, circle: Circle, monday: date, chance: random.Random
) -> Iterator[Mail]:
    """Yield a mail and the replies to it."""
    sent_at = _moment(monday, chance)
    day = sent_at.date()
    if not person.works_on(day):
        return
    draw = chance.random()
    if draw < TO_CUSTOMER_CHANCE:
        customer = chance.choice(CUSTOMERS)
        yield Mail(sent_at, person.address, (customer,))
        if chance.random() < REPLY_CHANCE:
            yield Mail(_later(sent_at, chance), customer, (person.address,))
        return
    if draw < TO_CUSTOMER_CHANCE + TO_SHARED_CHANCE:
        yield Mail(sent_at, person.address, (SHARED_ADDRESS,))
        return
    wanted = chance.choices((1, 2, 3, 4, 6), RECIPIENT_WEIGHTS)[0]
    if (day - person.hired_on).days < NEWCOMER_DAYS:
        wanted = 1
    drawn = chance.choices(circle.people, cum_weights=circle.cumulated, k=wanted)
    others = [other for other in dict.fromkeys(drawn) if other.works_on(day)]
    if not others:
        return
    yield Mail(sent_at, _address(person, chance), tuple(other.address for other in others))
    writer, reader = person, others[0]
    while chance.random() < REPLY_CHANCE:
        sent_at = _later(sent_at, chance)
        if not (reader.works_on(sent_at.date()) and writer.works_on(sent_at.date())):
            return
        yield Mail(sent_at, _address(reader, chance), (writer.address,))
        writer, reader = reader, writer


def _notices(company: Company, monday: date, chance: random.Random) -> Iterator[Mail]:
    """Yield what the top sends every week: a notice to everybody, and a word on Sunday evening.

    The notice has too many recipients to be a meeting of minds. Between them, the two see to it
    that the mail covers each week from its first day to its last.
    """
    top, assistant = company.people[:2]
    readers = [person for person in company.people[1:] if person.works_on(monday)]
    on_monday = datetime.combine(monday, time(8, chance.randrange(60)), ZONE)
    yield Mail(on_monday.astimezone(UTC), top.address, tuple(reader.address for reader in readers))
    on_sunday = datetime.combine(monday + timedelta(days=6), time(18, chance.randrange(60)), ZONE)
    yield Mail(on_sunday.astimezone(UTC), top.address, (assistant.address,))


def _address(person: Person, chance: random.Random) -> str:
    """The address that a person writes from; now and then an old one."""
    return person.alias if person.alias and chance.random() < ALIAS_CHANCE else person.address


def _moment(monday: date, chance: random.Random) -> datetime:
    """A time of the working week, in UTC; between 7 and 19 on the company's clocks."""
    day = monday + timedelta(days=chance.choices(range(7), DAY_WEIGHTS)[0])
    seconds = int(chance.triangular(7 * 3600, 19 * 3600, 10.5 * 3600))
    moment = datetime.combine(day, time.min, ZONE) + timedelta(seconds=seconds)
    return moment.astimezone(UTC)


def _later(moment: datetime, chance: random.Random) -> datetime:
    return moment + timedelta(seconds=60 + int(chance.expovariate(1 / 9000)))


def _poisson(mean: float, chance: random.Random) -> int:
    """Draw from a Poisson distribution: events of rate 1 within `mean`."""
    drawn, left = 0, mean - chance.expovariate(1.0)
    while left > 0:
        drawn += 1
        left -= chance.expovariate(1.0)
    return drawn
