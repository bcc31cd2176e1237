"""What numbers, kinds, reasons and times are called on a screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from dagster_pipelines.command_line.console import number
from dagster_pipelines.sources.reasons import SENTENCES

# Which numbers of the organisation are shown, in words, and whether they are shares.
HEADLINES = {
    ("network_size", "median"): ("people whom somebody works with, median", False),
    ("cross_team_share", "mean"): ("of those are in another team, mean", True),
    ("departments_reached", "mean"): ("other departments reached, mean", False),
    ("lifting_interactions", "mean"): ("interactions a week with people higher up, mean", False),
    ("lifting_beyond_manager", "mean"): ("of those beyond one's own manager, mean", False),
    ("isolated_share", "share"): ("have one contact or none", True),
}

PARTIES = {
    "internal_unknown": (
        "identifier of your own that is nobody's",
        "identifiers of your own that are nobody's",
    ),
    "external": ("external", "externals"),
    "bot": ("bot", "bots"),
    "room": ("room", "rooms"),
    "list": ("mailing list", "mailing lists"),
}


# What a finding is about, one of them and several, and what was made of it.
FINDINGS = {
    "manager_dropped": (
        ("person on the roster", "people on the roster"),
        "the manager is not on it, or manages in a circle; that link is left out",
    ),
    "manager_is_oneself": (
        ("person on the roster", "people on the roster"),
        "reports to oneself; that link is left out",
    ),
    "overlapping_rows": (
        ("person on the roster", "people on the roster"),
        "several rows hold on one day; the one that begins last counts",
    ),
    "row_holds_on_no_day": (
        ("person on the roster", "people on the roster"),
        "a row ends on or before its beginning; it holds on no day",
    ),
    "claimed_by_several": (
        ("identifier", "identifiers"),
        "rosters or identity files give it to several people; it is nobody's",
    ),
    "identity_not_followed": (
        ("identifier", "identifiers"),
        "an identity file gives it to nobody on the roster, or it is another's key; left as it is",
    ),
    "programme_not_listed": (
        ("programme", "programmes"),
        "enrolments or sessions name it, and no list of programmes does; its type is not known",
    ),
    "programme_told_differently": (
        ("programme", "programmes"),
        "lists say different things of it; one of them is taken",
    ),
    "stray": (
        ("event", "events"),
        "13 or more weeks of silence part it from the others; it counts in no number",
    ),
    "no_whole_window": (
        ("week is covered", "weeks are covered"),
        "fewer than tie_window_weeks in tacit.yml; so nobody is measured yet",
    ),
    "covered_without_events": (
        ("week of the coverage in tacit.yml", "weeks of the coverage in tacit.yml"),
        "before the first or after the last event; nothing happens in it",
    ),
    "ranks_not_used": (
        ("person on the roster", "people on the roster"),
        "no basis of rank_bases in tacit.yml compares anybody, though the roster has ranks",
    ),
}


# Why a date is computed anew.
CHANGES = {
    "context": "other threads or conversations",
    "file": "records that came or were corrected",
    "identity": "other people behind identifiers",
    "roster": "another roster",
}

# Why everything is computed.
WHOLE = {
    "first": "it is the first build",
    "unfinished": "the build before was not finished",
    "code": "the models are other ones",
    "parameter": "parameters, sources or the code are other ones",
}


# What is said of a source that does not deliver as expected.
LATENESS = {
    "late": "is late: no new file came within the time in which one is expected.",
    "overdue": "is overdue: no new file came within twice the time in which one is expected.",
}


def reason_in_words(reason: str) -> str:
    """Return why a record was not loaded, as the end of a sentence."""
    sentence = SENTENCES.get(reason, reason.replace("_", " ").capitalize() + ".")
    return sentence[0].lower() + sentence[1:]


def since(moment: datetime | None) -> str:
    """Write a time of day in UTC with its distance from now."""
    if moment is None:
        return "-"
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    days = (datetime.now(UTC) - moment).days
    ago = {0: "today", 1: "yesterday"}.get(days, f"{number(days)} days ago")
    if days < 0:
        ago = "later than this machine's clock"
    return f"{moment:%Y-%m-%d} ({ago})"


def written(day: date) -> str:
    """Write a date in words.

    >>> written(date(2026, 3, 2))
    '2 March 2026'
    """
    return f"{day.day} {day:%B %Y}"


def shortest(path: Path) -> str:
    """Write a path as seen from here if that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def listed(words: list[str]) -> str:
    """Write a list.

    >>> listed(["mail", "chat", "hr"])
    'mail, chat and hr'
    """
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
