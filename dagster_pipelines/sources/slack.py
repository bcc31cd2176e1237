"""Slack exports: a zip file, or the folder that it unpacks to.

Read are the lists of users and conversations and each conversation's messages by day; everything
else in an export (logs of integrations, canvases, files) is left alone. A record is an element of
one of those lists. Ids and times are texts and stay exact: a message is known by its conversation
and its `ts`, never by a float. No text, name or emoji is kept; the name of a public channel is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings import Settings, SlackSource
from dagster_pipelines.sources.archives import Archive, Member, MemberError, Rejected, open_archive
from dagster_pipelines.sources.batches import Batch, rejected_table
from dagster_pipelines.sources.closing import Closing
from dagster_pipelines.sources.json_records import JsonArray, read_array
from dagster_pipelines.sources.slack_tables import (
    CONVERSATIONS,
    USERS,
    listed_table,
    message_table,
    moment,
)
from dagster_pipelines.sources.slack_text import said_in
from dagster_pipelines.sources.times import limits_of_time
from dagster_pipelines.vault import Vault

FORMAT = "slack"
TABLES = {
    "slack_messages": (
        "Messages of Slack exports: who wrote, where, in which thread, whom it mentions, "
        "who reacted. No text."
    ),
    "slack_conversations": (
        "Channels and direct conversations of Slack exports, and their members."
    ),
    "slack_users": "Accounts of Slack exports and the addresses behind them, as identifiers.",
}
KIND = "json"
IS_REGISTER = False

CONVERSATION_LISTS = {
    "channels.json": "public_channel",
    "groups.json": "private_channel",
    "dms.json": "direct",
    "mpims.json": "group_direct",
}
USER_LISTS = ("users.json", "org_users.json")

# What people write. Everything else that has a subtype is Slack's own voice: joins, topics,
# archiving, pins. Its texts name people who did not speak.
_OF_PEOPLE = (None, "file_share", "me_message", "thread_broadcast")
_OF_BOTS = ("bot_message", "slackbot_response")
_SLACKBOT = "USLACKBOT"

_DAY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_ID = re.compile(r"[A-Z][A-Z0-9]{2,40}")
_TIMESTAMP = re.compile(r"(\d{1,11})(?:\.(\d{1,6})\d*)?")
_ROWS_IN_A_BATCH = 50_000

BAD_ID = "bad_id"
NO_AUTHOR = "no_author"


@dataclass(frozen=True)
class _Place:
    """Where a record stands."""

    member: int
    position: int

    def rejected(self, reason: str) -> tuple[int, str, str]:
        """Return a row of REJECTED."""
        said = f"member {self.member}, record {self.position}"
        return (self.member << 32) + self.position, said, reason


class SlackReading(Closing):
    """One pass over one export; it satisfies `batches.Reading`."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.bytes_read = 0
        self.records_counted = 0

    def close(self) -> None:
        """Let go of the file."""
        self.archive.close()

    @property
    def size_on_disk(self) -> int:
        """Bytes of the members together: what `bytes_read` comes to."""
        return sum(member.size for member in self.archive.members)

    @property
    def size(self) -> int:
        """Bytes of the zip file, or of the folder's files together."""
        return self.archive.size

    @property
    def sha256(self) -> str:
        """Hash of the zip file, or of the folder's names and contents."""
        return self.archive.sha256

    @property
    def exported_at(self) -> datetime:
        """When the export was last written, in UTC without saying so."""
        return self.archive.exported_at

    def array(self, member: Member) -> JsonArray:
        """Read a member and count its records.

        Raises
        ------
        MemberError
            The member cannot be read; it counts as one record.
        """
        self.bytes_read += member.size
        try:
            array = read_array(self.archive.read(member))
        except MemberError:
            self.records_counted += 1
            raise
        self.records_counted += array.count
        return array


def open_file(source: SlackSource, path: Path, where: str) -> SlackReading:
    """Open an export.

    Raises
    ------
    UsageError
        It is no zip file and no folder, cannot be read, or is no export of Slack.
    """
    del source
    archive = open_archive(path, where)
    names = {member.name for member in archive.members}
    if not names & {*USER_LISTS, *CONVERSATION_LISTS} and not any(map(_is_day_file, names)):
        archive.close()
        raise UsageError(
            f"{where} is no export of Slack: it has neither channels.json nor a conversation's"
            " days (general/2026-03-02.json); name the zip file that Slack made, or its folder."
        )
    return SlackReading(archive)


def sha256_of(path: Path, where: str) -> str:
    """Return the hash by which an export is known, without reading what is in it."""
    with open_archive(path, where) as archive:
        return archive.sha256


def load_parameters() -> dict[str, Any]:
    """Return what the SQL section `load` needs to know."""
    return {}


def listen(source: SlackSource, reading: SlackReading, vault: Vault) -> None:
    """Read an export for its identifiers alone; the vault hears each of them."""
    for _ in _Export(source, reading, vault, (moment(0), moment(1 << 62))).batches():
        pass


