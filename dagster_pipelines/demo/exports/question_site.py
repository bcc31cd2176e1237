"""Dumps of the question site as Stack Exchange writes them, in zip files.

A dump holds all posts of the site so far, so that the second repeats the first; some have been
edited meanwhile, and the accounts of people who had left by the first are gone. What is neither
question nor answer, a post of the site's own account, a question whose author's account was deleted
long ago, and posts that cannot be used are among them. The texts are invented and short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from dagster_pipelines.demo import names
from dagster_pipelines.demo.clocks import DAY, HOUR, day_number
from dagster_pipelines.demo.company import Company
from dagster_pipelines.demo.dirt import Tally
from dagster_pipelines.demo.events import ANSWER
from dagster_pipelines.demo.exports.files import write_zip
from dagster_pipelines.demo.scale import FIRST_MONDAY

SOURCE = "questions"

EDITED_SHARE = 0.1
MEAN_HOURS_TO_EDIT = 100.0

_FIRST_USER = 12
_FIRST_ODD_POST = 1_000_001
_NEVER = np.iinfo(np.int64).max

Post = dict[str, str]


def account_of(person: int) -> str:
    """What the roster calls a person's account: the source's name, and the number of the user."""
    return f"{SOURCE}:{_user(person)}"


def write(company: Company, folder: Path) -> Tally:
    """Write the dumps of the site and count what is to become of their records."""
    tally = Tally(SOURCE)
    site = _Site.of(company)
    seen: dict[str, tuple[str | None, ...]] = {}
    ends = _ends(company.staff.weeks)
    for number, stop in enumerate(ends, start=1):
        posts = [*site.posts(stop, gone_by=ends[0] if number > 1 else 0), *_of_nobody()]
        _count(posts, tally, seen)
        unusable = list(_unusable())
        tally.records += len(unusable)
        tally.quarantined.update(reason for reason, _ in unusable)
        rows = [*posts, *(post for _, post in unusable)]
        members = {"Posts.xml": _xml("posts", rows), "Users.xml": _xml("users", site.users(stop))}
        write_zip(folder / f"site-{number}.zip", members, FIRST_MONDAY + timedelta(weeks=stop))
    return tally


def _ends(weeks: int) -> list[int]:
    """The weeks before which the dumps were made: two, or one where there are few weeks."""
    return [weeks] if weeks < 4 else [weeks // 2, weeks]


@dataclass(frozen=True)
class _Site:
    """The site as it is dumped: its posts are events, in order; `edited_at` is one for each."""

    company: Company
    events: np.ndarray
    edited_at: np.ndarray

    @classmethod
    def of(cls, company: Company) -> _Site:
        """Draw which posts are edited, and when."""
        events = np.flatnonzero(company.events.channel == ANSWER)
        chance = company.scale.stream("edits of posts")
        delay = chance.exponential(MEAN_HOURS_TO_EDIT * HOUR, len(events)).astype(np.int64) + 60
        is_edited = chance.random(len(events)) < EDITED_SHARE
        edited_at = np.where(is_edited, company.events.at[events] + delay, _NEVER)
        return cls(company, events, edited_at)

    def posts(self, stop: int, gone_by: int) -> Iterator[Post]:
        """Yield the posts up to a week, without the accounts of who had left by another."""
        events = self.company.events
        cutoff = (day_number(FIRST_MONDAY) + 7 * stop) * DAY
        _, last = self.company.staff.first_and_last()
        number = {event: place for place, event in enumerate(self.events.tolist(), start=1)}
        for event, edited_at in zip(self.events.tolist(), self.edited_at.tolist(), strict=True):
            at, author, question = (
                int(column[event]) for column in (events.at, events.source, events.thread)
            )
            if at >= cutoff:
                return
            yield {
                "Id": str(number[event]),
                **_kind(event, number[question], is_question=event == question),
                "CreationDate": _time(at),
                "Score": "1",
                "Body": f"<p>{_text(event, names.STATEMENTS)}</p>\n",
                **_owner(author, is_gone=bool(last[author] <= gone_by)),
                **({"LastEditDate": _time(edited_at)} if edited_at < cutoff else {}),
            }

    def users(self, stop: int) -> Iterator[Post]:
        """Yield the users up to a week, by name; nobody reads these."""
        first, _ = self.company.staff.first_and_last()
        for person in self.company.staff.people:
            if first[person.number] < stop:
                yield {"Id": str(_user(person.number)), "DisplayName": person.name}


def _user(person: int) -> int:
    return _FIRST_USER + person


def _owner(person: int, *, is_gone: bool) -> Post:
    """Say whose a post is; of a deleted account a name is left, made of its number."""
    if is_gone:
        return {"OwnerDisplayName": f"user{_user(person)}"}
    return {"OwnerUserId": str(_user(person))}


def _kind(event: int, question: int, *, is_question: bool) -> Post:
    if not is_question:
        return {"PostTypeId": "2", "ParentId": str(question)}
    return {"PostTypeId": "1", "Title": _text(event, names.QUESTIONS), "Tags": "<work>"}


def _of_nobody() -> Iterator[Post]:
    """Yield a tag's wiki, an answer by the site itself, and what is left of a deleted account."""
    post = {"CreationDate": _time(day_number(FIRST_MONDAY) * DAY + 9 * HOUR), "Body": "<p>…</p>"}
    of_the_site = {"OwnerUserId": "-1"}
    for number, said in enumerate(
        (
            {"PostTypeId": "5", **of_the_site},
            {"PostTypeId": "4", **of_the_site},
            {"PostTypeId": "2", "ParentId": "1", **of_the_site},
            {"PostTypeId": "1", "OwnerDisplayName": "user7", "Title": names.QUESTIONS[0]},
        ),
        start=_FIRST_ODD_POST,
    ):
        yield {"Id": str(number), **said, **post}


def _unusable() -> Iterator[tuple[str, Post]]:
    """Yield posts that cannot be used, each with the reason that the job must give."""
    post = {"Id": "1999999", "OwnerUserId": str(_FIRST_USER), "Body": "<p>…</p>"}
    asked = {"CreationDate": _time(day_number(FIRST_MONDAY) * DAY + 9 * HOUR)}
    yield "no_question", {**post, **asked, "PostTypeId": "2"}
    yield "bad_time", {**post, "CreationDate": "2025-02-30T09:00:00.000", "PostTypeId": "1"}


def _count(posts: Iterable[Post], tally: Tally, seen: dict[str, tuple[str | None, ...]]) -> None:
    """Count what becomes of posts; what an earlier dump said just so is a duplicate.

    `seen` holds what dumps said of each post: whose it is, and when it was edited.
    """
    for post in posts:
        said = tuple(post.get(name) for name in ("OwnerUserId", "OwnerDisplayName", "LastEditDate"))
        tally.records += 1
        if post["PostTypeId"] not in ("1", "2"):
            tally.excluded["other_post"] += 1
        elif seen.get(post["Id"]) == said:
            tally.duplicate += 1
        seen[post["Id"]] = said


def _xml(root: str, rows: Iterable[Post]) -> str:
    """Return rows as Stack Exchange writes them, byte order mark included."""
    lines = (
        "  <row " + " ".join(f"{name}={quoteattr(text)}" for name, text in row.items()) + " />"
        for row in rows
    )
    head = '\ufeff<?xml version="1.0" encoding="utf-8"?>'
    return "\n".join([head, f"<{root}>", *lines, f"</{root}>"])


def _text(event: int, texts: tuple[str, ...]) -> str:
    return texts[event % len(texts)]


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000")
