"""From random numbers back to identifiers, for the operator who has the exports and the key.

Neither vault nor warehouse can be read backwards, so the exports are read once more, by the same
modules that load them, and each identifier is looked up. Nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from dagster_pipelines.checking import open_named
from dagster_pipelines.errors import UsageError
from dagster_pipelines.identifiers import canonical
from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect, vault_path, warehouse_path

_NOBODY = 1
_SCHEMA = pa.schema(
    [
        ("source_name", pa.string()),
        ("identifier", pa.string()),
        ("identifier_id", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Found:
    """What the exports hold: rows of an answer, and how many identifiers are not loaded yet."""

    rows: list[dict[str, Any]]
    not_loaded: int


def everybody(settings: Settings, source_name: str | None = None) -> Found:
    """Find source_name, identifier, person_id and party_kind of all identifiers of the exports."""
    return _answer(settings, source_name, "all")


def unresolved(settings: Settings, source_name: str | None = None) -> Found:
    """Find the organisation's own identifiers that are nobody's: identifier, source_names, id."""
    return _answer(settings, source_name, "unresolved")


def whois(settings: Settings, wanted: int, source_name: str | None = None) -> Found:
    """Find the identifiers of a person, or the one with this id: identifier, source_names."""
    return _answer(settings, source_name, "whois", id=wanted)


def read_identifiers(
    settings: Settings, vault: Vault, source_name: str | None = None
) -> Iterator[tuple[str, str, int | None]]:
    """Yield (source, canonical identifier, identifier_id), each once; None of one not loaded yet.

    Raises
    ------
    UsageError
        No source has this name, a file is missing, or it cannot be read as `tacit.yml` says.
    """
    for source in _sources(settings, source_name):
        listener = _Listener(vault)
        for path in files_of(settings, source):
            _read(settings, source, path, listener)
        for form in sorted(listener.heard):
            yield source.name, form, listener.heard[form]


def _answer(settings: Settings, source_name: str | None, question: str, **parameters: int) -> Found:
    if not (vault_path(settings).exists() and warehouse_path(settings).exists()):
        raise UsageError(f"{settings.data_path}: nothing is loaded here yet; `tacit run` loads.")
    _sources(settings, source_name)
    with Vault.open(settings) as vault:
        read = list(read_identifiers(settings, vault, source_name))
    known = [row for row in read if row[2] is not None]
    table = pa.Table.from_pylist(
        [dict(zip(_SCHEMA.names, row, strict=True)) for row in known], _SCHEMA
    )
    with closing(connect(warehouse_path(settings), read_only=True)) as connection:
        connection.register("read_identifiers", table)
        sql = statements(SQL / "ops" / "identities.sql")[question]
        rows = connection.execute(sql, parameters or None).to_arrow_table().to_pylist()
        connection.unregister("read_identifiers")
    return Found(rows, not_loaded=len(read) - len(known))


def _sources(settings: Settings, source_name: str | None) -> Sequence[Source]:
    if source_name is None:
        return settings.sources
    named = [source for source in settings.sources if source.name == source_name]
    if not named:
        names = ", ".join(source.name for source in settings.sources)
        raise UsageError(f"--source: there is no source {source_name!r}; tacit.yml has {names}.")
    return named


def _read(settings: Settings, source: Source, path: Path, listener: _Listener) -> None:
    """Let a format's module read a file; it asks the listener about each identifier."""
    with open_named(settings, source, path) as reading:
        FORMATS[source.format].listen(source, reading, listener)


class _Listener:
    """Stands in for the vault while a file is read: hears every identifier, stores none."""

    def __init__(self, vault: Vault) -> None:
        self.heard: dict[str, int | None] = {}
        self._vault = vault

    def resolve(self, texts: Sequence[str]) -> list[int]:
        """Note the canonical forms of texts with their ids, as far as they have any."""
        said = {canonical(text).form: text for text in texts}
        new = {form: text for form, text in said.items() if form not in self.heard}
        self.heard.update(zip(new, self._vault.look_up(list(new.values())), strict=True))
        return [_NOBODY] * len(texts)

    def resolve_spaces(self, source_name: str, labels: Sequence[str]) -> list[int]:
        """Let the names of spaces pass: they are nobody's."""
        del source_name
        return [_NOBODY] * len(labels)

    def fingerprint(self, purpose: str, text: str) -> bytes:
        """Return the vault's own fingerprint."""
        return self._vault.fingerprint(purpose, text)
