"""No address, name, login, text, room or file name in anything that the whole job writes.

`tacit run` and `tacit status` as a person types them, on exports with a canary in every field that
names somebody or says something: a run that publishes, one that stops at a source, and one that
stops in the middle with an error whose text quotes an export. Then every byte of every file below
`data_dir` is searched, every decoded value of the databases in it (vault, warehouse, publication,
Dagster's), and every word on the screen.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import chain, permutations
from pathlib import Path

import pytest

from tests.harness.canaries import (
    CANARY,
    as_bytes,
    hashes_of,
    stored,
    values_of,
    values_of_parquet,
    values_of_sqlite,
    words_in,
)
from tests.harness.landed import mail_of, write_all

ROOT = Path(__file__).resolve().parents[2]

PEOPLE = 6
ROSTER = [
    "person_id,name,email,alternate_ids,manager_id,phone,team,hired_on",
    *(
        f"ZANARIE-{one},Zanarie {one},one{one}@zanarie.example,zanarie{one},ZANARIE-0,+1 zanarie,"
        f"T{one % 2},2020-01-01"
        for one in range(PEOPLE)
    ),
]
HEADER = "source,target,occurred_at,event_id,channel,minutes,space,subject,body"
DAYS = [date(2026, 1, 5) + timedelta(days) for days in range(0, 56, 3)]
MAIL = [
    *(
        f"one{one}@zanarie.example,zanarie{other},{day} 10:00,zanarie-{one}-{other}-{day},,,"
        "zanarie room,Zanarie subject,zanarie body"
        for day in DAYS
        for one, other in permutations(range(PEOPLE), 2)
    ),
    "stranger@zanarie.invalid,one1@zanarie.example,2026-01-06 11:00,,,,,,",
    "nobody.zanarie@zanarie.example,one1@zanarie.example,2026-01-07 11:00,,,,,,",
    "zanarie-robot@zanarie.example,one1@zanarie.example,2026-01-08 11:00,,,,,,",
    "one1@zanarie.example,one2@zanarie.example,zanarie o'clock,,,,,,",
    "one1@zanarie.example,one2@zanarie.example,2026-01-08,,,zanarie minutes,,,",
    '"zanarie"x,one2@zanarie.example,2026-01-08,,,,,,',
]
KUDOS = [
    "recognition_id,giver,receiver,given_at,reason",
    "zanarie-k,one1@zanarie.example,zanarie2;one3@zanarie.example,2026-01-06,zanarie reason",
    ",one1@zanarie.example,zanarie2,zanarie o'clock,",
]
FEEDBACK = [
    "feedback_id,giver,receiver,given_at,anonymous,text",
    "zanarie-f,one1@zanarie.example,zanarie2,2026-01-06,no,zanarie text",
    ",zanarie-secret@zanarie.example,zanarie2,2026-01-06,yes,zanarie text",
]
PROGRAMMES = ["programme_id,type,name,owner", "zanarie-p,buddy,Landing,Zanarie Owner"]
ENROLMENTS = [
    "programme_id,person,role,partner,starts_on,note",
    "zanarie-p,one1@zanarie.example,newcomer,zanarie2,2026-01-05,zanarie note",
]
SESSIONS = [
    "session_id,programme_id,kind,started_at,person,role,topic",
    "zanarie-s,zanarie-p,buddy,2026-01-07,one1@zanarie.example,newcomer,zanarie topic",
    "zanarie-s,zanarie-p,buddy,2026-01-07,zanarie2,zanarie role,zanarie topic",
]
ACCOUNTS = [
    "person_id,name,identifier",
    "ZANARIE-1,Zanarie 1,uzanarie1;nobody.zanarie@zanarie.example",
    "ZANARIE-9,Zanarie 9,uzanarie9",
]
LISTS = {
    "recognition": KUDOS,
    "feedback": FEEDBACK,
    "programmes": PROGRAMMES,
    "enrolments": ENROLMENTS,
    "sessions": SESSIONS,
    "identities": ACCOUNTS,
}
SETTINGS = """\
organisation: {name: Example, domains: [zanarie.example]}
sources:
  - {name: hr, format: roster_csv, path: exports/zanarie/*.csv}
  - name: mail
    format: interaction_csv
    path: exports/mail-zanarie*.csv
    channel: email
    exclude: {robots: {source: zanarie-robot@zanarie.example}}
  - {name: kudos, format: recognition_csv, path: exports/zanarie-recognition.csv}
  - {name: peers, format: feedback_csv, path: exports/zanarie-feedback.csv}
  - {name: programmes, format: programmes_csv, path: exports/zanarie-programmes.csv}
  - {name: enrolments, format: enrolments_csv, path: exports/zanarie-enrolments.csv}
  - {name: sessions, format: sessions_csv, path: exports/zanarie-sessions.csv}
  - {name: accounts, format: identities_csv, path: exports/zanarie-identities.csv}
privacy: {key_file: key}
"""

# Whatever is loaded after this one: its error quotes what was read.
BROKEN = """
import sys
from dagster_pipelines import cli, manifest

def note(self, source, staged, **said):
    raise ValueError("zanarie1@zanarie.example: Zanarie subject")

manifest.Manifest.note = note
sys.exit(cli.run(sys.argv[1:]))
"""


def tacit(folder: Path, *arguments: str, code: str | None = None) -> tuple[int, str]:
    """Run the command line in a process of its own; return its status and all that it said."""
    module = ["-c", code] if code else ["-m", "dagster_pipelines"]
    done = subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "data" / "system")},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_job_writes_and_says_nothing_that_names_anybody(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # Where the system puts what passes by is searched as well.
    (data / "system").mkdir(parents=True)
    exports = {
        "tacit.yml": SETTINGS,
        "exports/zanarie/hr zanarie.csv": "\n".join(ROSTER),
        "exports/mail-zanarie.csv": mail_of(*MAIL, header=HEADER),
        **{f"exports/zanarie-{name}.csv": lines for name, lines in LISTS.items()},
    }
    write_all(tmp_path, exports)
    published = tacit(tmp_path, "run")
    assert published[0] == 0, published[1]
    assert "1 excluded: robots" in published[1]
    write_all(tmp_path, {"exports/mail-zanarie-2.csv": mail_of(MAIL[0], header=HEADER)})
    interrupted = tacit(tmp_path, "run", code=BROKEN)
    assert interrupted[0] == 1
    assert "ValueError" in interrupted[1]
    write_all(tmp_path, {"exports/mail-zanarie-2.csv": "zanarie,header\n1,2\n"})
    refused = tacit(tmp_path, "run")
    assert refused[0] == 2
    status = tacit(tmp_path, "status")
    assert status[0] == 0

    said = "".join(words for _, words in (published, interrupted, refused, status)).lower()
    # The refusal names the file to whoever typed the command, and its columns are the header's.
    said = said.replace("exports/mail-zanarie-2.csv", "").replace("zanarie,header", "")
    for place, text in [*stored(data), ("what was said", said)]:
        assert CANARY not in text, place

    values = [
        *values_of(data / "vault/vault.duckdb", data / "warehouse/warehouse.duckdb"),
        *values_of(data / "published/current/tacit.duckdb"),
        *values_of_parquet(*(data / "published/current").glob("*.parquet")),
        *values_of_sqlite(*(data / "dagster").rglob("*.db")),
    ]
    assert len({place for place, _ in values}) > 60
    hashes = hashes_of(words_in((*ROSTER, HEADER, *MAIL, *chain(*LISTS.values()))))
    for place, value in values:
        assert CANARY not in str(value).lower(), place
        assert not (as_bytes(value) & hashes), place