def batches(
    settings: Settings, source: SlackSource, reading: SlackReading, vault: Vault, now: datetime
) -> Iterator[Batch]:
    """Yield the messages of an export, then its conversations and users."""
    return _Export(source, reading, vault, limits_of_time(settings, now)).batches()


def _is_day_file(name: str) -> bool:
    path = PurePosixPath(name)
    return len(path.parts) == 2 and _DAY_FILE.fullmatch(path.name) is not None


@dataclass
class _Listed:
    """The elements of the lists of an export, each with its place and the kind of its list."""

    users: list[tuple[_Place, str, dict[str, Any]]] = field(default_factory=list)
    conversations: list[tuple[_Place, str, dict[str, Any]]] = field(default_factory=list)


class _Export:
    """One export on its way into rows."""

    def __init__(
        self,
        source: SlackSource,
        reading: SlackReading,
        vault: Vault,
        limits: tuple[datetime, datetime],
    ) -> None:
        self._source = source
        self._reading = reading
        self._vault = vault
        self._earliest, self._latest = limits
        self._ids: dict[str, int] = {}
        self._space_ids: dict[str, int] = {}
        self._rejected: list[tuple[int, str, str]] = []
        self._excluded: Counter[str] = Counter()
        self._last_ts = 0

    def batches(self) -> Iterator[Batch]:
        """Yield everything; the lists come last, dated by the last message."""
        archive = self._reading.archive
        for rejected in archive.rejected:
            self._reading.records_counted += 1
            self._reject_member(rejected)
        listed = self._listed()
        self._resolve_all(listed)
        folders = self._folders(listed)
        teams = {str(user["team_id"]) for _, _, user in listed.users if user.get("team_id")}
        messages: list[dict[str, Any]] = []
        for member in archive.members:
            if _is_day_file(member.name):
                folder = PurePosixPath(member.name).parts[0]
                messages += self._messages(member, folders.get(folder, f"name:{folder}"), teams)
            if len(messages) >= _ROWS_IN_A_BATCH:
                yield self._batch({"slack_messages": message_table(messages)})
                messages = []
        archive.check_unchanged()
        yield self._batch(
            {
                "slack_messages": message_table(messages),
                "slack_conversations": self._conversation_table(listed),
                "slack_users": self._user_table(listed),
            }
        )

    def _batch(self, rows: dict[str, pa.Table]) -> Batch:
        """Return a batch with what was rejected and excluded since the last one."""
        batch = Batch(rows, rejected_table(self._rejected), self._excluded)
        self._rejected, self._excluded = [], Counter()
        return batch

    def _reject_member(self, member: Rejected) -> None:
        self._rejected.append((member.number << 32, f"member {member.number}", member.reason))

    def _array(self, member: Member) -> Iterator[tuple[_Place, dict[str, Any]]]:
        """Yield the elements of a member that can be read; note those that cannot."""
        try:
            array = self._reading.array(member)
        except MemberError as error:
            self._reject_member(error.rejected)
            return
        self._rejected += [
            _Place(member.number, position).rejected(reason) for position, reason in array.rejected
        ]
        for position, record in array.records:
            yield _Place(member.number, position), record

    def _listed(self) -> _Listed:
        """Return the elements of the lists of users and conversations that have a usable id."""
        listed = _Listed()
        for member in self._reading.archive.members:
            kind = CONVERSATION_LISTS.get(member.name)
            if kind is None and member.name not in USER_LISTS:
                continue
            into = listed.users if kind is None else listed.conversations
            for place, element in self._array(member):
                if _is_id(element.get("id")):
                    into.append((place, kind or _kind_of_user(element), element))
                else:
                    self._rejected.append(place.rejected(BAD_ID))
        return listed

    def _resolve_all(self, listed: _Listed) -> None:
        """Let the vault hear what the lists name in two calls: one each would take minutes."""
        named = {user["id"] for _, _, user in listed.users}
        named |= {email for _, _, user in listed.users if (email := _email_of(user)) is not None}
        for _, _, conversation in listed.conversations:
            named |= {one for one in _list(conversation.get("members")) if _is_id(one)}
        ids = sorted(named)
        self._ids = dict(zip(ids, self._vault.resolve(ids), strict=True))
        keys = sorted({conversation["id"] for _, _, conversation in listed.conversations})
        spaces = self._vault.resolve_spaces(self._source.name, keys)
        self._space_ids = dict(zip(keys, spaces, strict=True))

    def _folders(self, listed: _Listed) -> dict[str, str]:
        """Return the id of the conversation whose messages lie in each folder."""
        folders = {}
        for _, _, conversation in listed.conversations:
            folders[conversation["id"]] = conversation["id"]
            if isinstance(conversation.get("name"), str):
                folders[conversation["name"]] = conversation["id"]
        return folders

    def _messages(self, member: Member, key: str, teams: set[str]) -> Iterator[dict[str, Any]]:
        space_id = self._space_id(key)
        for place, message in self._array(member):
            rule = _rule_that_excludes(message)
            if rule is not None:
                self._excluded[rule] += 1
                continue
            written = _micros(message.get("ts"))
            reason = self._reason(message, written)
            if reason is not None or written is None:
                self._rejected.append(place.rejected(reason or "bad_time"))
                continue
            self._last_ts = max(self._last_ts, written)
            yield self._row(place, message, space_id, written, teams)

    def _reason(self, message: dict[str, Any], written: int | None) -> str | None:
        """Return why a message cannot be used."""
        if written is None:
            return "bad_time"
        occurred_at = moment(written)
        if occurred_at < self._earliest:
            return "before_1990"
        if occurred_at >= self._latest:
            return "in_the_future"
        return None if _is_id(message.get("user")) else NO_AUTHOR

    def _row(
        self,
        place: _Place,
        message: dict[str, Any],
        space_id: int,
        written: int,
        teams: set[str],
    ) -> dict[str, Any]:
        said = said_in(message)
        author = message["user"]
        of_team = message.get("user_team") or message.get("team")
        edited = message.get("edited")
        return {
            "version_key": (_micros(edited.get("ts")) if isinstance(edited, dict) else 0) or 0,
            "member_number": place.member,
            "position": place.position,
            "space_identifier_id": space_id,
            "written": written,
            "thread_written": _micros(message.get("thread_ts")) or written,
            "author_identifier_id": self._user_id(author),
            "is_author_foreign": bool(teams) and isinstance(of_team, str) and of_team not in teams,
            "mentioned_identifier_ids": sorted(map(self._user_id, said.mentioned)),
            "reacting_identifier_ids": sorted(map(self._user_id, _reacting(message))),
            "has_unknown_group": said.has_group,
            "is_question": said.is_question,
            "text_length": said.length,
        }

    def _user_id(self, user: str) -> int:
        if user not in self._ids:
            [self._ids[user]] = self._vault.resolve([user])
        return self._ids[user]

    def _space_id(self, key: str) -> int:
        if key not in self._space_ids:
            [self._space_ids[key]] = self._vault.resolve_spaces(self._source.name, [key])
        return self._space_ids[key]

    def _conversation_table(self, listed: _Listed) -> pa.Table:
        rows = []
        for place, kind, conversation in listed.conversations:
            name = conversation.get("name")
            if kind == "public_channel" and conversation.get("is_private"):
                kind = "private_channel"
            is_public = kind == "public_channel"
            members = {one for one in _list(conversation.get("members")) if _is_id(one)}
            rows.append(
                {
                    "place": (place.member, place.position),
                    "space_identifier_id": self._space_id(conversation["id"]),
                    "kind": "private_channel"
                    if kind == "public_channel" and not is_public
                    else kind,
                    "label": name if is_public and isinstance(name, str) else None,
                    "member_identifier_ids": sorted(map(self._user_id, members)),
                }
            )
        return listed_table(rows, self._last_ts, CONVERSATIONS)

    def _user_table(self, listed: _Listed) -> pa.Table:
        rows = []
        for place, kind, user in listed.users:
            email = _email_of(user)
            rows.append(
                {
                    "place": (place.member, place.position),
                    "user_identifier_id": self._user_id(user["id"]),
                    "email_identifier_id": None if email is None else self._ids[email],
                    "kind": kind,
                }
            )
        return listed_table(rows, self._last_ts, USERS)


