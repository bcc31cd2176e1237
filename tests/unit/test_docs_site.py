"""All documentation as one static site (`make docs`)."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dagster_pipelines import publication
from dagster_pipelines.sqlfiles import repository
from tests.harness.once import made_once
from tests.harness.project import WHOLE, compile_into
from tests.harness.published import with_guarded_tables_and_definitions

SCRIPT = repository() / "scripts" / "docs_site.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_site", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a publication, beside a page of dbt's that says nothing."""
    settings = with_guarded_tables_and_definitions(tmp_path_factory.mktemp("company"))
    published = publication.promote(publication.write_candidate(settings, "run"))
    site = tmp_path_factory.mktemp("site")
    (site / script.MODELS).write_text("<html></html>")
    manifest = made_once("compiled", compile_into) / WHOLE
    (site / "manifest.json").write_bytes(manifest.read_bytes())
    script.write_site(site, published)
    return site


def test_no_link_leads_nowhere(script: ModuleType, site: Path) -> None:
    assert list(script.broken_links(site)) == []
    (site / "lost.html").write_text('<a href="nowhere.html">x</a><a href="index.html#lost">y</a>')
    assert len(list(script.broken_links(site))) == 2
    (site / "lost.html").unlink()


def test_every_page_of_the_documentation_is_in_it(site: Path) -> None:
    pages = [*repository().glob("docs/**/*.md"), repository() / "README.md"]
    for page in pages:
        assert (site / page.relative_to(repository()).with_suffix(".html")).exists(), page
    assert "How well connected is the organisation" in (site / "report.html").read_text("utf-8")


def test_the_dictionary_says_what_each_published_column_is(site: Path) -> None:
    said = (site / "dictionary.html").read_text("utf-8")
    for table in publication.published_tables():
        assert f'id="bi.{table}"' in said
    assert "<code>is_withheld</code>" in said
    assert "because it rests on fewer than <code>min_group_size</code> people" in said


def test_the_pages_of_checks_say_yes_and_no_and_no_value(site: Path) -> None:
    said = (site / "checks.html").read_text("utf-8")
    assert "<td>withheld cells look alike</td><td>yes</td>" in said
    assert "<td>no</td>" not in said
    pages = [path.read_text("utf-8") for path in (site / "checks").rglob("*.html")]
    assert len(pages) > 2 * len(publication.published_tables())
    # A department, and a programme of the made-up company.
    assert not [name for name in ("Sales", "Lighthouse") if any(name in page for page in pages)]


def test_no_page_fetches_anything_from_elsewhere(script: ModuleType, site: Path) -> None:
    fetched = re.compile(r'<(?:script|img|iframe)\b[^>]*\bsrc="https?:|<link\b[^>]*\bhref="https?:')
    for path in site.rglob("*.html"):
        assert not fetched.search(path.read_text("utf-8")), path
