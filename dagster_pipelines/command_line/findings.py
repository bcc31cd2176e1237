"""What the published numbers say in words, beside what was planted in the simulated company.

The sentences are made of answers to questions in `sql/bi` alone; groups are named as they are
published, persons never. The truth is read only afterwards, to stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster_pipelines.demo.exports import read_truth
from dagster_pipelines.demo.truth import Fact
from dagster_pipelines.publication import current, open_published
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import SQL, statements

Row = dict[str, Any]

APART = 0.3
"""A department hardly meets the others below this share of the median department's contacts."""

SHRUNK = -0.4
"""A change that is worth a sentence."""

PLANTED = {
    "silo": "silo from the beginning",
    "closing_department": "closing",
    "fading_team": "fading away",
}

EFFECT = "cross_team_contacts after 4 weeks"
"""The measure of the facts that stand beside the effects of programmes."""

TENURE_BANDS = {
    "under_26_weeks": "People of under 26 weeks",
    "104_weeks_and_over": "those of two years and more",
}


@dataclass(frozen=True)
class Finding:
    """A sentence on what is published, and one on what was planted that could be its reason."""

    seen: str
    planted: str


def find(settings: Settings, truth: Path) -> list[Finding]:
    """Read the published database and the table of truth; nothing while nothing is published.

    Raises
    ------
    OSError
        There is no table of truth.
    """
    generation = current(settings)
    if generation is None:
        return []
    with closing(open_published(generation)) as connection:

        def answer(question: str) -> list[Row]:
            found = connection.execute(statements(SQL / "bi" / f"{question}.sql")["answer"])
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        apart, changes = answer("departments_apart"), answer("networks_then_and_now")
        compared, effects = answer("groups_compared"), answer("programmes")
    facts = read_truth(truth)
    found = [
        Finding(apart_in_words(apart), _planted(facts, "silo", "closing_department")),
        Finding(closing_in_words(changes), _planted(facts, "closing_department")),
        Finding(shrinking_in_words(changes), _planted(facts, "fading_team")),
        Finding(
            newcomers_in_words(compared),
            "planted: newcomers come to most of their ties after weeks",
        ),
        Finding(
            remote_in_words(compared), "planted: remote people have fewer ties beyond the team"
        ),
    ]
    found += [
        Finding(effect_in_words(row), _planted_effect(facts, row["programme_name"]))
        for row in effects
    ]
    return [finding for finding in found if finding.seen]


def apart_in_words(rows: Sequence[Row]) -> str:
    """Say which departments hardly meet the others.

    >>> row = {"inside_share": 0.98, "median_department_contacts": 2.0}
    >>> apart_in_words([{"department": "Sales", "cross_department_contacts": 0.2, **row}])
    'Sales hardly meets others: 0.2 contacts in other departments; the median department has 2.0.'
    """
    found = {row["department"]: row["cross_department_contacts"] for row in _apart(rows)}
    if not found:
        return ""
    median = rows[0]["median_department_contacts"]
    meets = "meets" if len(found) == 1 else "meet"
    numbers = listed(f"{value:.1f}" for value in found.values())
    return (
        f"{listed(found)} hardly {meets} others: {numbers} contacts in other departments;"
        f" the median department has {median:.1f}."
    )


def closing_in_words(changes: Sequence[Row]) -> str:
    """Say which department lost most of its contacts in others; not one that hardly had any.

    >>> change = {"metric": "cross_department_contacts", "segment_type": "department"}
    >>> change |= {"segment_value": "Law", "value_then": 2.0, "value_now": 0.5}
    >>> closing_in_words([{**change, "relative_change": -0.75}])
    'Law has closed up: its people had 2.0 contacts in other departments, and have 0.5 now.'
    """
    then = [row["value_then"] for row in _of(changes, "cross_department_contacts", "organisation")]
    least = APART * then[0] if then and then[0] else 0.0
    for row in _of(changes, "cross_department_contacts", "department"):
        if row["relative_change"] <= SHRUNK and row["value_then"] >= least:
            return (
                f"{row['segment_value']} has closed up: its people had {row['value_then']:.1f}"
                f" contacts in other departments, and have {row['value_now']:.1f} now."
            )
    return ""