def _rule_that_excludes(message: dict[str, Any]) -> str | None:
    """Return the rule by which a message is left out."""
    if message.get("type", "message") != "message":
        return "no_message"
    subtype = message.get("subtype")
    if subtype in _OF_BOTS or message.get("user") == _SLACKBOT:
        return "bot_message"
    if subtype is None and message.get("bot_id") and not message.get("user"):
        return "bot_message"
    return None if subtype in _OF_PEOPLE else "system_message"


def _email_of(user: dict[str, Any]) -> str | None:
    profile = user.get("profile")
    email = profile.get("email") if isinstance(profile, dict) else None
    return email if isinstance(email, str) and "@" in email else None


def _kind_of_user(user: dict[str, Any]) -> str:
    if user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == _SLACKBOT:
        return "bot"
    return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") else "member"


def _reacting(message: dict[str, Any]) -> Iterator[str]:
    """Yield who reacted, once for each emoji."""
    for reaction in _list(message.get("reactions")):
        if isinstance(reaction, dict):
            yield from (one for one in _list(reaction.get("users")) if _is_id(one))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _micros(written: Any) -> int | None:
    """Return a Slack timestamp as microseconds since 1970, None of what is none."""
    found = _TIMESTAMP.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        return None
    return int(found.group(1)) * 1_000_000 + int((found.group(2) or "").ljust(6, "0"))
