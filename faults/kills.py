"""kill -9 at random moments of each stage; then the next run, without help, and what it leaves.

A trial begins with a copy of a company in a known state, kills the stage a few times in a row,
looks after each death, lets the stage run to its end once, and compares with an undisturbed one.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dagster_pipelines import publication
from dagster_pipelines.dbt_manifest import LAYERS
from dagster_pipelines.settings import Settings
from dagster_pipelines.vault import Vault
from faults import stages, victims
from faults.companies import Stock, Victim
from faults.comparison import (
    Hashes,
    differences,
    is_torn,
    litter,
    published_hashes,
    shortcomings_of_publication,
    unbalanced,
    warehouse_hashes,
    what_is_held,
)

SHARES = {"load": 0.30, "vault": 0.16, "build": 0.24, "audit": 0.14, "promotion": 0.16}
"""How the kills of single stages are shared out."""

Stage = Callable[[Settings], victims.Work]

MOST_IN_A_ROW = 4
BATCHES = 60


@dataclass
class Tally:
    """What came of the trials of one stage."""

    stage: str
    kills: int = 0
    trials: int = 0
    too_late: int = 0
    torn: int = 0
    recoveries: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def note(self, problems: list[str], when: str) -> None:
        """Write down what is wrong."""
        self.problems += [f"{when}: {problem}" for problem in problems]


class States:
    """The companies that trials begin with, and what undisturbed runs make of them."""

    def __init__(self, stock: Stock, before: Victim) -> None:
        self.stock, self.before = stock, before
        self.log = stock.folder / "victim.log"
        self._seconds: dict[str, float] = {}

    @cached_property
    def loaded(self) -> Victim:
        """The company that has built the older exports and loaded the newer ones."""
        loaded = self.stock.copy(self.before, "../loaded", "newer")
        victims.run(stages.load(loaded.settings), self.log)
        return loaded

    @cached_property
    def built(self) -> Victim:
        """The company that has built the newer exports and published the older ones."""
        built = self.stock.copy(self.loaded, "../built", "newer")
        victims.run(stages.build(built.settings), self.log)
        return built

    @cached_property
    def built_hashes(self) -> Hashes:
        """All models of the newer exports, built without a disturbance."""
        return warehouse_hashes(self.built.settings, LAYERS[1:])

    @cached_property
    def published(self) -> Victim:
        """The company that has published the newer exports."""
        published = self.stock.copy(self.built, "../published", "newer")
        victims.run(stages.publish(published.settings), self.log)
        return published

    @cached_property
    def publications(self) -> tuple[Hashes, Hashes]:
        """What is published of the older exports, and of the newer."""
        old, new = (publication.current(one.settings) for one in (self.before, self.published))
        assert old  # noqa: S101 - both have been published
        assert new  # noqa: S101
        return published_hashes(old), published_hashes(new)

    def seconds_of(self, what: str, measure: Callable[[], float]) -> float:
        """Return how long a stage takes if nobody disturbs it; measured once."""
        if what not in self._seconds:
            self._seconds[what] = measure()
        return self._seconds[what]

    def seconds_of_stage(self, begin: Victim, stage: Stage) -> float:
        """Return how long a stage takes that begins with a company."""

        def measure() -> float:
            victim = self.stock.copy(begin, "rehearsal", "newer")
            return victims.run(stage(victim.settings), self.log)

        return self.seconds_of(stage.__name__, measure)

    def seconds_of_vault(self) -> float:
        """Return how long storing all batches takes."""

        def measure() -> float:
            victim = self.stock.fresh("rehearsal", "newer")
            with Path(os.devnull).open("wb") as nobody:
                work = stages.resolve(victim.settings, BATCHES, nobody.fileno())
                return victims.run(work, self.log)

        return self.seconds_of("vault", measure)

    def loaded_undisturbed(self, victim: Victim, *, from_nothing: bool) -> Hashes:
        """Load the exports into an empty warehouse beside a victim's vault; return what is in raw.

        Numbers of identifiers are random, so it takes the same vault to get the same rows.
        """
        control = self.stock.fresh("control", "older")
        control.settings.data_path.mkdir()
        shutil.copytree(victim.settings.data_path / "vault", control.settings.data_path / "vault")
        shutil.copy2(victim.key, control.key)
        if not from_nothing:
            victims.run(stages.load(control.settings), self.log)
        self.stock.give(control, "newer")
        victims.run(stages.load(control.settings), self.log)
        return warehouse_hashes(control.settings, ("raw",))


def of_stage(
    states: States, stage: str, wanted: int, seed: int, say: Callable[[str], None]
) -> Tally:
    """Kill one stage at least so many times; return what came of it."""
    trials = {
        "load": _load_trial,
        "vault": _vault_trial,
        "build": _build_trial,
        "audit": _audit_trial,
        "promotion": _promotion_trial,
    }
    tally, chance, began = Tally(stage), random.Random(f"{seed}/{stage}"), time.monotonic()
    while tally.kills < wanted:
        tally.trials += 1
        trials[stage](states, tally, chance)
    say(
        f" {stage}: {tally.kills} kills in {tally.trials} trials,"
        f" {len(tally.problems)} problems, {time.monotonic() - began:.0f} s"
    )
    return tally


def _kill_some(
    states: States,
    tally: Tally,
    chance: random.Random,
    victim: Victim,
    work: victims.Work,
    duration: float,
    look: Callable[[], list[str]] = list,
) -> None:
    """Kill a stage one to four times in a row; look after each death."""
    for _ in range(chance.randint(1, MOST_IN_A_ROW)):
        death = victims.kill(work, states.log, duration, chance)
        tally.kills += death.killed
        tally.too_late += not death.killed
        tally.torn += is_torn(victim.settings)
        when = f"trial {tally.trials}, after {death.seconds:.3f} s"
        tally.note(what_is_held(victim.settings), when)
        tally.note(shortcomings_of_publication(victim.settings), when)
        tally.note(look(), when)


def _recover(states: States, tally: Tally, victim: Victim, work: victims.Work) -> None:
    """Let the stage run to its end, once; nobody helps."""
    when = f"trial {tally.trials}, the next run"
    began = time.monotonic()
    try:
        victims.run(work, states.log)
    except victims.VictimFailedError as error:
        kept = states.log.with_name(f"failed-{tally.stage}-{tally.trials}.log")
        shutil.copy2(states.log, kept)
        tally.note([f"{error} ({kept.name})"], when)
        return
    tally.recoveries.append(time.monotonic() - began)
    tally.note(litter(victim.settings), when)
    tally.note(unbalanced(victim.settings), when)
    tally.note(shortcomings_of_publication(victim.settings), when)


def _load_trial(states: States, tally: Tally, chance: random.Random) -> None:
    """Every second time, a company that has nothing yet, not even a key."""
    from_nothing = tally.trials % 2 == 0
    if from_nothing:
        victim = states.stock.fresh("victim", "newer")
    else:
        victim = states.stock.copy(states.before, "victim", "newer")
    work = stages.load(victim.settings)
    _kill_some(
        states, tally, chance, victim, work, states.seconds_of_stage(states.before, stages.load)
    )
    _recover(states, tally, victim, work)
    expected = states.loaded_undisturbed(victim, from_nothing=from_nothing)
    found = warehouse_hashes(victim.settings, ("raw",))
    tally.note(differences(found, expected), f"trial {tally.trials}, raw")


def _vault_trial(states: States, tally: Tally, chance: random.Random) -> None:
    """What the vault has once said stays true; nobody gets two numbers, no number two people.

    Of a run that left it damaged, nothing was ever said: warehouse and vault are put back together.
    """
    victim = states.stock.fresh("victim", "newer")
    heard, said = os.pipe()
    work = stages.resolve(victim.settings, BATCHES, said)
    os.set_blocking(heard, False)
    lines: list[str] = []

    def listen() -> list[str]:
        # A process that dies in the middle of a line has not said it.
        told = [line for line in _read(heard).splitlines(keepends=True) if line.endswith("\n")]
        lines.extend([] if is_torn(victim.settings) else told)
        return []

    _kill_some(states, tally, chance, victim, work, states.seconds_of_vault(), listen)
    os.close(said)
    os.close(heard)
    began = time.monotonic()
    known: dict[str, int] = {}
    with stages.begun_run(victim.settings), closing(Vault.open(victim.settings)) as vault:
        for batch in range(BATCHES):
            texts = stages.identifiers_of(batch)
            known |= dict(zip(texts, vault.resolve(texts), strict=True))
        stored = vault.identifiers().num_rows
    tally.recoveries.append(time.monotonic() - began)
    problems = [] if len(set(known.values())) == len(known) == stored else ["two share a number"]
    for line in lines:
        batch, ids = line.split(":")
        texts = stages.identifiers_of(int(batch))
        if [known[text] for text in texts] != [int(one) for one in ids.split(",")]:
            problems.append(f"batch {batch} got other numbers than it was told")
    tally.note(problems, f"trial {tally.trials}")


def _read(pipe: int) -> str:
    """Return all that is in a pipe now."""
    read = b""
    with suppress(BlockingIOError):
        while piece := os.read(pipe, 1 << 16):
            read += piece
    return read.decode()


def _build_trial(states: States, tally: Tally, chance: random.Random) -> None:
    victim = states.stock.copy(states.loaded, "victim", "newer")
    work = stages.build(victim.settings)
    _kill_some(
        states, tally, chance, victim, work, states.seconds_of_stage(states.loaded, stages.build)
    )
    _recover(states, tally, victim, work)
    found = warehouse_hashes(victim.settings, LAYERS[1:])
    tally.note(differences(found, states.built_hashes), f"trial {tally.trials}, models")


def _audit_trial(states: States, tally: Tally, chance: random.Random) -> None:
    _publication_trial(states, tally, chance, stages.check, may_publish=False)


def _promotion_trial(states: States, tally: Tally, chance: random.Random) -> None:
    _publication_trial(states, tally, chance, stages.promote, may_publish=True)


def _publication_trial(
    states: States,
    tally: Tally,
    chance: random.Random,
    stage: Stage,
    *,
    may_publish: bool,
) -> None:
    """After each death the old publication or the new one is there, never one in between."""
    victim = states.stock.copy(states.built, "victim", "newer")
    old, new = states.publications
    allowed = [old, new] if may_publish else [old]
    work, duration = stage(victim.settings), states.seconds_of_stage(states.built, stage)

    def look() -> list[str]:
        generation = publication.current(victim.settings)
        is_known = generation is not None and published_hashes(generation) in allowed
        return [] if is_known else ["neither the old publication nor the new one"]

    _kill_some(states, tally, chance, victim, work, duration, look)
    _recover(states, tally, victim, stages.publish(victim.settings))
    generation = publication.current(victim.settings)
    assert generation  # noqa: S101 - it has just been published
    tally.note(differences(published_hashes(generation), new), f"trial {tally.trials}")
