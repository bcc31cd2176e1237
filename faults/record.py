"""What is known of each part of a campaign, in docs/faults.json, and the page made of it.

A whole campaign takes hours. Its parts may be done one at a time, and each says on which
version, when and where it was done; a part that is done again takes the place of what was known.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dagster_pipelines.sqlfiles import repository
from faults.clock import Jumps
from faults.disk import FullDisk
from faults.flips import Damages
from faults.kills import SHARES, Tally
from faults.readers import Reading
from faults.results import Results, tables
from faults.whole_runs import WHOLE_RUN

Record = dict[str, dict[str, Any]]

STAGES = {**{stage: stage for stage in SHARES}, "runs": WHOLE_RUN}
"""What a part that kills calls its stage."""

SEVERAL = {"stops": Tally, "flips": Damages}
SINGLE = {"disk": FullDisk, "clock": Jumps, "readers": Reading, "publications": Reading}
"""What the other parts come to."""

PARTS = (*STAGES, "stops", "disk", "clock", "flips", "readers", "publications")


def read(path: Path) -> Record:
    """Return what is known of each part; nothing where there is no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def with_parts(known: Record, done: Results, finished: Iterable[str], version: str) -> Record:
    """Return what is known once some parts of a campaign are finished, in the order of PARTS."""
    circumstances = {
        "version": version,
        "began": done.began,
        "seed": done.seed,
        "machine": done.machine,
        "versions": done.versions,
    }
    found = {
        part: {"circumstances": circumstances, "came_to": _of_part(done, part)} for part in finished
    }
    merged = {**known, **found}
    return {part: merged[part] for part in PARTS if part in merged}


def written(known: Record) -> str:
    """Return the page's figures: a table a kind, what they were done on, and what is missing."""
    said = [tables(_results(known))]
    done_on: dict[str, list[str]] = {}
    for part, of_part in known.items():
        done_on.setdefault(_circumstances(of_part["circumstances"]), []).append(part)
    said += [f"{', '.join(parts)}: {on}\n" for on, parts in done_on.items()]
    if missing := [part for part in PARTS if part not in known]:
        said.append(f"Not yet done to their end: {', '.join(missing)}.\n")
    return "\n".join(said)


def version_here() -> str:
    """Return the commit of the checkout, with a mark if it was changed since."""
    words = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    said = subprocess.run(words, cwd=repository(), capture_output=True, text=True, check=False)
    return said.stdout.strip() or "no checkout"


def _of_part(done: Results, part: str) -> Any:
    if part in STAGES:
        [tally] = [one for one in done.kills if one.stage == STAGES[part]]
        return dataclasses.asdict(tally)
    found = getattr(done, part)
    if part in SEVERAL:
        return [dataclasses.asdict(one) for one in found]
    return dataclasses.asdict(found)


def _results(known: Record) -> Results:
    results = Results(seed=0, began="")
    for part, of_part in known.items():
        came_to = of_part["came_to"]
        if part in STAGES:
            results.kills.append(Tally(**came_to))
        elif part in SEVERAL:
            setattr(results, part, [SEVERAL[part](**one) for one in came_to])
        else:
            setattr(results, part, SINGLE[part](**came_to))
    return results


def _circumstances(of_part: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in of_part["versions"].items())
    return (
        f"version {of_part['version']}, {of_part['began'][:10]}, seed {of_part['seed']};"
        f" {of_part['machine']}; {versions}."
    )
