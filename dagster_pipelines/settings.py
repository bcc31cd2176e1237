"""`tacit.yml`: what it may say, its defaults, and one sentence for each mistake in it.

Only this module reads the file. Everything else receives a `Settings`.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from dagster_pipelines.errors import UsageError

RANK_BASES = ("line", "grade", "depth")

# The channels of docs/metrics.md, section 2. A generic interaction file may use any of them; one
# that is none of them counts as `pair`.
CHANNELS = (
    "email",
    "meeting",
    "call",
    "chat_direct",
    "chat_thread",
    "reaction",
    "code_review",
    "coauthoring",
    "answer",
    "recognition",
    "feedback",
    "mentoring",
    "learning_session",
    "contact",
    "pair",
)

ROSTER_COLUMNS = (
    "person_id",
    "email",
    "alternate_ids",
    "manager_id",
    "team",
    "department",
    "discipline",
    "location",
    "work_mode",
    "job_level",
    "hired_on",
    "left_on",
    "valid_from",
    "valid_to",
    "snapshot_date",
)

INTERACTION_COLUMNS = (
    "source",
    "target",
    "occurred_at",
    "event_id",
    "channel",
    "minutes",
    "mutual",
    "space",
)


# Python's encodings of other things than files.
_NOT_OF_FILES = ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape")


def _known_zone(name: str) -> str:
    """Return `name` if the time-zone database knows it."""
    if name not in available_timezones():
        raise ValueError("is not a time zone; write an IANA name such as Europe/Warsaw")
    return name


def _lower_domain(domain: str) -> str:
    """Return a mail domain in its canonical ASCII form."""
    try:
        text = domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        text = ""
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text):
        raise ValueError("is not a mail domain; write one such as example.org")
    return text


def _a_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _one_mark(value: Any) -> Any:
    r"""Return the character that a delimiter or quote is; `\t` and `tab` are a tab."""
    mark = {"\\t": "\t", "tab": "\t"}.get(value, value) if isinstance(value, str) else value
    if not (isinstance(mark, str) and len(mark) == 1 and mark.isascii()):
        raise ValueError("is not one ASCII character; write one such as ';' or '\\t'")
    if mark.isalnum() or mark in "\r\n\0":
        raise ValueError("cannot be a letter, a digit or a line end; write one such as ';'")
    return mark


def _a_span(value: Any) -> timedelta | str:
    """Return the time that a number with a unit stands for; `never` is one too."""
    if value == "never":
        return value
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    said = re.fullmatch(r"([1-9][0-9]{0,3})([mhdw])", str(value))
    if said is None:
        raise ValueError("is not a span of time; write one such as 7d, 36h or 90m, or never")
    return timedelta(**{units[said[2]]: int(said[1])})


Mark = Annotated[str, BeforeValidator(_one_mark)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Domain = Annotated[str, AfterValidator(_lower_domain)]
Texts = Annotated[list[str], BeforeValidator(_a_list)]
Scalar = Annotated[str, BeforeValidator(lambda value: str(value))]
Scalars = Annotated[list[Scalar], BeforeValidator(_a_list), Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Span = Annotated[timedelta | Literal["never"], BeforeValidator(_a_span)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Organisation(_Part):
    """The organisation: its name, its one time zone and its own mail domains."""

    name: str = "Organisation"
    timezone: Zone = "UTC"
    domains: list[Domain] = []


class _Source(_Part):
    name: Name
    path: Texts
    expect_every: Span | None = None


class _CsvSource(_Source):
    delimiter: Mark = ","
    quote: Mark = '"'
    encoding: str = "utf-8"
    timezone: Zone | None = None
    exclude: dict[Name, Annotated[dict[str, Scalars], Field(min_length=1)]] = {}

    @model_validator(mode="after")
    def _encoding_is_known(self) -> _CsvSource:
        try:
            "".encode(self.encoding)
            is_text = codecs.lookup(self.encoding).name not in _NOT_OF_FILES
        except (LookupError, ValueError):
            is_text = False
        if not is_text:
            raise ValueError(
                "encoding is not known; write one such as utf-8, utf-16, cp1252 or latin-1"
            )
        return self

    @model_validator(mode="after")
    def _marks_differ(self) -> _CsvSource:
        if self.delimiter == self.quote:
            raise ValueError("delimiter and quote are one character; give each its own")
        return self


class RosterSource(_CsvSource):
    """A CSV roster: who works here, under whom, where and since when.

    `columns` maps our column names to the file's; a column that is not named is looked for under
    our name. `date_format` is a strptime pattern (default ISO 8601). `grades` lists the texts (or
    numbers) of `job_level` from the lowest to the highest. `snapshot_date: file_name` takes the
    one date in the file's name. `derive_units` makes teams and departments from reporting lines.
    """

    format: Literal["roster_csv"]
    columns: dict[str, str] = {}
    date_format: str | None = None
    grades: list[Scalar] | None = None
    snapshot_date: Literal["file_name"] | None = None
    derive_units: bool = False

    @model_validator(mode="after")
    def _columns_are_known(self) -> RosterSource:
        _check_columns(self.columns, ROSTER_COLUMNS)
        if self.grades is not None and len(set(self.grades)) != len(self.grades):
            raise ValueError("grades names one grade twice; list each once, lowest first")
        if self.snapshot_date and "snapshot_date" in self.columns:
            raise ValueError("snapshot_date is given twice; keep the column or file_name")
        return self


class InteractionSource(_CsvSource):
    """A generic CSV of interactions: one row a target of an event.

    `channel` is the channel of every row, unless the file has a `channel` column. `time_format` is
    a strptime pattern, `epoch_s` or `epoch_ms` (default ISO 8601); a time without a zone is in
    `timezone`, by default the organisation's.
    """

    format: Literal["interaction_csv"]
    columns: dict[str, str] = {}
    channel: Literal[CHANNELS] | None = None  # type: ignore[valid-type]
    time_format: str | None = None

    @model_validator(mode="after")
    def _columns_are_known(self) -> InteractionSource:
        _check_columns(self.columns, INTERACTION_COLUMNS)
        if self.channel is not None and "channel" in self.columns:
            raise ValueError("channel is given twice; keep the column or the one channel")
        return self


class SlackSource(_Source):
    """Exports of a Slack workspace: the zip files that Slack makes, or the folders they unpack to.

    They tell the time in UTC and say who has which address; there is nothing to declare.
    """

    format: Literal["slack"]


def _check_columns(columns: dict[str, str], known: tuple[str, ...]) -> None:
    unknown = sorted(set(columns) - set(known))
    if unknown:
        raise ValueError(f"columns has {unknown[0]!r}; it may have {', '.join(known)}")


Source = Annotated[RosterSource | InteractionSource | SlackSource, Field(discriminator="format")]
FORMAT_NAMES = ("roster_csv", "interaction_csv", "slack")


class Coverage(_Part):
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


class Parameters(_Part):
    """The parameters that change numbers; docs/metrics.md says how."""

    interaction_profile: str = "viva"
    tie_window_weeks: Annotated[int, Field(ge=1, le=52)] = 4
    tie_min_interactions: Annotated[int, Field(ge=1, le=1000)] = 2
    tie_requires_reciprocity: bool = False
    rank_bases: list[Literal["line", "grade", "depth"]] = list(RANK_BASES)

    @model_validator(mode="after")
    def _bases_once(self) -> Parameters:
        if len(set(self.rank_bases)) != len(self.rank_bases):
            raise ValueError("rank_bases names a basis twice; list each once")
        return self


class Privacy(_Part):
    """What protects people: the smallest group shown, how long raw data stays, where the key is."""

    min_group_size: Annotated[int, Field(ge=3, le=100)] = 5
    retention_days: Annotated[int, Field(ge=1)] = 730
    key_file: str = "~/.config/tacit/key"
    warehouse_group: str | None = None


class Schedule(_Part):
    """When `tacit up` starts the job, and how a run that nobody watches tries again.

    `cron` is a cron line in the organisation's time zone. A new file starts the job once it has not
    changed for `still_seconds`. A step that failed for what may pass is tried again after
    `retry_seconds`, and once more after twice as long.
    """

    cron: str = "0 4 * * *"
    still_seconds: Annotated[int, Field(ge=0, le=86_400)] = 30
    retry_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30


class Notify(_Part):
    """The command that hears of each run that failed: its words, and how long it may take.

    It is started without a shell, and gets one sentence on its standard input.
    """

    command: Annotated[list[str], Field(min_length=1)]
    timeout_seconds: Annotated[int, Field(ge=1, le=600)] = 30


class _Loader(yaml.SafeLoader):
    """YAML without implicit dates: a date that does not exist is then ours to explain."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Settings(_Part):
    """All of `tacit.yml`; `folder` is where the file stands and relative paths begin."""

    organisation: Organisation = Organisation()
    data_dir: str = "data"
    sources: Annotated[list[Source], Field(min_length=1)]
    coverage: Coverage | None = None
    parameters: Parameters = Parameters()
    privacy: Privacy = Privacy()
    schedule: Schedule = Schedule()
    notify: Notify | None = None
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
        numberless = {"data_dir", "schedule", "notify", "sources", "folder"}
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
        raise UsageError(f"{path}: {_sentence(error, said)}") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8"


