"""Damage on purpose: bits flipped in what is published, in the warehouse and in the vault.

Of the publication any damage must be noticed, named and mended by the next run. Of the warehouse
and the vault, whatever is read must be right: either it is refused with a sentence, or the bit lay
where nothing is stored.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dagster_pipelines import publication, summary
from dagster_pipelines.causes import DAMAGED
from dagster_pipelines.errors import JobError
from dagster_pipelines.landing import Landing
from dagster_pipelines.settings import Settings
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.warehouse import vault_path, warehouse_path
from faults import stages, victims, whole_runs
from faults.comparison import (
    WITH_TABLES,
    differences,
    published_hashes,
    shortcomings_of_publication,
    warehouse_hashes,
)
from faults.kills import States


@dataclass
class Damages:
    """How often a kind of damage was done, how often it was noticed, and what went wrong."""

    kind: str
    done: int = 0
    noticed: int = 0
    problems: list[str] = field(default_factory=list)


def flip(file: Path, chance: random.Random) -> None:
    """Flip one bit anywhere in a file."""
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    _write(file, bytes(content))


def cut(file: Path, chance: random.Random) -> None:
    """Cut a file short anywhere."""
    content = file.read_bytes()
    _write(file, content[: chance.randrange(len(content))])


def delete(file: Path, _: random.Random) -> None:
    """Delete a file."""
    file.unlink()


def exchange(file: Path, chance: random.Random) -> None:
    """Exchange what two files hold."""
    others = [path for path in sorted(file.parent.iterdir()) if path != file]
    other = chance.choice(others)
    content = file.read_bytes()
    _write(file, other.read_bytes())
    _write(other, content)


_FILE = re.compile(r"tacit\.duckdb|\w+\.parquet|SHA256SUMS")

KINDS = {"bit flipped": flip, "cut short": cut, "deleted": delete, "exchanged": exchange}


def of_publication(
    states: States, rounds: int, seed: int, say: Callable[[str], None]
) -> list[Damages]:
    """Damage each published file by each kind, `rounds` times; let every kind be mended once."""
    _, expected = states.publications
    tallies = []
    for kind, damage in KINDS.items():
        tally, chance = Damages(f"published file {kind}"), random.Random(f"{seed}/{kind}")
        tallies.append(tally)
        names = sorted(path.name for path in _published(states).iterdir())
        for name in names:
            for _ in range(rounds if kind != "deleted" else 1):
                victim = states.stock.copy(states.published, "victim", "newer")
                generation = publication.current(victim.settings)
                assert generation  # noqa: S101 - it has published
                damage(generation / name, chance)
                tally.done += 1
                _look(tally, victim.settings, generation, name)
        status, printed = whole_runs.run(victim, "status")
        if status != 1 or "Damaged:" not in printed or "Traceback" in printed:
            tally.problems.append(f"`tacit status` ended with {status}")
        victims.run(stages.publish(victim.settings), states.log)
        generation = publication.current(victim.settings)
        assert generation  # noqa: S101 - it has published
        tally.problems += differences(published_hashes(generation), expected)
        say(f" {tally.kind}: {tally.noticed} of {tally.done} noticed")
    return tallies


def of_databases(
    states: States, rounds: int, seed: int, say: Callable[[str], None]
) -> list[Damages]:
    """Flip bits in the warehouse and in the vault, one at a time, and load."""
    tallies = []
    expected = warehouse_hashes(states.published.settings, WITH_TABLES)
    for name, path_of in (("warehouse", warehouse_path), ("vault", vault_path)):
        tally, chance = Damages(f"bit flipped in the {name}"), random.Random(f"{seed}/{name}")
        tallies.append(tally)
        for _ in range(rounds):
            victim = states.stock.copy(states.published, "victim", "newer")
            flip(path_of(victim.settings), chance)
            tally.done += 1
            said = _said_by_load(victim.settings, states.log)
            tally.noticed += DAMAGED in said
            if said and DAMAGED not in said:
                tally.problems.append(f"said: {said.strip().splitlines()[-1]}")
            if not said:
                tally.problems += _wrong_without_a_word(victim.settings, expected)
            tally.problems += shortcomings_of_publication(victim.settings)
        say(f" {tally.kind}: {tally.noticed} of {tally.done} noticed")
    return tallies


def _wrong_without_a_word(settings: Settings, expected: dict[str, tuple[int, str]]) -> list[str]:
    """Say what has changed though the load went through.

    A damaged block that nobody has read so far is refused when it is read.
    """
    try:
        return differences(warehouse_hashes(settings, WITH_TABLES), expected)
    except Exception as error:  # noqa: BLE001 - whatever DuckDB says
        return [] if "checksum" in str(error) else [f"{type(error).__name__}"]


def _said_by_load(settings: Settings, log: Path) -> str:
    """Load in a fork; return the sentence with which it ended, nothing if it came to its end."""

    def work(begun: victims.Begun) -> None:
        begun()
        landing = Landing(settings, "damaged")
        landing.preflight()
        landing.declare()
        for format_ in FORMATS:
            landing.load(format_)
        landing.map_identities()

    try:
        victims.run(work, log)
    except victims.VictimFailedError:
        return log.read_text(encoding="utf-8")
    return ""


def _look(tally: Damages, settings: Settings, generation: Path, name: str) -> None:
    """See that the damage is noticed, with the names of generation and file.

    Whether a file is wrong or its checksum cannot be told: it is the file that is named.
    """
    try:
        publication.verify(generation)
    except JobError as error:
        shown = summary.published(settings, check=True)
        is_said = shown is not None and str(error) in (shown.damage or "")
        if is_said and generation.name in str(error) and _FILE.search(str(error)):
            tally.noticed += 1
        else:
            tally.problems.append(f"{name}: {error}")
    else:
        tally.problems.append(f"{name}: not noticed")


def _published(states: States) -> Path:
    generation = publication.current(states.published.settings)
    assert generation  # noqa: S101 - it has published
    return generation


def _write(file: Path, content: bytes) -> None:
    file.chmod(0o644)
    file.write_bytes(content)
