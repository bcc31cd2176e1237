"""The assets of the publication: the candidate, the generation that it becomes, and its copy.

Here belongs what depends on what and what is shown. How a file is written, audited and promoted
belongs in `publication`; what it must satisfy, in `checks`.
"""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import dagster as dg

from dagster_pipelines import postgres, publication
from dagster_pipelines.dagster_home import WRITERS
from dagster_pipelines.defs.checks import CANDIDATE
from dagster_pipelines.defs.resources import OneRun, retries
from dagster_pipelines.defs.table_metadata import ROW_COUNT, of_table
from dagster_pipelines.errors import JobError
from dagster_pipelines.settings import Schedule, Settings

GROUP = "published"
OWNERS = ["team:data"]
TAGS = {"privacy": "groups_only"}


def publication_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """Return the candidate, made of every guarded table, and the generation made of it.

    Where `tacit.yml` names a PostgreSQL database, there is the copy in it too.
    """
    schedule = settings.schedule

    @dg.asset(
        key=CANDIDATE,
        deps=[dg.AssetKey(["bi", table]) for table in publication.published_tables()],
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", "parquet"},
        pool=WRITERS,
        retry_policy=retries(schedule),
    )
    def candidate(run: dg.ResourceParam[OneRun]) -> dg.MaterializeResult:
        """The file that would be published, in a folder that only the job can read."""
        with run.step("candidate"):
            run.report("Write", 0)
            folder = publication.write_candidate(run.settings, run.run_id)
            with closing(publication.open_published(folder)) as connection:
                rows = {
                    table: of_table(connection, "bi", table)[ROW_COUNT]
                    for table in publication.published_tables()
                }
            return dg.MaterializeResult(
                metadata={**rows, ROW_COUNT: sum(rows.values()), "bytes": _bytes(folder)}
            )

    @dg.asset(
        key=["published", "generation"],
        deps=[CANDIDATE],
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", "parquet"},
        freshness_policy=publication_freshness(schedule),
    )
    def generation(run: dg.ResourceParam[OneRun]) -> dg.MaterializeResult:
        """What BI tools open: the checked candidate under its new name, and the link to it.

        Promotion is not tried again: half of it done, the candidate is a generation already.
        """
        with run.step("publish"):
            run.report("Publish", 0)
            candidate = publication.candidate_path(run.settings, run.run_id)
            published = publication.promote(candidate)
            return dg.MaterializeResult(
                metadata={"generation": published.name, "bytes": _bytes(published)}
            )

    @dg.asset(
        key=["published", "postgres"],
        deps=[generation],
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"postgres"},
        retry_policy=retries(schedule),
    )
    def in_postgres(run: dg.ResourceParam[OneRun]) -> dg.MaterializeResult:
        """The generation once more, in PostgreSQL: a schema of its own, and views that show it."""
        with run.step("postgres"):
            published = publication.current(run.settings)
            if published is None:
                raise JobError("Nothing is published yet that could be copied; run the whole job.")
            copied = postgres.publish(
                run.settings, published, lambda done, total: run.report("PostgreSQL", done, total)
            )
            return dg.MaterializeResult(
                metadata={**copied.rows, ROW_COUNT: sum(copied.rows.values())}
            )

    return [candidate, generation, *([in_postgres] if settings.publish else [])]


def publication_freshness(schedule: Schedule) -> dg.FreshnessPolicy:
    """Expect a publication as often as the schedule runs; late by two hours, overdue by a turn."""
    *_, day, month, weekday = schedule.cron.split()
    turn = timedelta(days=1)
    if weekday != "*":
        turn = timedelta(days=7)
    elif (day, month) != ("*", "*"):
        turn = timedelta(days=31)
    return dg.FreshnessPolicy.time_window(
        fail_window=2 * turn + timedelta(hours=2), warn_window=turn + timedelta(hours=2)
    )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
