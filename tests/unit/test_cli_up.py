"""`tacit up`: on the loopback address only, and nothing is left running when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dagster_pipelines.command_line import server
from dagster_pipelines.errors import JobError, UsageError

# Stands in for Dagster: starts a process of its own, says so, and ends it when it is told to end.
STAND_IN = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open("server.txt", "w") as file:
    file.write(f"{child.pid} {os.environ['TACIT_CONFIG']} {os.environ['DAGSTER_HOME']}")
def end(*_):
    child.terminate(); child.wait(); sys.exit(0)
if "deaf" not in sys.argv:
    signal.signal(signal.SIGTERM, end)
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(60)
"""


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((server.LOOPBACK, 0))
        return probe.getsockname()[1]


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Put the handlers back that `serve` sets."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def serve(
    folder: Path, port: int, monkeypatch: pytest.MonkeyPatch, *arguments: str, number: int
) -> int:
    """Serve the stand-in, signal ourselves when it is up, return the number of its process."""
    stand_in = [sys.executable, "-c", STAND_IN, *arguments]
    monkeypatch.setattr(server, "command", lambda _: stand_in)
    told = folder / "server.txt"

    def tell() -> None:
        while not told.exists() or not told.read_text():
            time.sleep(0.05)
        os.kill(os.getpid(), number)

    teller = threading.Thread(target=tell)
    teller.start()
    server.serve(folder / "tacit.yml", {"DAGSTER_HOME": "home"}, folder, port)
    teller.join()
    child, config, home = told.read_text().split()
    assert Path(config) == (folder / "tacit.yml").resolve()
    assert home == "home"
    return int(child)


def is_running(process: int) -> bool:
    """Tell whether a process lives; one that nobody has buried yet does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_it_listens_on_the_loopback_address_only() -> None:
    words = server.command(3000)
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--port") + 1] == "3000"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_and_what_it_started(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    child = serve(tmp_path, free_port, monkeypatch, number=number)
    assert not is_running(child)


def test_a_server_that_does_not_end_is_ended(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SECONDS_TO_END", 0.5)
    child = serve(tmp_path, free_port, monkeypatch, "deaf", number=signal.SIGTERM)
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


def test_a_server_that_ends_by_itself_is_an_error(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "command", lambda _: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(JobError, match="ended by itself"):
        server.serve(tmp_path / "tacit.yml", {}, tmp_path, free_port)


def test_a_port_that_is_taken_is_said(tmp_path: Path, free_port: int) -> None:
    with socket.socket() as other:
        other.bind((server.LOOPBACK, free_port))
        other.listen()
        with pytest.raises(UsageError, match=f"Port {free_port} .* is taken"):
            server.serve(tmp_path / "tacit.yml", {}, tmp_path, free_port)
