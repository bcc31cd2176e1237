"""The dashboard, served on a free port, and its pages as a browser reads them."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import uvicorn

from dagster_pipelines.dashboard.server import application
from dagster_pipelines.settings import Settings

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0

_EMPTY = {"meta", "link", "img", "input", "br"}


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Dashboard:
    """A dashboard that is being served."""

    port: int

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a path; redirects are followed."""
        request = urllib.request.Request(f"http://{HOST}:{self.port}{path}", headers=headers)
        try:
            # A page of our own.
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                return Answer(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, dict(answer.headers), answer.read().decode())

    def read(self, path: str) -> ReadPage:
        """Ask for a page that is there, and read it."""
        answer = self.get(path)
        assert answer.status == 200, answer.text
        return ReadPage.of(answer.text)


@contextmanager
def served(settings: Settings) -> Iterator[Dashboard]:
    """Serve what is published, until the block ends."""
    with socket.create_server((HOST, 0)) as listening:
        config = uvicorn.Config(application(settings, HOST), log_level="critical")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not server.started and time.monotonic() < deadline:
                time.sleep(0.01)
            yield Dashboard(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


@dataclass
class ReadPage:
    """A page as it is read: its text, its pictures, its links, its tags.

    Attributes
    ----------
    text
        All that is written on it, its blanks put together.
    pictures
        The sentence that stands for each picture, and its address.
    links
        Where it leads, and what it fetches.
    tags
        Which tags it has.
    ids
        What can be jumped to, in order.
    """

    text: str
    pictures: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, html: str) -> ReadPage:
        """Read a page; one whose tags do not close is none."""
        reader = _Reader()
        reader.feed(html)
        reader.close()
        assert not reader.open, f"not closed: {reader.open}"
        reader.page.text = " ".join(" ".join(reader.words).split())
        return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = ReadPage("")
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.page.tags.add(tag)
        if tag not in _EMPTY:
            self.open.append(tag)
        if tag == "img":
            self.page.pictures.append((said["alt"] or "", said["src"] or ""))
        self.page.links += [
            said[name] or "" for name in ("href", "src", "action") if said.get(name) is not None
        ]
        if said.get("id"):
            self.page.ids.append(said["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)
