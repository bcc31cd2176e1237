"""Apache Superset on a free port, with this project's dashboard imported by its own command."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dagster_pipelines.sqlfiles import repository
from tests.harness.postgres_server import free_port

HOST = "127.0.0.1"
ASSETS = repository() / "dashboards" / "superset"
COMMAND = repository() / ".venv-superset" / "bin" / "superset"
USER = "admin"
PATIENCE_SECONDS = 120.0

CONFIGURATION = """
SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = {database!r}
"""


@dataclass
class Superset:
    """A server that runs, and the account that may do everything."""

    port: int
    password: str
    log: Path
    headers: dict[str, str] = field(default_factory=dict)
    opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    )

    def sign_in(self) -> None:
        """Be the account that may do everything from now on."""
        account = {"username": USER, "password": self.password, "provider": "db"}
        token = self.ask("/security/login", account)["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        # Whoever changes something shows that he has read a page before.
        self.headers["X-CSRFToken"] = self.ask("/security/csrf_token/")["result"]

    def ask(self, path: str, sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask the server's API; what is sent is posted.

        Raises
        ------
        AssertionError
            It did not answer with what was asked for, but with this.
        """
        status, answer = self.try_to_ask(path, sent)
        assert status == 200, answer
        return answer

    def try_to_ask(
        self, path: str, sent: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Return the status and the answer."""
        address = f"http://{HOST}:{self.port}/api/v1{path}"
        request = urllib.request.Request(address, headers=self.headers)
        if sent is not None:
            request.data = json.dumps(sent).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self.opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@contextmanager
def superset(folder: Path, published: Path) -> Iterator[Superset]:
    """Set a server up in a folder, import the dashboard for a published file, and run it."""
    log, password = folder / "superset.log", secrets.token_hex()
    configuration = folder / "superset_config.py"
    configuration.write_text(
        CONFIGURATION.format(
            secret=secrets.token_hex(), database=f"sqlite:///{folder / 'superset.db'}"
        ),
        encoding="utf-8",
    )
    environment = os.environ | {
        "SUPERSET_HOME": str(folder),
        "SUPERSET_CONFIG_PATH": str(configuration),
        "FLASK_APP": "superset",
    }
    # What this process has set for its own DuckDB and Python is none of the server's business.
    environment.pop("PYTHONPATH", None)

    def start(*words: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as said:
            return subprocess.Popen(
                [str(COMMAND), *words], env=environment, stdout=said, stderr=said, cwd=folder
            )

    def run(*words: str) -> None:
        status = start(*words).wait()
        assert status == 0, log.read_text(encoding="utf-8")[-4000:]

    run("db", "upgrade")
    account = (
        "--username",
        USER,
        "--firstname",
        "A",
        "--lastname",
        "B",
        "--email",
        "a@example.org",
    )
    run("fab", "create-admin", *account, "--password", password)
    run("init")
    archive = shutil.make_archive(str(folder / "tacit"), "zip", ASSETS.parent, ASSETS.name)
    run("import-dashboards", "--path", archive, "--username", USER)
    url = f"duckdb:///{published}?access_mode=read_only"
    run("set-database-uri", "--database_name", "tacit", "--uri", url)
    server = Superset(free_port(), password, log)
    process = start("run", "--host", HOST, "--port", str(server.port), "--with-threads")
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait_for(server: Superset, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the server answers."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            server.sign_in()
        except OSError:
            assert process.poll() is None, server.log.read_text(encoding="utf-8")[-4000:]
            assert time.monotonic() < end
            time.sleep(0.5)
        else:
            return
