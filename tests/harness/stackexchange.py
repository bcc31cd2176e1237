"""Dumps of a question site in a few lines, and rows of `raw.stackexchange_posts` by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.harness.company import Company, number_of

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
SITE = "questions"
MOST_POSTS = 12


def question(number: int, owner: int | str | None = None, **said: Any) -> dict[str, str]:
    """A question of a user, so many `minutes` after MONDAY."""
    return _post(number, owner, {"PostTypeId": 1, "Title": "Why?", "Tags": "<work>"}, said)


def answer(
    number: int, to: int | str, owner: int | str | None = None, **said: Any
) -> dict[str, str]:
    """A user's answer to a question, so many `minutes` after MONDAY."""
    return _post(number, owner, {"PostTypeId": 2, "ParentId": to}, said)


def _post(
    number: int, owner: int | str | None, kind: Mapping[str, Any], said: dict[str, Any]
) -> dict[str, str]:
    created = MONDAY + timedelta(minutes=said.pop("minutes", number))
    post = {"Id": number, **kind, "CreationDate": stamp(created), "Body": "<p>&amp; so</p>\n"}
    post |= {} if owner is None else {"OwnerUserId": owner}
    return {name: str(value) for name, value in {**post, **said}.items()}


def stamp(moment: datetime) -> str:
    """A time as a dump writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def a_dump(*posts: Mapping[str, str], root: str = "posts") -> str:
    """The text of `Posts.xml`: the first post stands on line 3."""
    rows = [
        "  <row " + " ".join(f"{name}={quoteattr(text)}" for name, text in post.items()) + " />"
        for post in posts
    ]
    head = '\ufeff<?xml version="1.0" encoding="utf-8"?>'
    return "\r\n".join([head, f"<{root}>", *rows, f"</{root}>"])


def question_site(**said: Any) -> dict[str, Any]:
    """The source `questions`."""
    return {"name": SITE, "format": "stackexchange", "path": "Posts.xml", **said}


def posts(
    company: Company, ids: Mapping[str, int], runs: int, chance: Random
) -> Iterator[dict[str, Any]]:
    """Rows of `raw.stackexchange_posts`: questions that come late, versions, deleted accounts."""
    who = [ids[name] for name in company.identifiers]
    first = min((record.occurred_at for record in company.interactions), default=None)
    if first is None:
        return
    events = [number_of(f"post {n}", bits=52) for n in range(chance.randrange(MOST_POSTS))]
    for event in events:
        thread = chance.choice((event, event, *events))
        occurred_at = first + timedelta(hours=chance.randrange(24 * 40))
        author = chance.choice((*who, None))
        for version in range(chance.choice((1, 1, 2, 3))):
            is_deleted = author is None or chance.random() < 0.2
            file = 10 + chance.randrange(runs)
            yield {
                "record_id": event,
                "version_key": chance.choice((0, version)),
                "content_hash": number_of(f"{event} {version} {file} post", bits=52),
                "file_id": file,
                "line_number": 3,
                "source_name": SITE,
                "event_id": event,
                # Rarely, an answer is moved to another question.
                "thread_id": thread if chance.random() < 0.9 else chance.choice(events),
                "space_identifier_id": 1 + number_of(SITE, bits=52),
                "author_identifier_id": chance.choice((*who, None)) if is_deleted else author,
                "author_kind": "deleted" if is_deleted else "account",
                "is_question": thread == event,
                "occurred_at": occurred_at.astimezone(UTC).replace(tzinfo=None),
            }
