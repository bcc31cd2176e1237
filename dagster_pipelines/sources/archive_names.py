"""From the names in a zip or folder to those of members: numbered, and only where they are clear.

Nothing is ever written under these names. They are refused all the same where another program
might read them as another place or another file: what this project and what a person sees in the
export must be one thing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dagster_pipelines.sources import archive_reasons as reasons
from dagster_pipelines.sources.archive_entries import FOLDER_LIMIT, Entry

_NAME_BYTES = 4096
_PART_BYTES = 255
_DRIVE = re.compile(r"[A-Za-z]:")
# Half a surrogate pair stands for bytes that are no text.
_BAD_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What systems leave behind in folders; no exporter writes it.
_LITTER_FOLDER = "__MACOSX"
_LITTER_FILES = (".DS_Store", "Thumbs.db")


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry with its number (from 1, by name) and its name below the export's root.

    The name has forward slashes and composed accents (NFC). With a `reason` it may not be read.
    """

    number: int
    name: str
    entry: Entry
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Named:
    entry: Entry
    parts: tuple[str, ...]
    reason: str | None


def is_litter(raw_name: str) -> bool:
    """Return whether the name is that of a file which systems leave behind in folders."""
    parts = _parts(raw_name)
    return bool(parts) and (parts[0] == _LITTER_FOLDER or parts[-1] in _LITTER_FILES)


def listed(entries: Iterable[Entry]) -> list[Listed]:
    """Return the entries, numbered by name, each with the reason why it may not be read, if any.

    If all whose names are good lie below one top folder, that folder is the root.
    """
    named = []
    for entry in entries:
        parts = _parts(entry.raw_name)
        named.append(_Named(entry, parts, _reason_of_name(entry.raw_name, parts)))
    good = [name for name in named if name.reason is None]
    root = 1 if _have_one_top(good) else 0
    exact = Counter("/".join(name.parts[root:]) for name in good)
    alike = Counter(_folded("/".join(name.parts[root:])) for name in good)

    found: list[tuple[str, Entry, str | None]] = []
    for name in named:
        if name.reason is not None:
            found.append((name.entry.raw_name, name.entry, name.reason))
            continue
        below_root = "/".join(name.parts[root:])
        if exact[below_root] > 1:
            reason = reasons.DUPLICATE_NAME
        elif alike[_folded(below_root)] > 1:
            reason = reasons.AMBIGUOUS_NAME
        elif len(name.parts) - root - 1 > FOLDER_LIMIT:
            reason = reasons.TOO_DEEP
        else:
            reason = name.entry.reason
        found.append((unicodedata.normalize("NFC", below_root), name.entry, reason))
    found.sort(key=lambda item: (item[0], item[1].position))
    return [Listed(number, *item) for number, item in enumerate(found, start=1)]


def displayable(name: str) -> str:
    """Return the name without characters that a terminal would obey or could not show."""
    return _BAD_CHARACTER.sub("\ufffd", name)


def _parts(raw_name: str) -> tuple[str, ...]:
    # Some zip programs of Windows write backslashes, some others begin with `./`.
    parts = raw_name.replace("\\", "/").split("/")
    return tuple(part for part in parts if part not in ("", "."))


def _reason_of_name(raw_name: str, parts: Sequence[str]) -> str | None:
    if not parts or _BAD_CHARACTER.search(raw_name):
        return reasons.BAD_NAME
    if raw_name.startswith(("/", "\\")) or _DRIVE.match(raw_name):
        return reasons.ABSOLUTE_NAME
    if ".." in parts:
        return reasons.PARENT_IN_NAME
    is_long = len(raw_name.encode()) > _NAME_BYTES
    if is_long or any(len(part.encode()) > _PART_BYTES for part in parts):
        return reasons.NAME_TOO_LONG
    return None


def _have_one_top(names: Sequence[_Named]) -> bool:
    tops = {name.parts[0] for name in names}
    return len(tops) == 1 and all(len(name.parts) > 1 for name in names)


def _folded(name: str) -> str:
    """Return what names have in common that differ in case or normalisation only."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", "".join(map(_folded_letter, name)))


def _folded_letter(letter: str) -> str:
    # Letter by letter: `ß` and `ss` are two spellings, and not two cases of one.
    folded = letter.casefold()
    return folded if len(folded) == 1 else letter.lower()
