"""A load that is killed at any moment leaves nothing half done; the next one makes up for it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagster_pipelines.settings import Settings, load_settings
from dagster_pipelines.sqlfiles import repository
from tests.harness.landed import Landed, landed, mail_of, write_all

PEOPLE = [f"person{number}@example.org" for number in range(40)]

# The moments at which a run is killed, and the function before or after which it then waits.
MOMENTS = {
    "identifiers are stored": "dagster_pipelines.vault:Vault._insert:after",
    "a block is staged": "dagster_pipelines.staging:_keep:after",
    "old rows are gone": "dagster_pipelines.manifest:Manifest.supersede:after",
    "rows are in, not committed": "dagster_pipelines.manifest:Manifest.note:after",
    "the map is about to be made": "dagster_pipelines.vault:Vault.identifiers:before",
}

CHILD = """
import sys, time, importlib
from pathlib import Path
from dagster_pipelines.settings import load_settings
from tests.harness.landed import landed

module, name, when = sys.argv[2].split(":")
owner = importlib.import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
original = getattr(owner, last)
calls = []

def waiting(*args, **kwargs):
    calls.append(1)
    result = None if when == "before" else original(*args, **kwargs)
    if len(calls) == int(sys.argv[3]):
        print("here", flush=True)
        time.sleep(60)
    return original(*args, **kwargs) if when == "before" else result

setattr(owner, last, waiting)
landed(load_settings(Path(sys.argv[1])))
"""


def exports(folder: Path, *, timezone: str) -> Settings:
    """A company of two mail files and a roster; other zones make the mail read anew."""
    lines = [
        f"{source},{target},2026-03-{1 + number % 28:02} 1{number % 10}:00"
        for number, (source, target) in enumerate(
            (source, target) for source in PEOPLE for target in PEOPLE[::3]
        )
    ]
    write_all(
        folder,
        {
            "hr.csv": ["person_id,email", *(f"E{n},{one}" for n, one in enumerate(PEOPLE[:30]))],
            "mail-1.csv": mail_of(*lines[:300], "a,b"),
            "mail-2.csv": mail_of(*lines[250:]),
        },
    )
    said = {
        "data_dir": "data",
        "organisation": {"timezone": timezone},
        "privacy": {"key_file": "key"},
        "sources": [
            {"name": "hr", "format": "roster_csv", "path": "hr.csv"},
            {"name": "mail", "format": "interaction_csv", "path": "mail-*.csv"},
        ],
    }
    (folder / "tacit.yml").write_text(yaml.safe_dump(said))
    return load_settings(folder / "tacit.yml")


Content = dict[str, list[tuple[Any, ...]]]


def content(found: Landed) -> Content:
    """What is stored, identifiers by name, hashes of them aside."""
    names = [*PEOPLE, *(f"E{number}" for number in range(40))]
    known = dict(zip(found.ids(*names), names, strict=True))
    rows = found.rows(
        "select source_identifier_id, target_identifier_id, occurred_at, channel, line_number,"
        " copies, file_id from raw.interaction_csv_rows"
    )
    roster = found.rows(
        "select person_identifier_id, email_identifier_id, line_number from raw.roster_csv_rows"
    )
    parties = found.rows("select identifier_id, person_id, basis from raw.identity_map")
    return {
        "mail": sorted((known[a], known[b], *rest) for a, b, *rest in rows),
        "roster": sorted((known[a], known[b], *rest) for a, b, *rest in roster),
        "parties": sorted((known[a], known[b], *rest) for a, b, *rest in parties),
        "quarantine": sorted(found.rows("from raw.quarantine")),
        "files": found.rows(
            "select file_id, source_name, sha256, records, loaded, duplicate, quarantined,"
            " superseded_at is null from raw.files order by file_id"
        ),
    }


def kill_at(settings: Settings, moment: str, call: int) -> None:
    """Run the loading in another process, and kill that at the given call."""
    command = [sys.executable, "-c", CHILD, str(settings.folder / "tacit.yml"), moment, str(call)]
    with subprocess.Popen(
        command, cwd=repository(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        said = child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        assert said == b"here\n", child.stderr.read().decode()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Content]:
    """What is stored where nobody kills: with a load before it, and without."""
    found = {}
    for is_later in (False, True):
        folder = tmp_path_factory.mktemp("undisturbed")
        if is_later:
            landed(exports(folder, timezone="UTC"))
        found[is_later] = content(landed(exports(folder, timezone="Asia/Tokyo")))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_the_next_load_is_as_if_undisturbed(
    tmp_path: Path, undisturbed: dict[bool, Content], moment: str
) -> None:
    is_later = moment != "identifiers are stored"
    if is_later:
        landed(exports(tmp_path, timezone="UTC"))
    settings = exports(tmp_path, timezone="Asia/Tokyo")
    kill_at(settings, MOMENTS[moment], call=2)
    again = landed(settings)
    assert content(again) == undisturbed[is_later]
    assert again.unbalanced() == []


LIMITED = """
import resource, sys
from pathlib import Path
from dagster_pipelines.errors import TacitError
from dagster_pipelines.settings import load_settings
from tests.harness.landed import landed

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    landed(load_settings(Path(sys.argv[1])))
except TacitError as error:
    print(error)
"""


@pytest.mark.slow
def test_a_full_disk_gets_a_sentence_and_what_was_loaded_stays(tmp_path: Path) -> None:
    first = landed(exports(tmp_path, timezone="UTC"))
    before = content(first)
    settings = exports(tmp_path, timezone="Asia/Tokyo")
    room = 20_000  # bytes, for each file
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "tacit.yml"), str(room)],
        cwd=repository(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the disk is full or may not be written" in done.stdout, done.stderr
    assert content(first)["mail"] == before["mail"]
    assert first.unbalanced() == []
    assert landed(settings).unbalanced() == []
