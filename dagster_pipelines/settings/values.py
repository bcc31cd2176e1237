"""What a setting may be: texts, marks, zones, domains and spans, each with its own sentence."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dagster_pipelines.sqlfiles import repository


def _known_zone(name: str) -> str:
    """Return `name` if the time-zone database knows it."""
    if name not in available_timezones():
        raise ValueError("is not a time zone; write an IANA name such as Europe/Warsaw")
    return name


def _known_profile(name: str) -> str:
    """Return `name` if the seed of interaction profiles has rows of it."""
    seed = repository() / "dbt_project" / "seeds" / "interaction_profiles.csv"
    with seed.open(encoding="utf-8", newline="") as lines:
        names = {row["interaction_profile"] for row in csv.DictReader(lines)}
    if name not in names:
        raise ValueError(
            f"is not a profile of dbt_project/seeds/{seed.name}; write one of"
            f" {', '.join(sorted(names))}, or add its rows there"
        )
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


def _without_password(url: str) -> str:
    """Return the address of a PostgreSQL database that holds no password."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("postgresql", "postgres") and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError(
            "is not the address of a PostgreSQL database; write one such as"
            " postgresql://tacit@db.example.org:5432/learning"
        )
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise ValueError(
            "holds a password; leave it out, and put it into PGPASSWORD or ~/.pgpass of the"
            " account that runs tacit"
        )
    return url


Mark = Annotated[str, BeforeValidator(_one_mark)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Profile = Annotated[str, AfterValidator(_known_profile)]
Domain = Annotated[str, AfterValidator(_lower_domain)]
Texts = Annotated[list[str], BeforeValidator(_a_list)]
Scalar = Annotated[str, BeforeValidator(lambda value: str(value))]
Scalars = Annotated[list[Scalar], BeforeValidator(_a_list), Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PostgresUrl = Annotated[str, AfterValidator(_without_password)]
Span = Annotated[timedelta | Literal["never"], BeforeValidator(_a_span)]


class Part(BaseModel):
    """A part of `tacit.yml`: it says nothing else, and does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
