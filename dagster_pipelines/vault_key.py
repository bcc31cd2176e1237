"""The vault's key file: one line `tacit-key-1 <64 hex digits> <check>`, for its owner alone."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import stat
from pathlib import Path

from dagster_pipelines.causes import cause_of
from dagster_pipelines.durable import flush
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.leftovers import draft_prefix

_LINE = re.compile(r"tacit-key-1 ([0-9a-f]{64}) ([0-9a-f]{16})\n?")
_KEY_BYTES = 32
_LONGEST_FILE = 1000


def check_value(key: bytes) -> str:
    """Return what tells this key from another, and tells nothing else about it."""
    return hmac.new(key, b"tacit-key-check", hashlib.sha256).hexdigest()[:16]


def read_key(path: Path) -> bytes | None:
    """Return the key in a file, None where there is no file.

    Raises
    ------
    UsageError
        The file cannot be read, is open to others than its owner, or does not hold a whole key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_LONGEST_FILE).decode("ascii", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(
            f"privacy.key_file: {path} cannot be read ({error.strerror}); name the key's file."
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            f"privacy.key_file: {path} can be read by others than its owner;"
            " `chmod 600` it, and think about who may have seen it."
        )
    line = _LINE.fullmatch(text)
    if line is None or check_value(bytes.fromhex(line.group(1))) != line.group(2):
        raise UsageError(
            f"privacy.key_file: {path} does not hold a whole key; put back the copy of it that"
            " you keep, or name another file."
        )
    return bytes.fromhex(line.group(1))


def make_key(path: Path) -> bytes:
    """Write a new key (0600) and return it; the file is whole from the moment it is there.

    Raises
    ------
    UsageError
        The file cannot be written.
    JobError
        The disk is full.
    """
    key = secrets.token_bytes(_KEY_BYTES)
    draft = path.with_name(f"{draft_prefix(path)}{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"tacit-key-1 {key.hex()} {check_value(key)}\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()
        # The key must outlive a power cut.
        flush(path.parent)
    except OSError as error:
        if why := cause_of(error):
            raise JobError(f"privacy.key_file: {path} cannot be written: {why}.") from None
        raise UsageError(
            f"privacy.key_file: {path} cannot be written ({error.strerror});"
            " name a file in a folder of your own."
        ) from None
    return key
