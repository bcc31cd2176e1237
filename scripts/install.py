"""Fill the virtual environment that runs this file with exactly what the locks say.

Called by `make setup`, with the environment's own Python; standard library only. pip fetches uv
once, held to the hashes of requirements-uv.lock; uv installs requirements.lock the same way.

    install.py                                            # this environment, and tacit in it
    install.py requirements-superset.lock .venv-superset  # another one, beside it, made anew
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# pip's settings, and the environment variables by which uv knows them.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
}


def pip_settings(listing: str) -> dict[str, str]:
    r"""Read what `pip config list` prints; of two settings of one name the stronger one holds.

    As in pip, an environment variable beats `[install]`, and that beats `[global]`.

    >>> pip_settings(":env:.cert='/a'\nglobal.cert='/b'\nglobal.index-url='https://example.org'")
    {'cert': '/a', 'index-url': 'https://example.org'}
    """
    strength = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in strength and strength[section] >= found.get(key, (0, ""))[0]:
            found[key] = (strength[section], str(ast.literal_eval(value)))
    return {key: value for key, (_, value) in found.items()}


def uv_variables(settings: dict[str, str]) -> dict[str, str]:
    """Say pip's settings to uv, so that an index configured for pip serves uv too.

    The lock's hashes decide what may be installed, so every index may be asked for everything.

    >>> uv_variables({"find-links": "/wheels"})
    {'UV_INDEX_STRATEGY': 'unsafe-best-match', 'UV_FIND_LINKS': '/wheels'}
    """
    variables = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for key, name in UV_NAMES.items():
        words = settings.get(key, "").split()
        if words:
            variables[name] = (" " if key == "extra-index-url" else ",").join(words)
    return variables


def locked_version(lock: str) -> str:
    r"""Return the version of uv that its lock pins.

    >>> locked_version("# made by uv\nuv==0.13.9 \\\n    --hash=sha256:00")
    '0.13.9'
    """
    found = re.search(r"^uv==(\S+)", lock, re.MULTILINE)
    if not found:
        sys.exit("requirements-uv.lock names no version of uv; `make lock` writes it.")
    return found[1]


def run(*command: str | Path, variables: dict[str, str] | None = None) -> None:
    """Run a command; if it fails, end with its exit status, since it has said why."""
    environment = {**(variables or {}), **os.environ}
    status = subprocess.run(command, check=False, env=environment).returncode
    if status:
        sys.exit(status)


def output(*command: str | Path) -> str:
    """Run a command and return what it prints; nothing if it cannot run."""
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def main(*other: str) -> None:
    """Install uv unless it is there, then the lock, then tacit itself: editable, no network.

    With `other`, a lock and a folder, what the lock says goes into an environment there.
    """
    pip = (sys.executable, "-m", "pip")
    uv = Path(sys.executable).parent / "uv"
    uv_lock = ROOT / "requirements-uv.lock"
    if locked_version(uv_lock.read_text(encoding="utf-8")) not in output(uv, "--version").split():
        run(*pip, "install", "--quiet", "--no-deps", "--require-hashes", "-r", uv_lock)
    settings = pip_settings(output(*pip, "config", "list"))
    variables = uv_variables(settings)
    lock, environment = other or (ROOT / "requirements.lock", None)
    if environment:
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment)
    quietly = ["--quiet", "--python", environment or sys.executable]
    exactly = ["--require-hashes", lock]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        exactly.append("--no-index")
    run(uv, "pip", "sync", *quietly, *exactly, variables=variables)
    if not environment:
        editable = ["--offline", "--no-deps", "--no-build-isolation", "--editable", ROOT]
        run(uv, "pip", "install", *quietly, *editable, variables=variables)


if __name__ == "__main__":
    main(*sys.argv[1:])
