"""What deploy/ and docs/deployment.md name exists: paths, commands, options, settings.

The units are also shown to systemd itself where it is installed. The container file is read, not
built.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from dagster_pipelines.cli import tacit
from dagster_pipelines.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("tacit*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
GUIDE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")

CHECKOUT, COMPANY = "/opt/tacit", "/srv/tacit"
MAKES = {f"{CHECKOUT}/.venv/bin/tacit"}
"""What `make setup` makes in the checkout."""

WALLS = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "UMask": "0077",
    "CapabilityBoundingSet": "",
    "IPAddressDeny": "any",
    "IPAddressAllow": "127.0.0.0/8",
}


def directives(unit: Path) -> list[tuple[str, str]]:
    """Return the directives of a unit in their order; a name may come more than once."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and line[0] not in "#["]
    return [(name, value) for name, _, value in pairs]


def named(unit: Path, name: str) -> list[str]:
    return [value for key, value in directives(unit) if key == name]


def command_of(words: list[str]) -> click.Command:
    """Hold words against the command line: each command and option must exist; return the command.

    Raises
    ------
    AssertionError
        One does not.
    """
    command: click.Command = tacit
    options = {name for parameter in tacit.params for name in parameter.opts}
    for word in words:
        if word.startswith("-"):
            assert word.partition("=")[0] in options, word
        elif isinstance(command, click.Group):
            assert word in command.commands, word
            command = command.commands[word]
            options |= {name for parameter in command.params for name in parameter.opts}
    assert not isinstance(command, click.Group), words
    return command


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists_from_where_make_setup_puts_it(unit: Path) -> None:
    [line] = named(unit, "ExecStart")
    program, *words = shlex.split(line)
    assert program in MAKES
    command_of(words)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_names_files_of_this_project_and_folders_that_the_guide_makes(unit: Path) -> None:
    for path in re.findall(r"(/(?:opt|srv)/[\w./-]*\w)", unit.read_text(encoding="utf-8")):
        if path in MAKES:
            continue
        if path.startswith(CHECKOUT):
            assert (ROOT / Path(path).relative_to(CHECKOUT)).exists(), path
        else:
            assert path in GUIDE, path


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_nobodys_root_and_sees_little(unit: Path) -> None:
    said = dict(directives(unit))
    assert said["User"] == said["Group"] == "tacit"
    assert {name: said.get(name) for name in WALLS} == WALLS
    assert said["ReadWritePaths"].split() == [f"{COMPANY}/data", f"{COMPANY}/secret"]
    assert {"MemoryMax", "TasksMax"} <= set(said)
    # A run is gone within ten seconds; systemd must not be quicker.
    assert int(said["TimeoutStopSec"]) > 10


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_gives_the_database_less_memory_than_itself(unit: Path) -> None:
    environment = dict(value.split("=", 1) for value in named(unit, "Environment"))
    assert set(environment) == {"TACIT_CONFIG", "TACIT_MEMORY_LIMIT", "TACIT_THREADS"}
    gigabytes = int(environment["TACIT_MEMORY_LIMIT"].removesuffix("GB"))
    assert gigabytes + 2 <= int(dict(directives(unit))["MemoryMax"].removesuffix("G"))


def test_the_timer_starts_a_service_that_exists() -> None:
    [timer] = [unit for unit in UNITS if unit.suffix == ".timer"]
    assert timer.with_suffix(".service") in SERVICES
    assert named(timer, "OnCalendar") == ["*-*-* 04:00:00"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_unit(unit: Path, tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd-analyze is not installed here")
    for each in UNITS:
        here = each.read_text().replace(f"{CHECKOUT}/.venv/bin/tacit", sys.executable)
        (tmp_path / each.name).write_text(here.replace(COMPANY, str(tmp_path)))
    done = subprocess.run(
        [verifier, "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_us = [line for line in done.stderr.splitlines() if "tacit" in line]
    assert (done.returncode, about_us) == (0, []), done.stderr


# The container file


def instructions() -> Iterator[tuple[str, str]]:
    """Yield the container file's instructions, continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line:
            name, _, rest = line.partition(" ")
            yield name, rest


def test_the_image_has_one_base_held_to_a_version_that_the_project_supports() -> None:
    [base] = [rest for name, rest in instructions() if name == "FROM"]
    major, minor = map(int, re.fullmatch(r".+/python:(\d+)\.(\d+)\.\d+-slim-\w+", base).groups())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    supported = {
        classifier.rpartition(" ")[2]
        for classifier in project["classifiers"]
        if "Python :: 3." in classifier
    }
    assert f"{major}.{minor}" in supported


def test_whatever_the_image_copies_exists_and_holds_what_the_job_reads() -> None:
    copied: set[str] = set()
    for name, rest in instructions():
        if name == "COPY":
            *sources, _ = rest.split()
            copied |= set(sources)
    assert not {source for source in copied if not (ROOT / source).exists()}
    # What scripts/install.py needs, what setuptools reads, and what is read beside the package.
    assert {"requirements.lock", "requirements-uv.lock", "pyproject.toml", "scripts"} <= copied
    assert {"dagster_pipelines", "dbt_project", "sql", "profiles.yml"} <= copied
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    dynamic = project["tool"]["setuptools"]["dynamic"]
    assert {project["project"]["readme"], *project["project"]["license-files"]} <= copied
    assert dynamic["dependencies"]["file"][0] in copied
    assert dynamic["optional-dependencies"]["dev"]["file"][0] in copied


def test_the_image_installs_by_the_locks_and_runs_as_somebody_without_rights() -> None:
    steps = list(instructions())
    assert any("scripts/install.py" in rest for name, rest in steps if name == "RUN")
    assert not any(re.search(r"pip install|curl|wget|ADD ", rest) for _, rest in steps)
    users = [rest for name, rest in steps if name == "USER"]
    assert users == ["10001:10001"]
    last_run = max(place for place, (name, _) in enumerate(steps) if name == "RUN")
    assert steps.index(("USER", users[0])) > last_run


def test_the_image_s_entry_point_and_health_check_are_commands_that_exist() -> None:
    said = dict(instructions())
    assert yaml.safe_load(said["ENTRYPOINT"]) == ["tacit"]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert "tacit" in scripts
    assert command_of(yaml.safe_load(said["CMD"])).name == "run"
    program, *words = yaml.safe_load(said["HEALTHCHECK"].partition(" CMD ")[2])
    assert program == "tacit"
    assert command_of(words).name == "status"


# The guide


def test_every_command_of_the_guide_exists() -> None:
    calls = re.findall(r"(?:bin/|… |^    )tacit ((?:[a-z]|--)[^&>|\n;`(]*)", GUIDE, re.MULTILINE)
    assert len(calls) > 8
    for call in calls:
        command_of(shlex.split(call))


def test_every_file_that_the_guide_points_to_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", GUIDE)
    assert links
    assert not [link for link in links if not (ROOT / "docs" / link).exists()]
    anchors = re.findall(r"\]\(#([^)]+)\)", GUIDE)
    headings = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
    }
    assert set(anchors) <= headings


def test_the_settings_of_the_guide_are_settings(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.+?)```", GUIDE, re.DOTALL)
    said = {key: value for block in blocks for key, value in yaml.safe_load(block).items()}
    sources = [{"name": "hr", "format": "roster_csv", "path": "hr.csv", "expect_every": "7d"}]
    settings = Settings.model_validate({**said, "sources": sources, "folder": tmp_path})
    assert settings.notify is not None
    assert settings.publish is not None
    assert settings.key_path == tmp_path / "secret/key"
