"""`tacit up`: Dagster's web page, and the daemon that runs schedule and sensor, on this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.stopping import as_keyboard_interrupt

LOOPBACK = "127.0.0.1"
"""The one address that is listened on: Dagster knows no passwords."""

MODULE = "dagster_pipelines.definitions"

NOT_TO_BE_HEARD = "ignore:Function `dev_command` is superseded"
"""Dagster advises `dg dev` for projects that `dg` made; it is a package more, for the same page."""

_PAUSE_SECONDS = 0.1

SECONDS_TO_END = 6.0
"""How long all processes are given; on a busy machine that is ten until the last is gone."""


def command(port: int) -> list[str]:
    """Return the command that serves the page and runs the daemon."""
    dagster = [sys.executable, "-m", "dagster", "dev", "--log-level", "warning"]
    return [*dagster, "--host", LOOPBACK, "--port", str(port), "--module-name", MODULE]


def serve(config: Path, variables: dict[str, str], folder: Path, port: int) -> None:
    """Serve until somebody interrupts.

    `variables` are Dagster's (its home in the data folder), `folder` is where the project stands.

    Raises
    ------
    UsageError
        The port is taken.
    JobError
        The server ended by itself.
    """
    if not port_is_free(port):
        raise UsageError(f"Port {port} of {LOOPBACK} is taken; name another: tacit up --port 3001.")
    environment = {
        **os.environ,
        **variables,
        "TACIT_CONFIG": str(config.resolve()),
        "PYTHONWARNINGS": NOT_TO_BE_HEARD,
    }
    # Where SIGINT is ignored (behind `&` in a script), Dagster would be deaf to SIGTERM as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A session of its own: Ctrl-C reaches us alone, and all of Dagster's processes can be ended.
    with (
        as_keyboard_interrupt(),
        subprocess.Popen(
            command(port), cwd=folder, env=environment, start_new_session=True
        ) as server,
    ):
        try:
            status = server.wait()
        except KeyboardInterrupt:
            _end(server)
            return
    raise JobError(f"The server ended by itself (status {status}); what it said stands above.")


def _end(server: subprocess.Popen[bytes]) -> None:
    """Tell all processes to end; whoever is impatient, or has waited enough, ends them.

    All of them, since Dagster tells its page and its daemon only: the run at work and the process
    that holds the definitions would go on for most of a minute after it.
    """
    try:
        _signal_all(server.pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        while time.monotonic() < deadline and _is_anybody_left(server.pid):
            time.sleep(_PAUSE_SECONDS)
    except KeyboardInterrupt:
        pass
    finally:
        _signal_all(server.pid, signal.SIGKILL)
        server.wait()


def _is_anybody_left(group: int) -> bool:
    """Tell whether a process of a group lives. One that has ended may wait long to be buried."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group, *_ = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(its_group) == group and state not in "ZX":
            return True
    return False


def _signal_all(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def port_is_free(port: int) -> bool:
    """Tell whether one may listen on a port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
