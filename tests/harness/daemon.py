"""`tacit up` on a made-up company: the real page and the real daemon, looked at from outside.

Nothing of Dagster is replaced. What a test sees it reads from the page's GraphQL, or from Dagster's
instance in the data folder; what it does, a person could do: drop files, type commands, press the
page's switches.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dagster_pipelines.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
TACIT = [sys.executable, "-c", "from dagster_pipelines.__main__ import main; main()"]
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 600.0
TICK_SECONDS = 3.0

FINISHED = ("SUCCESS", "FAILURE", "CANCELED")

Found = TypeVar("Found")


def eventually(
    look: Callable[[], Found], what: str, patience_seconds: float = PATIENCE_SECONDS
) -> Found:
    """Look again and again until there is something to be seen; return it.

    Raises
    ------
    AssertionError
        There was nothing for as long as patience lasts.
    """
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"not within {patience_seconds:.0f} s: {what}")


@dataclass(frozen=True)
class SeenRun:
    """A run as the page shows it; times in seconds since 1970, None while there is none."""

    run_id: str
    status: str
    began: float | None
    ended: float | None
    tags: dict[str, str]

    @property
    def started_by(self) -> str:
        """The schedule or sensor that asked for it; `person` if neither did."""
        tags = self.tags
        return tags.get("dagster/schedule_name") or tags.get("dagster/sensor_name") or "person"


class Served:
    """A company that `tacit up` serves."""

    def __init__(self, config: Path, environment: dict[str, str]) -> None:
        self.config = config
        self.settings: Settings = load_settings(config)
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.log = config.parent / "up.log"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [*TACIT, "up", "--port", str(self.port), "--config", str(self.config)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    @contextmanager
    def answering(self) -> Iterator[Served]:
        """Wait until the page shows the job; end whatever is left at the end of the block."""
        try:
            eventually(self._has_jobs, "the page shows the job")
            yield self
        finally:
            left = self.processes()
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
            for process in left:
                if process in self.processes():
                    os.kill(process, signal.SIGKILL)

    def _has_jobs(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return "tacit_run" in [job["name"] for job in self.repository()["jobs"]]
        except (OSError, AssertionError, IndexError, KeyError):
            return False

    def tacit(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type another command on the same company."""
        return subprocess.run(
            [*TACIT, *words, "--config", str(self.config)],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    # What the page says

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask the page's GraphQL; return its data."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - a page of our own
            said = json.load(answer)
        assert "errors" not in said, said["errors"]
        return said["data"]

    def repository(self) -> dict[str, Any]:
        """What the daemon has loaded: jobs, schedules and sensors with their state."""
        return self.ask(
            """{ repositoriesOrError { ... on RepositoryConnection { nodes {
                name location { name } jobs { name }
                schedules { name scheduleState { id status ticks(limit: 1) { status } } }
                sensors { name sensorState { status } } } } } }"""
        )["repositoriesOrError"]["nodes"][0]

    def runs(self) -> list[SeenRun]:
        """All runs, oldest first."""
        found = self.ask(
            """{ runsOrError { ... on Runs { results {
                runId status startTime endTime tags { key value } } } } }"""
        )["runsOrError"]["results"]
        return [
            SeenRun(
                run_id=run["runId"],
                status=run["status"],
                began=run["startTime"],
                ended=run["endTime"],
                tags={tag["key"]: tag["value"] for tag in run["tags"]},
            )
            for run in reversed(found)
        ]

    def run(self, run_id: str) -> SeenRun:
        """One run as it is now."""
        return next(run for run in self.runs() if run.run_id == run_id)

    def new_run(self, known: list[SeenRun], by: str, what: str) -> SeenRun:
        """Wait for a run that was not known and that `by` started."""
        ids = {run.run_id for run in known}

        def look() -> SeenRun | None:
            new = [run for run in self.runs() if run.run_id not in ids and run.started_by == by]
            return new[0] if new else None

        return eventually(look, what)

    def ended(self, run: SeenRun) -> SeenRun:
        """Wait for the end of a run; return it as it then is."""
        return eventually(
            lambda: now if (now := self.run(run.run_id)).status in FINISHED else None,
            f"the end of the run by {run.started_by}",
        )

    def at_rest(self) -> list[SeenRun]:
        """Wait until no run waits or is at work; return all."""

        def look() -> list[SeenRun] | None:
            runs = self.runs()
            return runs if runs and all(run.status in FINISHED for run in runs) else None

        return eventually(look, "no run waits or is at work")

    def events(self, run: SeenRun) -> list[str]:
        """The kinds of the events of a run, in their order."""
        said = self.ask(
            """query($id: ID!) { logsForRun(runId: $id, limit: 1000) {
                ... on EventConnection { events { ... on MessageEvent { eventType } } } } }""",
            id=run.run_id,
        )["logsForRun"]["events"]
        return [event["eventType"] for event in said]

    def skips(self, sensor: str) -> list[tuple[float, str]]:
        """When and why a sensor started nothing, newest first."""
        said = self.ask(
            """query($sensor: SensorSelector!) { sensorOrError(sensorSelector: $sensor) {
                ... on Sensor { sensorState { ticks(limit: 30) { timestamp skipReason } } } } }""",
            sensor=self._selector("sensorName", sensor),
        )["sensorOrError"]["sensorState"]["ticks"]
        return [(tick["timestamp"], tick["skipReason"] or "") for tick in said]

    def freshness(self, source: str) -> str | None:
        """The state of a source's exports: HEALTHY, WARNING, DEGRADED; None without a policy."""
        said = self.ask(
            """query($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) {
                ... on AssetNode { freshnessStatusInfo { freshnessStatus } } } }""",
            key={"path": ["exports", source]},
        )["assetNodeOrError"]["freshnessStatusInfo"]
        return said and said["freshnessStatus"]

    # The page's switches

    def _selector(self, kind: str, name: str) -> dict[str, str]:
        repository = self.repository()
        return {
            "repositoryName": repository["name"],
            "repositoryLocationName": repository["location"]["name"],
            kind: name,
        }

    def start_schedule(self, name: str) -> None:
        """Switch a schedule on."""
        self.ask(
            """mutation($schedule: ScheduleSelector!) {
                startSchedule(scheduleSelector: $schedule) { __typename } }""",
            schedule=self._selector("scheduleName", name),
        )

    def stop_schedule(self, name: str) -> None:
        """Switch a schedule off, for good: a tick that is under way writes back that it is on."""

        def is_off() -> bool:
            [state] = [
                schedule["scheduleState"]
                for schedule in self.repository()["schedules"]
                if schedule["name"] == name
            ]
            if any(tick["status"] == "STARTED" for tick in state["ticks"]):
                return False
            if state["status"] == "STOPPED":
                return True
            self.ask(
                "mutation($id: String!) { stopRunningSchedule(id: $id) { __typename } }",
                id=state["id"],
            )
            time.sleep(TICK_SECONDS)
            return False

        eventually(is_off, f"the schedule {name} is off")

    def launch(self) -> str:
        """Press the page's launch button for the job; return the run's id."""
        return self.ask(
            """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
                __typename ... on LaunchRunSuccess { run { runId } } } }""",
            params={"selector": self._selector("jobName", "tacit_run"), "mode": "default"},
        )["launchRun"]["run"]["runId"]

    # What the machine says

    def processes(self) -> set[int]:
        """The processes that belong to this company's server, as their environment tells."""
        told = f"TACIT_CONFIG={self.config.resolve()}".encode()
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                variables = (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if told in variables:
                found.add(int(folder.name))
        return found

    def listening(self) -> set[str]:
        """The TCP addresses on which these processes listen, in the kernel's hexadecimal."""
        inodes = set()
        for process in self.processes():
            for link in Path(f"/proc/{process}/fd").glob("*"):
                try:
                    inodes.add(str(link.readlink()))
                except OSError:
                    continue
        found = set()
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == "0A" and f"socket:[{rest[5]}]" in inodes:
                    found.add(local)
        return found
