"""Do to tacit what can be done to it, and see that nothing is lost: what `make faults` runs.

    python -m faults [--kills 500] [--seed 1] [--parts load,vault,readers] [--resume]

A campaign of 500 kills and more writes the figures of `docs/faults.md`, and `docs/faults.json`:
each part that it has finished takes the place of what was known of it. Any other writes
`results.md` and `results.json` in its folder. The exit status is 1 if anything was lost, doubled,
mixed or half, or not said. With --resume, a campaign that was broken off goes on with the part that
it was at.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.pages import put_into_page
from dagster_pipelines.sqlfiles import repository
from dagster_pipelines.stopping import as_keyboard_interrupt
from faults import (
    clock,
    disk,
    flips,
    kills,
    progress,
    readers,
    record,
    results,
    victims,
    whole_runs,
)
from faults.companies import Stock
from faults.record import PARTS

DEFAULT_FOLDER = repository() / "faults" / "data"
WHOLE_KILLS = 500
WHOLE_RUN_SHARE = 0.08
STOPS_SHARE = 0.02
# Many readers, and many publications: readers, promotions.
READERS = 200, 100
PUBLICATIONS = 20, 1000


def say(sentence: str) -> None:
    """Say on standard error how far the campaign is."""
    print(sentence, file=sys.stderr, flush=True)


def run_campaign(
    folder: Path, parts: tuple[str, ...], wanted: int, seed: int, *, resumes: bool = False
) -> progress.Progress:
    """Make the company, do each part that is not done yet, gather what came of it.

    Raises
    ------
    VictimFailedError
        A run that nobody disturbed has failed: there is nothing to compare with.
    OtherCampaignError
        There is no campaign to go on with.
    """
    so_far = progress.resume(folder, seed, wanted) if resumes else progress.begin(seed, wanted)
    done = so_far.done
    began = time.monotonic()
    victims.import_everything()
    stock = Stock(folder)
    stock.make_exports()
    before = stock.company("before", "older")
    say(f"seed {seed}; an undisturbed run in {stock.folder}")
    status, printed = whole_runs.run(before)
    if status != 0:
        raise victims.VictimFailedError(f"an undisturbed run failed: {printed}")
    states = kills.States(stock, before)

    whole = max(1, round(wanted * WHOLE_RUN_SHARE))

    def kill(stage: str) -> None:
        of_stage = max(1, round((wanted - whole) * kills.SHARES[stage]))
        done.kills.append(kills.of_stage(states, stage, of_stage, seed, say))

    def kill_runs() -> None:
        done.kills.append(whole_runs.kills(states, whole, seed, say))

    def stop() -> None:
        done.stops = whole_runs.stops(states, max(1, round(wanted * STOPS_SHARE)), seed, say)

    def fill_disk() -> None:
        done.disk = disk.campaign(states, say)

    def move_clock() -> None:
        done.clock = clock.campaign(states, seed, say)

    def flip() -> None:
        rounds = max(2, wanted // 25)
        done.flips = flips.of_publication(states, rounds, seed, say)
        done.flips += flips.of_databases(states, rounds, seed, say)

    def read(readers_and_promotions: tuple[int, int]) -> readers.Reading:
        victim = stock.copy(states.built, "victim", "newer")
        many = min(1.0, wanted / WHOLE_KILLS)
        processes, promotions = (max(5, round(n * many)) for n in readers_and_promotions)
        return readers.campaign(victim, processes, promotions, seed, say)

    def many_read() -> None:
        done.readers = read(READERS)

    def publish_often() -> None:
        done.publications = read(PUBLICATIONS)

    work: dict[str, Callable[[], None]] = {stage: partial(kill, stage) for stage in kills.SHARES}
    work |= {"runs": kill_runs, "stops": stop, "disk": fill_disk}
    work |= {"clock": move_clock, "flips": flip, "readers": many_read}
    work["publications"] = publish_often
    for part in parts:
        if part in so_far.finished:
            continue
        say(part)
        work[part]()
        done.minutes += (time.monotonic() - began) / 60
        began = time.monotonic()
        so_far.finished.append(part)
        so_far.keep(folder)
        write(done, folder)
    return so_far


def write(done: results.Results, folder: Path) -> None:
    """Write what is known so far into the campaign's folder."""
    as_json = json.dumps(done.as_json(), indent=1)
    (folder / "results.json").write_text(f"{as_json}\n", encoding="utf-8")
    (folder / "results.md").write_text(results.written(done), encoding="utf-8")


def read_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a list of names with commas between.

    Raises
    ------
    argparse.ArgumentTypeError
        There is no part of such a name.
    """
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}"
        )
    return names


def main() -> int:
    """Read the command line, do it, print and write the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=WHOLE_KILLS, help="how many kill -9")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn")
    parser.add_argument("--parts", type=read_parts, default=",".join(PARTS))
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="is emptied first")
    parser.add_argument("--resume", action="store_true", help="go on where it was broken off")
    arguments = parser.parse_args()
    if arguments.kills < 1:
        parser.error("it takes at least one kill")
    # Told to stop, it takes its small disk away first.
    with as_keyboard_interrupt():
        try:
            campaign = run_campaign(
                arguments.folder,
                arguments.parts,
                arguments.kills,
                arguments.seed,
                resumes=arguments.resume,
            )
        except progress.OtherCampaignError as error:
            parser.error(str(error))
    done = campaign.done
    print(results.written(done))
    if arguments.kills >= WHOLE_KILLS:
        docs = repository() / "docs"
        known = record.with_parts(
            record.read(docs / "faults.json"), done, campaign.finished, record.version_here()
        )
        (docs / "faults.json").write_text(f"{json.dumps(known, indent=1)}\n", encoding="utf-8")
        put_into_page(docs / "faults.md", record.written(known))
    for problem in done.problems:
        say(problem)
    return 1 if done.problems else 0


if __name__ == "__main__":
    sys.exit(main())
