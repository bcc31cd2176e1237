"""The sources that `tacit.yml` may name: a format each, and what is to be said of it."""

from __future__ import annotations

import codecs
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from dagster_pipelines.settings.columns import (
    CHANNELS,
    ENROLMENT_COLUMNS,
    FEEDBACK_COLUMNS,
    IDENTITY_COLUMNS,
    INTERACTION_COLUMNS,
    PROGRAMME_COLUMNS,
    RECOGNITION_COLUMNS,
    ROSTER_COLUMNS,
    SESSION_COLUMNS,
)
from dagster_pipelines.settings.values import Mark, Name, Part, Scalar, Scalars, Span, Texts, Zone

# Python's encodings of other things than files.
_NOT_OF_FILES = ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape")


class _Source(Part):
    name: Name
    path: Texts
    expect_every: Span | None = None


class _CsvSource(_Source):
    delimiter: Mark = ","
    quote: Mark = '"'
    encoding: str = "utf-8"
    timezone: Zone | None = None
    exclude: dict[Name, Annotated[dict[str, Scalars], Field(min_length=1)]] = Field(
        default_factory=dict
    )

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


class TableSource(_CsvSource):
    """Files in CSV of which the columns are declared: each format says which there may be.

    `columns` maps our column names to the file's; a column that is not named is looked for under
    our name.
    """

    known_columns: ClassVar[tuple[str, ...]]
    columns: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _columns_are_known(self) -> TableSource:
        _check_columns(self.columns, self.known_columns)
        return self


class RosterSource(TableSource):
    """A CSV roster: who works here, under whom, where and since when.

    `date_format` is a strptime pattern (default ISO 8601). `grades` lists the texts (or
    numbers) of `job_level` from the lowest to the highest. `snapshot_date: file_name` takes the
    one date in the file's name. `derive_units` makes teams and departments from reporting lines.
    """

    known_columns = ROSTER_COLUMNS
    format: Literal["roster_csv"]
    date_format: str | None = None
    grades: list[Scalar] | None = None
    snapshot_date: Literal["file_name"] | None = None
    derive_units: bool = False

    @model_validator(mode="after")
    def _said_once(self) -> RosterSource:
        if self.grades is not None and len(set(self.grades)) != len(self.grades):
            raise ValueError("grades names one grade twice; list each once, lowest first")
        if self.snapshot_date and "snapshot_date" in self.columns:
            raise ValueError("snapshot_date is given twice; keep the column or file_name")
        return self


class InteractionSource(TableSource):
    """A generic CSV of interactions: one row a target of an event.

    `channel` is the channel of every row, unless the file has a `channel` column. `time_format` is
    a strptime pattern, `epoch_s` or `epoch_ms` (default ISO 8601); a time without a zone is in
    `timezone`, by default the organisation's.
    """

    known_columns = INTERACTION_COLUMNS
    format: Literal["interaction_csv"]
    channel: Literal[CHANNELS] | None = None  # type: ignore[valid-type]
    time_format: str | None = None

    @model_validator(mode="after")
    def _said_once(self) -> InteractionSource:
        if self.channel is not None and "channel" in self.columns:
            raise ValueError("channel is given twice; keep the column or the one channel")
        return self


class RecognitionSource(TableSource):
    """Kudos: who thanked whom. `time_format` as in a file of interactions."""

    known_columns = RECOGNITION_COLUMNS
    format: Literal["recognition_csv"]
    time_format: str | None = None


class FeedbackSource(TableSource):
    """Feedback among peers, anonymous or not. `time_format` as in a file of interactions."""

    known_columns = FEEDBACK_COLUMNS
    format: Literal["feedback_csv"]
    time_format: str | None = None


class ProgrammesSource(TableSource):
    """Programmes for learning. `date_format` as in a roster."""

    known_columns = PROGRAMME_COLUMNS
    format: Literal["programmes_csv"]
    date_format: str | None = None


class EnrolmentsSource(TableSource):
    """Who takes part in which programme. `date_format` as in a roster."""

    known_columns = ENROLMENT_COLUMNS
    format: Literal["enrolments_csv"]
    date_format: str | None = None


class SessionsSource(TableSource):
    """Sessions, a row for each person. `time_format` as in a file of interactions."""

    known_columns = SESSION_COLUMNS
    format: Literal["sessions_csv"]
    time_format: str | None = None


class IdentitiesSource(TableSource):
    """Which identifiers are whose: an identity file."""

    known_columns = IDENTITY_COLUMNS
    format: Literal["identities_csv"]


class SlackSource(_Source):
    """Exports of a Slack workspace: the zip files that Slack makes, or the folders they unpack to.

    They tell the time in UTC and say who has which address; there is nothing to declare.
    """

    format: Literal["slack"]


class StackExchangeSource(_Source):
    """Dumps of one question site, as Stack Exchange writes them: `Posts.xml`, its folder, or a zip.

    They tell the time in UTC and know users by numbers, which are this source's alone: what a
    roster calls `questions:5` is user 5 of the source `questions`.
    """

    format: Literal["stackexchange"]


def _check_columns(columns: dict[str, str], known: tuple[str, ...]) -> None:
    unknown = sorted(set(columns) - set(known))
    if unknown:
        raise ValueError(f"columns has {unknown[0]!r}; it may have {', '.join(known)}")


Source = Annotated[
    RosterSource
    | InteractionSource
    | RecognitionSource
    | FeedbackSource
    | ProgrammesSource
    | EnrolmentsSource
    | SessionsSource
    | IdentitiesSource
    | SlackSource
    | StackExchangeSource,
    Field(discriminator="format"),
]
FORMAT_NAMES = (
    "roster_csv",
    "interaction_csv",
    "recognition_csv",
    "feedback_csv",
    "programmes_csv",
    "enrolments_csv",
    "sessions_csv",
    "identities_csv",
    "slack",
    "stackexchange",
)
