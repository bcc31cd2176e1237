"""Exports that a test writes, and what the loader makes of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster_pipelines.checking import open_named
from dagster_pipelines.landing import Landing, Receipt, unbalanced_files
from dagster_pipelines.manifest import UnbalancedFile
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources.paths import files_of
from dagster_pipelines.staging import stage_file
from dagster_pipelines.vault import Vault
from dagster_pipelines.warehouse import connect, connect_in_memory, warehouse_path

NOW = datetime(2026, 7, 1, 12)  # noqa: DTZ001 (times in raw are UTC and have no zone)
"""The time of every run that does not say its own."""

FORMATS = ("roster_csv", "interaction_csv", "slack", "stackexchange")


def a_company(folder: Path, *sources: Mapping[str, Any], **said: Any) -> Settings:
    """Settings with these sources, everything that is stored below `folder`."""
    return Settings.model_validate(
        {
            "folder": folder,
            "data_dir": "data",
            "privacy": {"key_file": "key"},
            "sources": list(sources),
            **said,
        }
    )


def a_roster(**said: Any) -> dict[str, Any]:
    """The source `hr`."""
    return {"name": "hr", "format": "roster_csv", "path": "hr.csv", **said}


def some_mail(**said: Any) -> dict[str, Any]:
    """The source `mail`."""
    return {"name": "mail", "format": "interaction_csv", "path": "mail.csv", **said}


@dataclass(frozen=True)
class Staged:
    """What one file holds: its good rows by line, the reasons of the others by line."""

    rows: dict[int, dict[str, Any]]
    rejected: dict[int, str]
    records: int


def staged(settings: Settings, now: datetime = NOW) -> Staged:
    """The only file of the first source, exported at `now`, read without storing."""
    source = settings.sources[0]
    [path] = files_of(settings, source)
    moment = now.replace(tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    with closing(connect_in_memory()) as connection, Vault.transient(settings) as vault:
        with open_named(settings, source, path) as reading:
            found = stage_file(connection, settings, source, reading, vault, now)
        table = f"staged_{source.format}_rows"
        rows = connection.table(table).to_arrow_table().to_pylist()
    rejected = found.rejected_table().to_pylist()
    return Staged(
        {row.pop("line_number"): row for row in rows},
        {row["position"]: row["reason"] for row in rejected},
        found.records,
    )


@dataclass(frozen=True)
class Landed:
    """What a run stored."""

    settings: Settings
    receipts: Mapping[str, Receipt]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a question of the warehouse."""
        with closing(connect(warehouse_path(self.settings), read_only=True)) as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        """The only value of the answer to a question of the warehouse."""
        [[value]] = self.rows(query)
        return value

    def unbalanced(self) -> list[UnbalancedFile]:
        """The files that break the law of conservation."""
        with closing(connect(warehouse_path(self.settings), read_only=True)) as connection:
            return unbalanced_files(connection)

    def ids(self, *texts: str) -> list[int | None]:
        """The ids of identifiers."""
        with Vault.open(self.settings) as vault:
            return vault.look_up(texts)

    def party(self, text: str) -> list[Any] | None:
        """Person, kind and basis of an identifier."""
        [identifier_id] = self.ids(text)
        rows = self.rows("select * exclude (changed_at) from raw.identity_map")
        return {one: party for one, *party in rows}.get(identifier_id)


def landed(settings: Settings, run_id: str = "run", now: datetime = NOW) -> Landed:
    """Load everything, as a run does."""
    landing = Landing(settings, run_id, now=now)
    landing.preflight()
    landing.declare()
    receipts = {name: landing.load(name) for name in FORMATS}
    receipts["identity_map"] = landing.map_identities()
    return Landed(settings, receipts)


def mail_of(*lines: str, header: str = "source,target,occurred_at") -> str:
    """The text of an interaction file."""
    return "".join(f"{line}\n" for line in (header, *lines))


def write_all(folder: Path, files: Mapping[str, str | bytes | Sequence[str]]) -> None:
    """Write files below a folder; a list of texts is lines."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            path.write_text("".join(f"{line}\n" for line in content), encoding="utf-8")
