"""Two hundred readers that poll the publication during a hundred promotions.

Every table of a publication bears its number in every row. A reader opens `current/tacit.duckdb` by
the link, as a BI tool does, and reads all tables; then the Parquet files of the folder that the
link leads to. What it reads must be of one publication, and not of an older one than before.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dagster_pipelines import publication
from dagster_pipelines.restating.record import forget
from dagster_pipelines.settings import Settings
from dagster_pipelines.warehouse import warehouse_path
from faults import victims
from faults.companies import Victim

PAUSES_SECONDS = (3.0, 9.0)
# Faster than any schedule, slow enough that three generations last for one poll.
SECONDS_A_PROMOTION = 1.0

PLANTED = {
    "release": "events",
    "data_quality": "events",
    "segment_weeks": "value",
    "unit_pair_weeks": "value",
    "metric_definitions": "label",
}
"""The column of each published table that bears the publication's number."""


@dataclass
class Reading:
    """What all readers did: polls, publications seen, polls begun again, seconds, what was wrong.

    A poll is begun again when three promotions have passed since it looked where the link leads.
    """

    readers: int = 0
    promotions: int = 0
    polls: int = 0
    seen: int = 0
    begun_again: int = 0
    median_seconds: float = 0.0
    longest_seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def campaign(
    victim: Victim, readers: int, promotions: int, seed: int, say: Callable[[str], None]
) -> Reading:
    """Promote again and again under readers; return what they saw."""
    settings = victim.settings
    log = victim.folder / "promotion.log"
    # A fork of a process that has a database open would share its memory of it.
    victims.run(lambda _: _promote(settings, 0), log)
    first = publication.current(settings)
    assert first  # noqa: S101 - it has just been published
    published = publication.published_path(settings)
    done = Reading(readers, promotions)
    patient = _start(lambda said: _hold(first, said))
    children = [
        _start(lambda said, number=number: _poll(published, f"{seed}/{number}", said))
        for number in range(readers)
    ]
    for number in range(1, promotions + 1):
        began = time.monotonic()
        _promote(settings, number)
        time.sleep(max(0.0, SECONDS_A_PROMOTION - (time.monotonic() - began)))
    time.sleep(PAUSES_SECONDS[1])
    answers = [_answer_of(*child) for child in children]
    if _answer_of(*patient)["seen"] != ["0"]:
        done.problems.append("who kept an old publication open lost it")
    if promotions >= publication.GENERATIONS_KEPT and first.exists():
        done.problems.append("more generations are kept than three")
    seconds = [one for answer in answers for one in answer["seconds"]]
    done.polls = len(seconds)
    done.seen = len({one for answer in answers for one in answer["seen"]})
    done.begun_again = sum(answer["begun_again"] for answer in answers)
    done.median_seconds, done.longest_seconds = statistics.median(seconds), max(seconds)
    done.problems += sorted({one for answer in answers for one in answer["problems"]})
    say(f" readers: {done.polls} polls of {done.seen} publications, {len(done.problems)} problems")
    return done


def _promote(settings: Settings, number: int) -> Path:
    with closing(duckdb.connect(str(warehouse_path(settings)))) as connection:
        for table, column in PLANTED.items():
            connection.execute(f"update bi.{table} set {column} = ?", [number])  # noqa: S608 - ours
    # The people behind have not changed: without this what was published would stay.
    forget(settings)
    return publication.promote(publication.write_candidate(settings, f"run{number}"))


def _numbers(connection: duckdb.DuckDBPyConnection, relation: str = "bi.{table}") -> set[str]:
    """Return the numbers that the rows of all tables bear."""
    asked = " union ".join(
        f"select distinct {column}::double::bigint::varchar from {relation.format(table=table)}"  # noqa: S608 - ours
        for table, column in PLANTED.items()
    )
    return {row[0] for row in connection.execute(asked).fetchall()}


def _start(work: Callable[[int], None]) -> tuple[int, int]:
    """Fork a reader; return its number and where it will answer."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            work(said)
        finally:
            os._exit(1)
    os.close(said)
    return child, heard


def _answer_of(child: int, heard: int) -> dict[str, Any]:
    os.kill(child, signal.SIGTERM)
    with os.fdopen(heard) as reader:
        answer = json.loads(reader.read())
    os.waitpid(child, 0)
    return answer


def _told() -> list[int]:
    """Return what is empty until SIGTERM comes; so it is heard between two polls only."""
    heard: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    return heard


def _hold(generation: Path, said: int) -> None:
    """Open one publication and keep it open until told; then read it."""
    is_told = _told()
    with closing(publication.open_published(generation)) as connection:
        while not is_told:
            time.sleep(0.05)
        seen = sorted(_numbers(connection))
    os.write(said, json.dumps({"seen": seen}).encode())
    os._exit(0)


def _poll(published: Path, seed: str, said: int) -> None:
    """Poll until told, then answer and end."""
    is_told, chance = _told(), random.Random(seed)
    answer: dict[str, Any] = {"seconds": [], "seen": [], "begun_again": 0, "problems": []}
    newest = -1
    while not is_told:
        began = time.monotonic()
        try:
            for number in (_poll_database(published), _poll_parquet(published, answer)):
                if number < newest:
                    answer["problems"].append("an older publication after a newer one")
                newest = max(newest, number)
        except (duckdb.Error, OSError, ValueError) as error:
            answer["problems"].append(f"{type(error).__name__}: {error}")
        answer["seconds"].append(time.monotonic() - began)
        answer["seen"].append(newest)
        until = time.monotonic() + chance.uniform(*PAUSES_SECONDS)
        while not is_told and time.monotonic() < until:
            time.sleep(0.05)
    answer["seen"] = sorted(set(answer["seen"]))
    os.write(said, json.dumps(answer).encode())
    os._exit(0)


def _poll_database(published: Path) -> int:
    path = published / publication.CURRENT / publication.DATABASE
    with closing(
        duckdb.connect(str(path), read_only=True, config={"threads": 1, "memory_limit": "200MB"})
    ) as connection:
        return _only(_numbers(connection))


def _poll_parquet(published: Path, answer: dict[str, Any]) -> int:
    while True:
        folder = (published / publication.CURRENT).resolve()
        try:
            with closing(duckdb.connect(config={"threads": 1})) as connection:
                return _only(_numbers(connection, f"read_parquet('{folder}/{{table}}.parquet')"))
        except duckdb.Error:
            if folder.exists():
                raise
            answer["begun_again"] += 1


def _only(numbers: set[str]) -> int:
    """Return the one number.

    Raises
    ------
    ValueError
        There are several: the tables are of different publications.
    """
    if len(numbers) != 1:
        raise ValueError(f"mixed: {sorted(numbers)}")
    [number] = numbers
    return int(number)
