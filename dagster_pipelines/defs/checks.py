"""The checks that stop a publication, apart from dbt's tests, which come with the models.

Here belongs how a rule becomes an asset check. The rules themselves belong in `landing` (every
record is somewhere), `publication` (the file is as declared), `disclosure` (it gives nobody away)
and `expectations` (what BI reads is plausible).
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb

from dagster_pipelines import publication
from dagster_pipelines.defs.resources import OneRun
from dagster_pipelines.disclosure import audit_disclosure
from dagster_pipelines.expectations.suites import SUITES, Suite, check_name
from dagster_pipelines.expectations.validation import validate
from dagster_pipelines.landing import unbalanced_files

CANDIDATE = dg.AssetKey(["published", "candidate"])

CONSERVATION_LAW = dg.AssetCheckSpec(
    "every_record_is_somewhere",
    asset=dg.AssetKey(["raw", "files"]),
    description=(
        "Loaded, duplicate, quarantined and excluded records of a file add up to its records, as "
        "an independent count has them."
    ),
    blocking=True,
)

AS_DECLARED = dg.AssetCheckSpec(
    "is_as_declared",
    asset=CANDIDATE,
    description=(
        "The file opens, holds exactly the tables and columns that sql/publish declares, and "
        "nothing that stands for one person."
    ),
    blocking=True,
)

GIVES_NOBODY_AWAY = dg.AssetCheckSpec(
    "gives_nobody_away",
    asset=CANDIDATE,
    description=(
        "No withheld cell, and no number of a few people, follows from the cells that are shown, "
        "as an audit has it that does not know how they were chosen."
    ),
    blocking=True,
)

# So many sentences are said of what the audit found.
SAID_AT_MOST = 3


def conservation_law(connection: duckdb.DuckDBPyConnection) -> dg.AssetCheckResult:
    """Tell whether every record of every file is somewhere."""
    unbalanced = unbalanced_files(connection)
    count = len(unbalanced)
    files = "1 file does" if count == 1 else f"{count} files do"
    return dg.AssetCheckResult(
        check_name=CONSERVATION_LAW.name,
        asset_key=CONSERVATION_LAW.asset_key,
        passed=not unbalanced,
        description=f"The records of {files} not add up." if unbalanced else None,
        metadata={"files": count},
    )


def expectation_checks(suites: tuple[Suite, ...] = SUITES) -> dg.AssetChecksDefinition:
    """Make a blocking check of the candidate for each expectation, of its shape, and of disclosure.

    They are one step: Great Expectations takes seconds to import.
    """
    specs = [
        dg.AssetCheckSpec(
            check_name(suite, expectation),
            asset=CANDIDATE,
            description=f"{suite.table}: {expectation.rule.replace('_', ' ')}.",
            blocking=True,
        )
        for suite in suites
        for expectation in suite.expectations
    ]

    @dg.multi_asset_check(name="candidate_checks", specs=[AS_DECLARED, GIVES_NOBODY_AWAY, *specs])
    def candidate_checks(run: dg.ResourceParam[OneRun]) -> Iterator[dg.AssetCheckResult]:
        """Look at the very file that is to be published: its shape, then what it says."""
        with run.step("checks"):
            candidate = publication.candidate_path(run.settings, run.run_id)
            problems = publication.audit(candidate)
            yield dg.AssetCheckResult(
                check_name=AS_DECLARED.name,
                asset_key=CANDIDATE,
                passed=not problems,
                description=" ".join(problems) or None,
            )
            if problems:
                return
            yield _disclosure(candidate, run)
            progress = lambda done, total: run.report("Check", done, total)  # noqa: E731
            for verdict in validate(candidate, suites, progress):
                yield dg.AssetCheckResult(
                    check_name=verdict.check,
                    asset_key=CANDIDATE,
                    passed=verdict.holds,
                    description=None if verdict.holds else verdict.sentence,
                    metadata={"table": verdict.table},
                )

    return candidate_checks


def _disclosure(candidate: Path, run: OneRun) -> dg.AssetCheckResult:
    found = audit_disclosure(
        run.settings, candidate, lambda done, total: run.report("Audit", done, total)
    )
    return dg.AssetCheckResult(
        check_name=GIVES_NOBODY_AWAY.name,
        asset_key=CANDIDATE,
        passed=not found,
        description=" ".join(found[:SAID_AT_MOST]) or None,
        metadata={"findings": len(found)},
    )
