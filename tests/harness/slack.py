"""Slack exports in a few lines: a zip file or a folder, as Slack lays it out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MONDAY = 1_772_445_600
"""2 March 2026, 10:00 UTC, in seconds since 1970."""


def user(user_id: str, **said: Any) -> dict[str, Any]:
    """An element of users.json; `email` goes where Slack has it."""
    email = said.pop("email", None)
    profile = {"email": email, "real_name": "Somebody"} if email else {"real_name": "Somebody"}
    return {"id": user_id, "team_id": "T1", "name": "somebody", "profile": profile, **said}


def channel(channel_id: str, name: str, *members: str, **said: Any) -> dict[str, Any]:
    """An element of channels.json or of another list of conversations."""
    return {"id": channel_id, "name": name, "members": list(members), **said}


def message(author: str | None, seconds: int = 0, **said: Any) -> dict[str, Any]:
    """A message, so many seconds after MONDAY."""
    text = {"type": "message", "text": "", "ts": ts(seconds)}
    return text | ({"user": author} if author else {}) | said


def ts(seconds: int) -> str:
    """The `ts` of a message so many seconds after MONDAY."""
    return f"{MONDAY + seconds}.000100"


def an_export(
    users: Sequence[Any] = (),
    channels: Sequence[Any] = (),
    messages: Mapping[str, Sequence[Any]] | None = None,
    **lists: Sequence[Any],
) -> dict[str, str]:
    """The files of an export: `messages` by folder, and other lists (groups, dms, mpims)."""
    files = {"users.json": json.dumps(list(users)), "channels.json": json.dumps(list(channels))}
    files |= {f"{name}.json": json.dumps(list(elements)) for name, elements in lists.items()}
    for folder, said in (messages or {}).items():
        files[f"{folder}/2026-03-02.json"] = json.dumps(list(said))
    return files


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a zip; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def slack_source(**said: Any) -> dict[str, Any]:
    """The source `chat`."""
    return {"name": "chat", "format": "slack", "path": "slack.zip", **said}
