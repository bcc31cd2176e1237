"""Great Expectations' own pages about a publication: which rules there are, and whether they hold.

They say yes and no, never a value (`BOOLEAN_ONLY`). What they would fetch from elsewhere (styles,
scripts, logos) is taken out of them: they are plainer, and open without a network. Their own index
is made by such a script, so whoever shows them needs another.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from dagster_pipelines.expectations.suites import SUITES
from dagster_pipelines.expectations.validation import (
    RESULT_FORMAT,
    batch_of,
    context_in_memory,
    questions,
    read_frame,
    rules_that_hold,
)
from dagster_pipelines.publication import open_published

SITE = "tacit"

_FROM_ELSEWHERE = re.compile(
    r'<script\b[^>]*\bsrc="https?:[^>]*>\s*</script>|<(?:link|img)\b[^>]*\b(?:href|src)="https?:[^>]*>'
)


@dataclass(frozen=True)
class SuitePage:
    """What Great Expectations says of a suite: its page, and which of its rules hold."""

    path: Path
    holds: set[str]


def write_data_docs(published: Path, folder: Path) -> dict[str, SuitePage]:
    """Ask all rules about a publication, and write the pages about it into a folder.

    Return what is said of each suite, by its name.
    """
    import great_expectations as gx
    from great_expectations.checkpoint import UpdateDataDocsAction

    context = context_in_memory()
    context.add_data_docs_site(
        site_name=SITE,
        site_config={
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder.resolve()),
            },
        },
    )
    holds = {}
    with closing(open_published(published)) as connection:
        for suite in SUITES:
            definition = gx.ValidationDefinition(
                name=suite.name,
                data=batch_of(context, suite),
                suite=context.suites.add(questions(suite)),
            )
            checkpoint = gx.Checkpoint(
                name=suite.name,
                validation_definitions=[context.validation_definitions.add(definition)],
                actions=[UpdateDataDocsAction(name="pages", site_names=[SITE])],
                result_format=RESULT_FORMAT,
            )
            frame = read_frame(connection, suite)
            said = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame})
            (outcome,) = said.run_results.values()
            holds[suite.name] = rules_that_hold(outcome)
    (folder / "index.html").unlink()
    for page in folder.rglob("*.html"):
        page.write_text(_FROM_ELSEWHERE.sub("", page.read_text("utf-8")), "utf-8")
    pages = {}
    for suite in SUITES:
        (path,) = (folder / "validations" / suite.table / suite.frame).rglob("*.html")
        pages[suite.name] = SuitePage(path, holds[suite.name])
    return pages