def _sentence(error: ValidationError, said: dict[str, Any]) -> str:
    """Say the first mistake as `where: what, and what would be right`."""
    first = error.errors(include_url=False)[0]
    unsaid = (*FORMAT_NAMES, "[key]")
    place = [step for step in first["loc"] if step not in unsaid]
    where = _where(place, said)
    kind, context = first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        what = "is not a setting that exists here; remove it or correct its name"
    elif kind == "missing":
        what = "is missing; add it"
    elif kind == "union_tag_invalid":
        what = f"format is not one that can be read; write one of {context['expected_tags']}"
    elif kind == "union_tag_not_found":
        what = f"has no format; write one of {', '.join(map(repr, FORMAT_NAMES))}"
    elif kind == "string_pattern_mismatch":
        what = "is not a name; write small letters, digits and _, a letter first"
    elif kind == "too_short":
        what = "is empty; fill it or leave it out"
    elif kind == "value_error":
        what = str(context["error"])
    else:
        what = first["msg"][0].lower() + first["msg"][1:]
    return f"{where}: {what}." if where else f"{what}."


def _where(place: list[Any], said: Any) -> str:
    """Name a place in the file; a source is named by its own name."""
    words: list[str] = []
    for step in place:
        if isinstance(step, int):
            said = said[step] if isinstance(said, list) and step < len(said) else None
            name = said.get("name") if isinstance(said, dict) else None
            words.append(f"[{name if isinstance(name, str) else step + 1}]")
        else:
            said = said.get(step) if isinstance(said, dict) else None
            words.append(f".{step}" if words else str(step))
    return "".join(words)
