"""A question site's dump in plain Python, by docs/metrics.md alone: people, events, space."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from .model import Event, RosterRow, Space

QUESTION, ANSWER = "1", "2"


def posts_of(folder: Path) -> dict[str, dict[str, str]]:
    """The questions and answers of a dump, by their ids."""
    tree = ElementTree.parse(folder / "Posts.xml")
    rows = (row.attrib for row in tree.getroot())
    return {row["Id"]: row for row in rows if row["PostTypeId"] in (QUESTION, ANSWER)}


def author_of(post: dict[str, str], source: str) -> str:
    """Who wrote a post: an account, or the name that is left of one."""
    if "OwnerUserId" in post:
        return f"{source}:{post['OwnerUserId']}"
    return f"{source}:name:{post['OwnerDisplayName']}"


def site_of(source: str) -> Space:
    """The one space of a dump. Section 7: "A question site has the name of its source"."""
    return Space(source, "question_site")


def always_valid(folder: Path, source: str) -> list[RosterRow]:
    """A roster of people who are valid on every day; nothing else is known of them."""
    authors = {author_of(post, source) for post in posts_of(folder).values()}
    return [RosterRow(author) for author in sorted(authors)]


def events_of(folder: Path, source: str) -> Iterator[Event]:
    """The events of a dump.

    Section 2: "an answer to a question | the two | answerer with asker". Section 1: "Every […]
    question […] is an event, also when it pairs nobody". Section 7: "questions of question sites",
    each with its answers.
    """
    posts = posts_of(folder)
    for number, post in posts.items():
        author = author_of(post, source)
        asked = posts.get(post.get("ParentId", ""))
        targets = {author_of(asked, source)} if asked else set()
        when = datetime.fromisoformat(post["CreationDate"]).replace(tzinfo=UTC)
        yield Event(
            f"post {number}",
            "answer",
            author,
            targets,
            when,
            space=source,
            thread=post.get("ParentId", number),
            is_reply="ParentId" in post,
            is_question=post["PostTypeId"] == QUESTION,
        )
