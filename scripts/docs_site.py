"""Put all documentation together as one static site, which needs no server and no network.

    python scripts/docs_site.py SITE demo/data/published/current

SITE is the folder into which `dbt docs generate --static` has written: its page of models stays as
it is. Beside it come the pages of `docs/`, the dictionary of what is published, what the checks of
Great Expectations said of a publication, and its report. `make docs` calls it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from dagster_pipelines.dashboard.pages import PAGES
from dagster_pipelines.dashboard.published import Published
from dagster_pipelines.dashboard.rendering import STYLE, report_html
from dagster_pipelines.expectations.data_docs import write_data_docs
from dagster_pipelines.expectations.suites import SUITES
from dagster_pipelines.publication import open_published
from dagster_pipelines.sqlfiles import repository

ROOT = repository()
MODELS, DICTIONARY, REPORT = "static_index.html", "dictionary.html", "report.html"
CHECKS, PAGES_OF_CHECKS = "checks.html", "checks"
LAYERS = {
    "bi": "What is published",
    "marts": "Marts, in the warehouse",
    "disclosure": "What is withheld, in the warehouse",
    "intermediate": "Steps of the calculation, in the warehouse",
    "staging": "Views on what was loaded, in the warehouse",
}
"""The layers of the dictionary, in the order in which they are looked for."""

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)

AWAY = f'<!doctype html>\n<meta http-equiv="refresh" content="0; url=../{CHECKS}">\n'
"""What stands where the pages of checks look for an index of their own."""


@dataclass(frozen=True)
class Text:
    """A page of documentation: where it stands in the project, and what it says."""

    path: Path

    @property
    def place(self) -> str:
        """Where it stands in the site."""
        return _as_html(self.path.relative_to(ROOT).as_posix())

    @property
    def source(self) -> str:
        """What it says, as Markdown."""
        return self.path.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        """Its first heading."""
        found = re.search(r"^# (.+)$", self.source, re.MULTILINE)
        return found[1] if found else self.path.stem


def texts() -> list[Text]:
    """Return all pages of documentation, the project's own first."""
    top = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
    return [
        Text(path) for path in [*top, ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]
    ]


def write_site(site: Path, published: Path) -> None:
    """Write all pages into the folder in which dbt's stand."""
    pages = texts()
    known = {page.place for page in pages}
    for page in pages:
        _write(site, page.place, page.title, _rendered(page, known))
    _write(site, DICTIONARY, "Dictionary", dictionary(site / "manifest.json"))
    for image in (ROOT / "docs" / "images").iterdir():
        _file(site / image.relative_to(ROOT)).write_bytes(image.read_bytes())
    _file(site / "style.css").write_bytes(STYLE.read_bytes())
    _file(site / "index.html").write_bytes((site / "README.html").read_bytes())
    _write(site, CHECKS, "Checks", checks(site, published))
    with open_published(published) as connection:
        report = report_html(Published(published.resolve().name, connection), list(PAGES.values()))
    _file(site / REPORT).write_text(report, encoding="utf-8")


def checks(site: Path, published: Path) -> str:
    """Ask all rules about a publication; return whether each holds, by the pages about them."""
    pages = write_data_docs(published, site / PAGES_OF_CHECKS)
    suites = [
        {
            "title": f"bi.{suite.table}: {suite.frame}",
            "page": pages[suite.name].path.relative_to(site).as_posix(),
            "rules": [
                (one.rule.replace("_", " "), one.rule in pages[suite.name].holds)
                for one in suite.expectations
            ],
        }
        for suite in SUITES
    ]
    _file(site / PAGES_OF_CHECKS / "index.html").write_text(AWAY, encoding="utf-8")
    return _template("checks.html", suites=suites)


def dictionary(manifest: Path) -> str:
    """Return the tables and columns of all layers, out of dbt's manifest."""
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    models: list[dict[str, Any]] = [node for node in nodes if node["resource_type"] == "model"]
    layers = [
        (layer, words, sorted((m for m in models if m["schema"] == layer), key=_name))
        for layer, words in LAYERS.items()
    ]
    return _template("dictionary.html", layers=layers, models=MODELS, said=_said)


def _said(description: str) -> Markup:
    """Return a description as HTML."""
    return Markup(MarkdownIt("commonmark").renderInline(description))  # noqa: S704 - our own words


def _template(name: str, **said: object) -> str:
    """Return one of our templates with what is said in it; it escapes what is no HTML."""
    return TEMPLATES.get_template(name).render(**said)


def _name(model: dict[str, Any]) -> str:
    return str(model["name"])


def _write(site: Path, place: str, title: str, body: str) -> None:
    places = [
        ("tacit", "index.html"),
        ("Metrics", "docs/metrics.html"),
        ("Questions", "docs/questions.html"),
        ("Dictionary", DICTIONARY),
        ("Models", MODELS),
        ("Checks", CHECKS),
        ("A report", REPORT),
        ("Architecture", "ARCHITECTURE.html"),
        ("Decisions", "docs/decisions/README.html"),
    ]
    top = "../" * place.count("/")
    html = _template("page.html", title=title, body=Markup(body), places=places, top=top)  # noqa: S704 - our own pages
    _file(site / place).write_text(html, encoding="utf-8")


def _rendered(page: Text, known: set[str]) -> str:
    """Return a page as HTML: links to other pages lead to them, headings can be jumped to."""
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(page.source)
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and after is not None:
            token.attrSet("id", _anchor(after.content))
        for child in token.children or ():
            _lead(child, page, known)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _lead(token: Token, page: Text, known: set[str]) -> None:
    """Let a link lead to the page of the site; to a file that is none of its pages, nowhere."""
    if token.type != "link_open":
        return
    parts = urlsplit(str(token.attrGet("href")))
    if parts.scheme or not parts.path:
        return
    target = (page.path.parent / parts.path).resolve()
    place = _as_html(target.relative_to(ROOT).as_posix()) if target.is_relative_to(ROOT) else ""
    if target.is_dir():
        place = f"{place}/README.html"
    if place in known:
        top = "../" * page.place.count("/")
        token.attrSet("href", f"{top}{place}" + (f"#{parts.fragment}" if parts.fragment else ""))
    else:
        token.attrs.pop("href")


def _as_html(path: str) -> str:
    return re.sub(r"\.md$", ".html", path)


def _anchor(heading: str) -> str:
    """Return how a heading is jumped to, as code hosts have it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def broken_links(site: Path) -> Iterator[str]:
    """Yield each link of the site's own pages that leads to no file, or to no place in it."""
    own = [
        path
        for path in site.rglob("*.html")
        if PAGES_OF_CHECKS not in path.parts and path.name != MODELS
    ]
    ids = {path: set(re.findall(r'\bid="([^"]+)"', path.read_text("utf-8"))) for path in own}
    for path in own:
        for link in re.findall(r'\b(?:href|src)="([^"]+)"', path.read_text("utf-8")):
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / parts.path).resolve() if parts.path else path
            if not target.exists() or (
                parts.fragment and target in ids and parts.fragment not in ids[target]
            ):
                yield f"{path.relative_to(site)}: {link}"


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    write_site(folder, Path(sys.argv[2]))
    if broken := list(broken_links(folder)):
        sys.exit("These links lead nowhere: " + "; ".join(broken))
    print(f"All documentation: {sys.argv[1]}/index.html")
