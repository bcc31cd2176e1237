"""What is kept of a row of `Posts.xml`: who asked or answered, when, and to which question.

Text, title, tags and votes go no further. A site knows its users by numbers; those of an account
that was deleted are gone, and the name under which its posts are shown may be left. (The columns
are those of the data dump's own description, at meta.stackexchange.com/questions/2677.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from dagster_pipelines.identifiers import trim
from dagster_pipelines.sources.csv_layout import FIELD_LIMIT
from dagster_pipelines.sources.reasons import FIELD_TOO_LONG
from dagster_pipelines.sources.xml_rows import XmlRow

ACCOUNT, BOT, DELETED = AUTHOR_KINDS = ("account", "bot", "deleted")
"""What the author of a post is: an account, the site's own, or one that there is no more."""

OTHER_POST = "other_post"
"""The rule that leaves out what is neither question nor answer: wikis of tags, nominations …"""

BAD_ID = "bad_id"
BAD_POST_TYPE = "bad_post_type"
NO_QUESTION = "no_question"

_QUESTION, _ANSWER = "1", "2"
_NUMBER = re.compile(r"[0-9]{1,18}")
_ACCOUNT_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?", re.ASCII)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the dump's times are UTC and do not say so


@dataclass(frozen=True, slots=True)
class Post:
    """A question or an answer.

    `number` is the post's, `question` that of the question that it is or answers. `author` is what
    the vault is to hear, None where nothing is known of the author. Times are microseconds since
    1970 in UTC; `edited` is 0 for what never was.
    """

    line: int
    number: int
    question: int
    is_question: bool
    author: str | None
    author_kind: str
    created: int
    edited: int


class UnusableError(Exception):
    """A row cannot be used; `reason` is one of `reasons.SENTENCES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_other(row: XmlRow) -> bool:
    """Whether a row says that it is neither question nor answer."""
    post_type = row.attributes.get("PostTypeId", "")
    return _NUMBER.fullmatch(post_type) is not None and post_type not in (_QUESTION, _ANSWER)


def post_of(row: XmlRow, source_name: str) -> Post:
    """Return the post that a row is.

    Raises
    ------
    UnusableError
        An id, a time, the kind of the post or the question that it answers is missing or none.
    """
    said = row.attributes
    number = _number(said, "Id", BAD_ID)
    if said.get("PostTypeId") not in (_QUESTION, _ANSWER):
        raise UnusableError(BAD_POST_TYPE)
    is_question = said["PostTypeId"] == _QUESTION
    question = number if is_question else _number(said, "ParentId", NO_QUESTION)
    created = _micros(said.get("CreationDate", ""))
    edited = _micros(said["LastEditDate"]) if said.get("LastEditDate") else 0
    author, author_kind = _author(said, source_name)
    return Post(row.line, number, question, is_question, author, author_kind, created, edited)


def check_time(post: Post, earliest: datetime, latest: datetime) -> None:
    """Refuse a post that was written before `earliest`, or at `latest` or after it.

    Raises
    ------
    UnusableError
        It was.
    """
    if post.created < _micros_since_1970(earliest):
        raise UnusableError("before_1990")
    if post.created >= _micros_since_1970(latest):
        raise UnusableError("in_the_future")


def _author(said: Mapping[str, str], source_name: str) -> tuple[str | None, str]:
    """Return by what the vault is to know the author, and what the author is.

    Numbers and names are those of one site alone, so that they stand behind its source's name:
    `questions:5` is no employee 5, nor user 5 of another site. A name is no account's any more; it
    is quoted as in an address of the web, lest it be taken for an address of mail.
    """
    account = said.get("OwnerUserId", "")
    if account:
        if not _ACCOUNT_NUMBER.fullmatch(account):
            raise UnusableError(BAD_ID)
        # What no user wrote is written by the site itself, whose number is -1.
        return f"{source_name}:{int(account)}", BOT if int(account) < 0 else ACCOUNT
    name = trim(said.get("OwnerDisplayName", ""))
    if len(name) > FIELD_LIMIT:
        raise UnusableError(FIELD_TOO_LONG)
    return (f"{source_name}:name:{quote(name, safe='')}" if name else None), DELETED


def _number(said: Mapping[str, str], name: str, reason: str) -> int:
    written = said.get(name, "")
    if not _NUMBER.fullmatch(written):
        raise UnusableError(reason)
    return int(written)


def _micros(written: str) -> int:
    """Return a time as microseconds since 1970."""
    found = _TIME.fullmatch(written)
    try:
        second = datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        second = None
    if found is None or second is None:
        raise UnusableError("bad_time")
    return _micros_since_1970(second) + int((found[2] or "")[:6].ljust(6, "0"))


def _micros_since_1970(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
