"""`tacit.yml`: what it may say, its defaults, and one sentence for each mistake in it.

Only this package reads the file. Everything else receives a `Settings`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import Field, ValidationError, model_validator

from dagster_pipelines.errors import UsageError
from dagster_pipelines.settings.columns import CHANNELS, INTERACTION_COLUMNS, ROSTER_COLUMNS
from dagster_pipelines.settings.mistakes import sentence
from dagster_pipelines.settings.sources import (
    FORMAT_NAMES,
    EnrolmentsSource,
    FeedbackSource,
    IdentitiesSource,
    InteractionSource,
    ProgrammesSource,
    RecognitionSource,
    RosterSource,
    SessionsSource,
    SlackSource,
    Source,
    StackExchangeSource,
    TableSource,
)
from dagster_pipelines.settings.values import Domain, Part, PostgresUrl, Profile, Zone

__all__ = [
    "CHANNELS",
    "FORMAT_NAMES",
    "INTERACTION_COLUMNS",
    "RANK_BASES",
    "ROSTER_COLUMNS",
    "Coverage",
    "EnrolmentsSource",
    "FeedbackSource",
    "IdentitiesSource",
    "InteractionSource",
    "Notify",
    "Organisation",
    "Parameters",
    "Privacy",
    "ProgrammesSource",
    "Publish",
    "RecognitionSource",
    "RosterSource",
    "Schedule",
    "SessionsSource",
    "Settings",
    "SlackSource",
    "Source",
    "StackExchangeSource",
    "TableSource",
    "load_settings",
]

RANK_BASES = ("line", "grade", "depth")


class Organisation(Part):
    """The organisation: its name, its one time zone and its own mail domains."""

    name: str = "Organisation"
    timezone: Zone = "UTC"
    domains: list[Domain] = Field(default_factory=list)


class Coverage(Part):
    """The span of dates that replaces the computed coverage, both ends included."""

    from_: Annotated[date, Field(alias="from")]
    to: date

    @model_validator(mode="after")
    def _in_order(self) -> Coverage:
        if self.to < self.from_:
            raise ValueError("ends before it begins; write from <= to")
        return self

    @property
    def whole_weeks(self) -> tuple[date, date]:
        """First Monday and last Sunday of the span widened to whole ISO weeks."""
        first = self.from_ - timedelta(days=self.from_.weekday())
        return first, self.to + timedelta(days=6 - self.to.weekday())


class Parameters(Part):
    """The parameters that change numbers; docs/metrics.md says how."""

    interaction_profile: Profile = "viva"
    tie_window_weeks: Annotated[int, Field(ge=1, le=52)] = 4
    tie_min_interactions: Annotated[int, Field(ge=1, le=1000)] = 2
    tie_requires_reciprocity: bool = False
    rank_bases: Annotated[list[Literal["line", "grade", "depth"]], Field(min_length=1)] = Field(
        default=list(RANK_BASES)
    )

    @model_validator(mode="after")
    def _bases_once(self) -> Parameters:
        if len(set(self.rank_bases)) != len(self.rank_bases):
            raise ValueError("rank_bases names a basis twice; list each once")
        return self


class Privacy(Part):
    """What protects people: the smallest group shown, how long raw data stays, where the key is."""

    min_group_size: Annotated[int, Field(ge=3, le=100)] = 5
    retention_days: Annotated[int, Field(ge=1)] = 730
    key_file: str = "~/.config/tacit/key"
    warehouse_group: str | None = None


class Schedule(Part):
    """When `tacit up` starts the job, and how a run that nobody watches tries again.

    `cron` is a cron line in the organisation's time zone. A new file starts the job once it has not
    changed for `still_seconds`. A step that failed for what may pass is tried again after
    `retry_seconds`, and once more after twice as long.
    """

    cron: str = "0 4 * * *"
    still_seconds: Annotated[int, Field(ge=0, le=86_400)] = 30
    retry_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30


class Notify(Part):
    """The command that hears of each run that failed: its words, and how long it may take.

    It is started without a shell, and gets one sentence on its standard input.
    """

    command: Annotated[list[str], Field(min_length=1)]
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30


class Publish(Part):
    """A PostgreSQL database to which the published tables are copied.

    `postgres` is its URL, without a password. The schema `postgres_schema` shows the current
    generation; the role `postgres_readers`, if there is one, may read it.
    """

    postgres: PostgresUrl
    postgres_schema: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,24}$")] = "tacit"
    postgres_readers: str | None = None


class _Loader(yaml.SafeLoader):
    """YAML without implicit dates: a date that does not exist is then ours to explain."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Settings(Part):
    """All of `tacit.yml`; `folder` is where the file stands and relative paths begin."""

    organisation: Organisation = Organisation()
    data_dir: str = "data"
    sources: Annotated[list[Source], Field(min_length=1)]
    coverage: Coverage | None = None
    parameters: Parameters = Parameters()
    privacy: Privacy = Privacy()
    schedule: Schedule = Schedule()
    notify: Notify | None = None
    publish: Publish | None = None
    folder: Annotated[Path, Field(exclude=True)]

    @model_validator(mode="after")
    def _names_once(self) -> Settings:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"sources: two are named {twice[0]!r}; give each its own name")
        return self

    @property
    def data_path(self) -> Path:
        """Absolute folder of everything that the job writes."""
        return (self.folder / Path(self.data_dir).expanduser()).resolve()

    @property
    def key_path(self) -> Path:
        """Absolute path of the vault's key."""
        return (self.folder / Path(self.privacy.key_file).expanduser()).resolve()

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.organisation.timezone)

    def source_zone(self, source: Source) -> str:
        """Name of the zone in which a time of `source` without one is read."""
        return getattr(source, "timezone", None) or self.organisation.timezone

    @property
    def rosters(self) -> list[RosterSource]:
        """The sources that say who works here."""
        return [source for source in self.sources if isinstance(source, RosterSource)]

    def fingerprint(self) -> str:
        """SHA-256 of everything that changes numbers: parameters, coverage, zone, domains."""
        numberless = {"data_dir", "schedule", "notify", "publish", "sources", "folder"}
        said = self.model_dump(mode="json", exclude=numberless)
        said["privacy"] = {"min_group_size": self.privacy.min_group_size}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def load_settings(path: Path) -> Settings:
    """Read and check `tacit.yml`.

    Raises
    ------
    UsageError
        The file is missing, is not YAML, or says something that it may not.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; `tacit init` writes a commented one.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as UTF-8 text ({_reason(error)}).") from None
    try:
        said = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UsageError(f"{path}{where}: is not valid YAML; check quotes and indents.") from None
    if not isinstance(said, dict):
        raise UsageError(f"{path}: holds no settings; `tacit init` writes a commented example.")
    try:
        return Settings.model_validate({**said, "folder": path.resolve().parent})
    except ValidationError as error:
        raise UsageError(f"{path}: {sentence(error, said)}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8"
