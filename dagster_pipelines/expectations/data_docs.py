"""Great Expectations' own pages about a publication: which rules there are, and whether they hold.

They say yes and no, never a value (`BOOLEAN_ONLY`). What they would fetch from elsewhere (styles,
scripts, logos) is taken out of them: they are plainer, and open without a network. Their own index
is made by such a script, so whoever shows them needs another.
"""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from dagster_pipelines.expectations.suites import SUITES
from dagster_pipelines.expectations.validation import context_in_memory, question
from dagster_pipelines.publication import open_published, published_tables
from dagster_pipelines.sqlfiles import statements

SITE = "tacit"

_FROM_ELSEWHERE = re.compile(
    r'<script\b[^>]*\bsrc="https?:[^>]*>\s*</script>|<(?:link|img)\b[^>]*\b(?:href|src)="https?:[^>]*>'
)


def write_data_docs(published: Path, folder: Path) -> dict[str, Path]:
    """Ask all rules about a publication, and write the pages about it into a folder.

    Return the page of each table's frame, by `<table>.<frame>`.
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
    tables = published_tables()
    with closing(open_published(published)) as connection:
        for suite in SUITES:
            name = f"{suite.table}.{suite.frame}"
            frame = connection.execute(statements(tables[suite.table])[suite.frame]).df()
            asked = context.suites.add(
                gx.ExpectationSuite(
                    name=name, expectations=[question(rule) for rule in suite.expectations]
                )
            )
            definition = context.validation_definitions.add(
                gx.ValidationDefinition(
                    name=name,
                    data=context.data_sources.add_pandas(name)
                    .add_dataframe_asset(name)
                    .add_batch_definition_whole_dataframe(name),
                    suite=asked,
                )
            )
            checkpoint = gx.Checkpoint(
                name=name,
                validation_definitions=[definition],
                actions=[UpdateDataDocsAction(name="pages", site_names=[SITE])],
                result_format="BOOLEAN_ONLY",
            )
            context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame})
    for page in folder.rglob("*.html"):
        page.write_text(_FROM_ELSEWHERE.sub("", page.read_text("utf-8")), "utf-8")
    (folder / "index.html").unlink()
    found = {}
    for suite in SUITES:
        (page,) = (folder / "validations" / suite.table / suite.frame).rglob("*.html")
        found[f"{suite.table}.{suite.frame}"] = page
    return found