def shrinking_in_words(changes: Sequence[Row]) -> str:
    """Say which team's networks shrank most.

    >>> change = {"metric": "network_size", "segment_type": "team", "segment_value": "Red"}
    >>> change |= {"value_then": 8.0, "value_now": 2.0, "relative_change": -0.75}
    >>> shrinking_in_words([change])
    'The networks of team Red shrank from 8.0 to 2.0 contacts.'
    """
    for row in _of(changes, "network_size", "team"):
        if row["relative_change"] <= SHRUNK:
            return (
                f"The networks of team {row['segment_value']} shrank from {row['value_then']:.1f}"
                f" to {row['value_now']:.1f} contacts."
            )
    return ""


def newcomers_in_words(rows: Sequence[Row]) -> str:
    """Say how many contacts newcomers have, and the tenured."""
    return _compared(rows, "tenure_band", TENURE_BANDS)


def remote_in_words(rows: Sequence[Row]) -> str:
    """Say how many contacts remote people have, and those at the office."""
    return _compared(rows, "work_mode", {"remote": "Remote people", "office": "people at offices"})


def effect_in_words(row: Row) -> str:
    """Say what changed with a programme; nothing where the error is not known.

    >>> row = {"programme_name": "Guild", "effect": 1.52, "interval_low": 0.4}
    >>> effect_in_words({**row, "interval_high": 2.6})
    'Guild goes with +1.5 contacts in other teams after 4 weeks (95 %: +0.4 to +2.6).'
    >>> effect_in_words({**row, "interval_low": -0.4, "interval_high": 3.4})
    'Guild goes with no clear change in other teams after 4 weeks (95 %: -0.4 to +3.4).'
    """
    low, high = row["interval_low"], row["interval_high"]
    if low is None or high is None:
        return ""
    is_clear = low > 0 or high < 0
    change = f"{row['effect']:+.1f} contacts" if is_clear else "no clear change"
    return (
        f"{row['programme_name']} goes with {change} in other teams after 4 weeks"
        f" (95 %: {low:+.1f} to {high:+.1f})."
    )


def not_published(facts: Sequence[Fact]) -> list[str]:
    """Say what is planted too and is not to be seen in what is published: single people.

    Units are named, persons are not.
    """
    said = []
    for fact in facts:
        if fact.fact == "bridged_teams":
            said.append(f"one person alone joins the teams {fact.subject}, up to {fact.until}")
        if fact.fact == "dominant_person":
            said.append(f"one person writes {fact.expected:.0%} of a channel".replace("%", " %"))
    return said


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    words = list(words)
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _apart(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        contacts, median = row["cross_department_contacts"], row["median_department_contacts"]
        if contacts is not None and median and contacts < APART * median:
            yield row


def _of(changes: Sequence[Row], metric: str, segment_type: str) -> list[Row]:
    """The changes of one measure and kind of group that are known, the steepest fall first."""
    return [
        row
        for row in changes
        if (row["metric"], row["segment_type"]) == (metric, segment_type)
        and row["relative_change"] is not None
    ]


def _compared(rows: Sequence[Row], segment_type: str, groups: dict[str, str]) -> str:
    size = {
        row["segment_value"]: row["network_size"]
        for row in rows
        if row["segment_type"] == segment_type and row["network_size"] is not None
    }
    if not groups.keys() <= size.keys():
        return ""
    (one, one_in_words), (other, other_in_words) = groups.items()
    return (
        f"{one_in_words} work with {size[one]:.1f} people on average,"
        f" {other_in_words} with {size[other]:.1f}."
    )


def _planted_effect(facts: Sequence[Fact], programme: str) -> str:
    """Say what a programme brought about, which its effect would find in a perfect study."""
    for fact in facts:
        if (fact.fact, fact.subject, fact.measure) == ("programme_effect", programme, EFFECT):
            return f"planted: {fact.expected:+.1f}"
    return "planted: nothing of the kind"


def _planted(facts: Sequence[Fact], *kinds: str) -> str:
    """Say in which units something of these kinds is planted, and since when."""
    said = []
    for kind in kinds:
        planted = [fact for fact in facts if fact.fact == kind]
        if planted:
            begins = f" from {planted[0].since} on" if planted[0].expected == "falls" else ""
            subjects = listed(fact.subject for fact in planted)
            said.append(f"{subjects}, {PLANTED[kind]}{begins}")
    return f"planted: {'; '.join(said) or 'nothing of the kind'}"
