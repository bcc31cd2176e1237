"""What `make setup` installs, and from where: the locks, the Makefile, the installer."""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shutil
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-uv.lock")
STAMPED = ("Makefile", "requirements.lock", "requirements-uv.lock", "pyproject.toml")


def names(path: Path) -> set[str]:
    """Return the packages that a requirements file asks for, by their canonical names."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?=[ =<>~!;])", path.read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


@pytest.fixture(scope="module")
def installer() -> ModuleType:
    """The installer, which stands outside every package."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "scripts" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|^-|^/|\s/\w|index-url|find-links|file:", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_version_of_a_lock_is_exact_and_held_to_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text())
    entries = [entry for entry in entries if not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[^\s=*]+( ; .+?)? \\\n", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@pytest.mark.parametrize("asked", ["requirements.in", "requirements-dev.in"])
def test_whatever_is_asked_for_is_locked(asked: str) -> None:
    wanted = names(ROOT / asked)
    assert wanted
    assert wanted <= names(ROOT / "requirements.lock")


def test_each_requirement_has_its_reason_above_it() -> None:
    for asked in ("requirements.in", "requirements-dev.in", "requirements-uv.in"):
        lines = (ROOT / asked).read_text().splitlines()
        for above, line in pairwise(lines):
            if line and not line.startswith("#"):
                assert above, f"{asked}: {line} has no reason above it"


def test_makefile_and_project_agree_on_the_pythons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= v < (3, 14)" in (ROOT / "Makefile").read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that the set-up hangs on, with an environment that is newer than they are."""
    (tmp_path / "scripts").mkdir()
    for name in (*STAMPED, "scripts/install.py"):
        shutil.copyfile(ROOT / name, tmp_path / name)
        os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/.installed").touch()
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as a person would: without the variables of a make above it."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=folder, env=inherited, capture_output=True, text=True, check=False
    )


def test_a_second_set_up_does_nothing(checkout: Path) -> None:
    assert make(checkout, "--question", "setup").returncode == 0


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "scripts/install.py"])
def test_a_changed_lock_sets_up_again(checkout: Path, name: str) -> None:
    (checkout / name).touch()
    os.utime(checkout / ".venv/.installed", (1_000_000_001, 1_000_000_001))
    assert make(checkout, "--question", "setup").returncode == 1


def test_an_old_python_gets_one_sentence(checkout: Path) -> None:
    (checkout / ".venv/.installed").unlink()
    old = checkout / "python3.9"
    old.write_text("#!/bin/sh\necho 'tacit needs Python 3.11' >&2\nexit 1\n")
    old.chmod(0o755)
    done = make(checkout, "setup", f"PYTHON={old}")
    assert done.returncode != 0
    assert "tacit needs Python 3.11" in done.stderr
    assert not (checkout / ".venv/bin").exists()


def test_a_python_that_is_not_there_gets_one_sentence(checkout: Path) -> None:
    (checkout / ".venv/.installed").unlink()
    done = make(checkout, "setup", "PYTHON=python0.0")
    assert "There is no python0.0 here" in done.stderr


def test_the_installer_does_as_its_examples_say(installer: ModuleType) -> None:
    tried = doctest.testmod(installer)
    assert tried.attempted >= 3
    assert tried.failed == 0


def test_an_index_that_pip_knows_is_said_to_uv(installer: ModuleType) -> None:
    listing = "\n".join(
        [
            ":env:.index-url='https://env.example.org/simple'",
            "global.index-url='https://file.example.org/simple'",
            "global.extra-index-url='\\nhttps://one.example.org\\nhttps://two.example.org'",
            "global.find-links='/wheels /more'",
            "global.trusted-host='env.example.org'",
            "list.format='columns'",
        ]
    )
    said = installer.uv_variables(installer.pip_settings(listing))
    assert said["UV_DEFAULT_INDEX"] == "https://env.example.org/simple"
    assert said["UV_INDEX"] == "https://one.example.org https://two.example.org"
    assert said["UV_FIND_LINKS"] == "/wheels,/more"
    assert said["UV_INSECURE_HOST"] == "env.example.org"
