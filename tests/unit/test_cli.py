"""What a user types, and what comes back: words, exit status, never a traceback."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_pipelines import __version__, cli
from dagster_pipelines.command_line import actions, failures
from dagster_pipelines.demo import Scale
from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.settings import load_settings

MINIMAL = """\
data_dir: data
sources:
  - {name: hr, format: roster_csv, path: hr.csv}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in a folder of its own, with no settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TACIT_CONFIG", raising=False)
    monkeypatch.delenv("TACIT_DEBUG", raising=False)


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was said on standard error, which is one line."""
    said = capsys.readouterr().err.strip()
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    return said


def test_init_writes_settings_that_can_be_read(tmp_path: Path) -> None:
    assert cli.run(["init", "new"]) == 0
    settings = load_settings(tmp_path / "new/tacit.yml")
    assert [source.name for source in settings.sources] == ["hr", "mail"]
    assert (tmp_path / "new/exports/hr").is_dir()
    assert (tmp_path / "new/exports/mail").is_dir()


def test_every_setting_that_init_leaves_out_by_a_comment_may_be_put_in(tmp_path: Path) -> None:
    cli.run(["init"])
    written = (tmp_path / "tacit.yml").read_text()
    alternatives = ("# snapshot_date", "# epoch", "# email, meeting", "# recognition")
    lines = []
    for line in written.splitlines():
        bare = line.lstrip()
        is_setting = bare.startswith("# ") and ": " in bare and not bare.startswith(alternatives)
        if is_setting and bare[2:].split(":")[0].replace("_", "").isalpha() and bare[2].islower():
            line = line.replace("# ", "", 1)
        lines.append(line)
    (tmp_path / "full.yml").write_text("\n".join(lines))
    settings = load_settings(tmp_path / "full.yml")
    assert settings.coverage is not None
    assert settings.rosters[0].derive_units
    assert len(settings.rosters[0].columns) == 14


def test_init_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tacit.yml").write_text("mine")
    assert cli.run(["init"]) == 2
    assert "is there already" in sentence(capsys)
    assert (tmp_path / "tacit.yml").read_text() == "mine"


def test_init_into_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "new").write_text("")
    assert cli.run(["init", "new"]) == 2
    assert "not a folder" in sentence(capsys)


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["status"], ["check"], ["identities", "unresolved"], ["up"]],
    ids=lambda arguments: arguments[0],
)
def test_without_settings_the_missing_file_is_named(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert "tacit.yml: no such file; `tacit init` writes a commented one." in sentence(capsys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fly"], "No such command 'fly'"),
        (["run", "--fast"], "No such option"),
        (["up", "--port", "99999"], "99999 is not in the range"),
        (["identities", "whois", "ann"], "'ann' is not a valid integer"),
        (["identities", "export"], "Missing argument 'FILE'"),
        (["demo", "--people", "3"], "people is to be from 20 to 20000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_call_is_status_2_and_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert said in sentence(capsys)


def test_the_settings_file_is_the_nearest_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path] = []
    monkeypatch.setattr(actions, "status", lambda config: used.append(config) or 0)
    cli.run(["status"])
    monkeypatch.setenv("TACIT_CONFIG", "environment.yml")
    cli.run(["status"])
    cli.run(["--config", "before.yml", "status"])
    cli.run(["--config", "before.yml", "status", "--config", "after.yml"])
    assert [str(path) for path in used] == [
        *("tacit.yml", "environment.yml", "before.yml", "after.yml")
    ]


@pytest.mark.parametrize(("error", "status"), [(UsageError, 2), (JobError, 1)])
def test_an_error_of_ours_is_its_sentence_and_its_status(
    error: type[Exception],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: Path) -> int:
        raise error("The [disk] is full.")

    monkeypatch.setattr(actions, "status", fail)
    assert cli.run(["status"]) == status
    assert sentence(capsys) == "tacit: The [disk] is full."


def test_an_error_that_nobody_foresaw_tells_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Path) -> int:
        try:
            int("ann@example.org")
        except ValueError as error:
            raise RuntimeError("ann@example.org") from error
        return 0

    monkeypatch.setattr(actions, "status", fail)
    monkeypatch.setattr(failures.tempfile, "gettempdir", lambda: str(tmp_path))
    assert cli.run(["status"]) == 1
    said = sentence(capsys)
    assert "RuntimeError" in said
    [details] = tmp_path.glob("tacit-error-*.txt")
    assert str(details) in said
    written = details.read_text()
    assert "test_cli.py" in written
    assert "ValueError" in written
    assert "ann@example.org" not in said + written
    assert stat.S_IMODE(details.stat().st_mode) == 0o600


def test_interrupting_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: Path) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "status", interrupt)
    assert cli.run(["status"]) == 130
    assert "interrupted" in sentence(capsys)


# An interruption at the moment at which a module is looked for.
INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)

MODULE = sys.argv[1]

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from dagster_pipelines.__main__ import main
sys.argv = ["tacit", "run", "--quiet"]
main()
"""


@pytest.mark.parametrize(
    ("module", "status"),
    [
        pytest.param("dagster_pipelines.command_line.actions", -signal.SIGINT, id="before-it-runs"),
        pytest.param("dagster_pipelines.job", 130, id="while-it-starts"),
    ],
)
def test_an_interruption_is_no_traceback_however_early(module: str, status: int) -> None:
    Path("tacit.yml").write_text(MINIMAL)
    Path("hr.csv").write_text("person_id,valid_from\n1,2026-01-05\n")
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, module],
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert ("interrupted" in done.stderr) == (status == 130)


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m dagster_pipelines --help | true"
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_version_and_help_are_said_without_dagster() -> None:
    program = (
        "import sys; from dagster_pipelines import cli; status = cli.run(['--version']);"
        "assert status == 0; assert 'dagster' not in sys.modules; assert 'dbt' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert __version__ in done.stdout


def test_status_before_the_first_run_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tacit.yml").write_text(MINIMAL)
    assert cli.run(["status"]) == 0
    said = capsys.readouterr().out
    assert "Nothing is loaded yet" in said
    assert "Nothing is published yet" in said
    assert not (tmp_path / "data").exists()


def test_identities_before_the_first_run_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tacit.yml").write_text(MINIMAL)
    assert cli.run(["identities", "unresolved"]) == 2
    assert "nothing is loaded here yet" in sentence(capsys)
    assert not (tmp_path / "data").exists()


def test_demo_hands_its_size_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, Scale]] = []
    monkeypatch.setattr(
        actions, "demo", lambda folder, scale, *, quiet: asked.append((folder, scale)) or 0
    )
    cli.run(["demo"])
    cli.run(["demo", "there", "--people", "30", "--weeks", "4", "--seed", "9"])
    assert asked == [(Path("demo"), Scale()), (Path("there"), Scale(30, 4, 9))]
