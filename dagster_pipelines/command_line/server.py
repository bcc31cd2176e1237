"""`tacit up`: Dagster's web page, and the daemon that runs schedule and sensor, on this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from dagster_pipelines.errors import JobError, UsageError
from dagster_pipelines.stopping import as_keyboard_interrupt

LOOPBACK = "127.0.0.1"
"""The one address that is listened on: Dagster knows no passwords."""

MODULE = "dagster_pipelines.definitions"

NOT_TO_BE_HEARD = "ignore:Function `dev_command` is superseded"
"""Dagster advises `dg dev` for projects that `dg` made; it is a package more, for the same page."""

SECONDS_TO_END = 30


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
    # A session of its own: Ctrl-C reaches us alone, and Dagster ends its processes in its order.
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
    """Let the server end its processes; whoever is impatient, or has waited enough, ends them."""
    try:
        server.terminate()
        server.wait(SECONDS_TO_END)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        os.killpg(server.pid, signal.SIGKILL)


def port_is_free(port: int) -> bool:
    """Tell whether one may listen on a port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
