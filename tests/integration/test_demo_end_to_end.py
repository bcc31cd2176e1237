"""`tacit demo` as a stranger runs it: one command, no network, and an answer at the end.

One small company is made and run once, in processes whose sockets go nowhere; the tests look at
what it left.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]

# Python runs a module of this name before anything else, in every process that inherits the path.
GUARD = """
import os, socket

def _guarded(name):
    real = getattr(socket.socket, name)
    def call(self, address, *rest):
        is_file = self.family == socket.AF_UNIX
        if not is_file and address[0] not in ("127.0.0.1", "::1", "localhost"):
            with open(os.environ["GUARD_LOG"], "a") as log:
                log.write(f"{name} {address!r}\\n")
            raise OSError("no network in this test")
        return real(self, address, *rest)
    setattr(socket.socket, name, call)

for name in ("connect", "connect_ex"):
    _guarded(name)

_resolve = socket.getaddrinfo
def _getaddrinfo(host, *rest, **more):
    if host not in (None, "", "127.0.0.1", "::1", "localhost", socket.gethostname()):
        with open(os.environ["GUARD_LOG"], "a") as log:
            log.write(f"resolve {host!r}\\n")
        raise socket.gaierror("no network in this test")
    return _resolve(host, *rest, **more)
socket.getaddrinfo = _getaddrinfo
"""


@dataclass(frozen=True)
class Demo:
    """A demo that ran: where, what it said, and what it tried to reach."""

    folder: Path
    environment: dict[str, str]
    said: subprocess.CompletedProcess[str]
    reached_for: Path

    @property
    def database(self) -> Path:
        return self.folder / "data/published/current/tacit.duckdb"

    def tacit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same company."""
        return tacit(self.folder.parent, self.environment, *arguments)


def tacit(
    folder: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, without any network where that can be had."""
    command = [sys.executable, "-m", "dagster_pipelines", *arguments]
    unshare = shutil.which("unshare")
    alone = [unshare, "--user", "--map-root-user", "--net"] if unshare else []
    if alone and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = []
    return subprocess.run(
        [*alone, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A company of 24 people whose exports have gone through the whole job."""
    folder = tmp_path_factory.mktemp("demo")
    guard = folder / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TACIT_")}
    environment = {
        **inherited,
        "PYTHONPATH": f"{guard}{os.pathsep}{ROOT}",
        "GUARD_LOG": str(folder / "reached_for"),
        "NO_COLOR": "1",
    }
    said = tacit(folder, environment, "demo", "company", "--people", "24", "--weeks", "6")
    return Demo(folder / "company", environment, said, folder / "reached_for")


@pytest.mark.slow
def test_the_demo_runs_through(demo: Demo) -> None:
    assert demo.said.returncode == 0, demo.said.stderr[-3000:] + demo.said.stdout[-3000:]
    assert "Traceback" not in demo.said.stderr


@pytest.mark.slow
def test_nothing_reaches_for_the_network(demo: Demo) -> None:
    assert not demo.reached_for.exists(), demo.reached_for.read_text()


@pytest.mark.slow
def test_the_summary_says_what_came_of_every_record(demo: Demo) -> None:
    for words in (
        "Files and records",
        "quarantined: the time is missing",
        "24 people under",
        "The week of",
        "people whom somebody works with, median",
        "Published",
        "tacit dashboard --config company/tacit.yml",
        "duckdb -readonly company/data/published/current/tacit.duckdb",
        "Findings, and what was planted in this company",
        "All that is true of the company: company/truth.csv.",
        "Published after",
        " checks passed.",
    ):
        assert words in demo.said.stdout, words


@pytest.mark.slow
def test_the_progress_is_plain_where_there_is_no_terminal(demo: Demo) -> None:
    assert "\x1b" not in demo.said.stderr + demo.said.stdout
    assert "load mail" in demo.said.stderr.lower()


@pytest.mark.slow
def test_what_is_published_opens_with_three_lines(demo: Demo) -> None:
    with duckdb.connect(str(demo.database), read_only=True) as connection:
        [[people]] = connection.sql("select people from bi.release").fetchall()
        [[weeks]] = connection.sql(
            "select count(distinct week_start) from bi.segment_weeks"
        ).fetchall()
    assert people == 24
    assert weeks == 6


@pytest.mark.slow
def test_the_folders_are_the_services_own_and_the_publication_is_everybodys(demo: Demo) -> None:
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (demo.folder / "data").iterdir()
    }
    assert modes["vault"] == modes["warehouse"] == modes["dagster"] == 0o700
    assert modes["published"] == 0o755
    assert stat.S_IMODE((demo.folder / "key").stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_second_run_finds_nothing_new_and_says_the_same_numbers(demo: Demo) -> None:
    before = demo.database.resolve()
    said = demo.tacit("run", "--quiet", "--config", "company/tacit.yml")
    assert said.returncode == 0, said.stderr
    assert said.stderr == ""
    assert demo.database.resolve() != before
    assert headline(said.stdout) == headline(demo.said.stdout)


def headline(said: str) -> list[str]:
    """Return the lines of the headline numbers."""
    lines = said.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("The week of"))
    return lines[start : start + 7]


@pytest.mark.slow
def test_status_says_what_ran_and_that_the_files_are_whole(demo: Demo) -> None:
    said = demo.tacit("--config", "company/tacit.yml", "status")
    assert said.returncode == 0, said.stderr
    for words in ("Last runs", "published", "Its files are as their checksums say.", "hr", "mail"):
        assert words in said.stdout, words


@pytest.mark.slow
def test_a_cell_is_explained_from_the_number_to_the_exports(demo: Demo) -> None:
    cell = ("fct_segment_weeks", "organisation", "all", "2025-02-10", "mean_network_size")
    said = demo.tacit("--config", "company/tacit.yml", "explain", *cell)
    assert said.returncode == 0, said.stderr
    for words in (
        "marts.fct_segment_weeks: mean_network_size = ",
        "People: ",
        "Ties: ",
        "Where they stand in the exports: ",
        "slack-",
        ", as the mart has it (",
    ):
        assert words in said.stdout, words


@pytest.mark.slow
def test_the_operator_finds_the_address_that_is_nobodys(demo: Demo) -> None:
    said = demo.tacit("identities", "unresolved", "--config", "company/tacit.yml")
    assert said.returncode == 0, said.stderr
    assert "office@example.org" in said.stdout


@pytest.mark.slow
def test_a_source_that_breaks_leaves_the_publication(demo: Demo) -> None:
    before = demo.database.resolve()
    roster = min((demo.folder / "exports/hr").glob("*.csv"))
    kept = roster.read_text()
    roster.write_text("Nothing,Of,Use\n1,2,3\n")
    try:
        said = demo.tacit("run", "--quiet", "--config", "company/tacit.yml")
    finally:
        roster.write_text(kept)
    assert said.returncode == 2
    assert "sources[hr]" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
    assert demo.database.resolve() == before
