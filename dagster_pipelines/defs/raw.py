"""The assets of schema `raw`, and the exports that they are read from.

Here belongs which raw table is an asset, what it depends on and what is shown of it. How a file is
read belongs in `sources`, how it is stored in `landing`, what must hold in `checks`. A format has
an asset of its own for each of its tables; `raw.files` and `raw.quarantine`, which every load
writes to, are one step of their own that closes the books after all of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import dagster as dg

from dagster_pipelines.arrivals import exports as exports_now
from dagster_pipelines.dagster_home import WRITERS
from dagster_pipelines.defs.checks import CONSERVATION_LAW, conservation_law
from dagster_pipelines.defs.resources import OneRun, retries
from dagster_pipelines.defs.table_metadata import of_warehouse
from dagster_pipelines.freshness import expectation_of
from dagster_pipelines.settings import Settings, Source
from dagster_pipelines.sources import FORMATS
from dagster_pipelines.sqlfiles import SQL, statements
from dagster_pipelines.warehouse import connect, warehouse_path

GROUP = "raw"
OWNERS = ["team:data"]
TAGS = {"privacy": "pseudonymised"}

_KINDS = {"slack": "json", "stackexchange": "xml"}
"""What the exports of a format are, but for those in CSV."""

# On a run: the fingerprint of the exports that it found. The sensor starts none for what was taken.
EXPORTS_TAG = "tacit/exports"

ROWS = tuple(
    dg.AssetKey(["raw", table]) for format_ in FORMATS.values() for table in format_.TABLES
)


def raw_assets(settings: Settings) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return the exports that `tacit.yml` names and the raw tables that are made of them."""
    exports = {source.name: _export(source) for source in settings.sources}
    policy = retries(settings.schedule)

    def exports_of(format_: str) -> list[dg.AssetKey]:
        named = [source.name for source in settings.sources if source.format == format_]
        return [exports[name].key for name in named]

    @dg.multi_asset(
        name="declared",
        specs=[
            _spec("sources", "The sources that tacit.yml names now. One row per source.", {"yaml"}),
            _spec(
                "parameters",
                "All parameters that change numbers, and their fingerprint. One row.",
                {"yaml"},
            ),
        ],
        pool=WRITERS,
        retry_policy=policy,
    )
    def declared(
        context: dg.AssetExecutionContext, run: dg.ResourceParam[OneRun]
    ) -> Iterator[dg.MaterializeResult]:
        """Look at every source first; then write down what tacit.yml says, in one transaction."""
        with run.step("declare"):
            run.check_sources()
            # Before the first file is read: one that comes later has another fingerprint.
            context.instance.add_run_tags(
                run.run_id, {EXPORTS_TAG: exports_now(settings).fingerprint}
            )
            run.landing.declare()
            yield from _materialised(run, ["sources", "parameters"])

    @dg.asset(
        key=["raw", "roster_csv_rows"],
        deps=[*declared.keys, *exports_of("roster_csv")],
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", "csv"},
        pool=WRITERS,
        retry_policy=policy,
    )
    def roster_csv_rows(
        context: dg.AssetExecutionContext, run: dg.ResourceParam[OneRun]
    ) -> dg.MaterializeResult:
        """Rows of CSV rosters: who works here, where, under whom and since when. No names."""
        [result] = _loaded(context, run, "roster_csv")
        return result

    @dg.asset(
        key=["raw", "interaction_csv_rows"],
        deps=[*declared.keys, *exports_of("interaction_csv")],
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", "csv"},
        pool=WRITERS,
        retry_policy=policy,
    )
    def interaction_csv_rows(
        context: dg.AssetExecutionContext, run: dg.ResourceParam[OneRun]
    ) -> dg.MaterializeResult:
        """Rows of generic interaction files: who met whom, when, by which channel. No text."""
        [result] = _loaded(context, run, "interaction_csv")
        return result

    @dg.multi_asset(
        name="slack",
        specs=[
            _spec(
                "slack_messages",
                "Messages of Slack exports: who wrote, where, in which thread, whom it mentions, "
                "who reacted. No text.",
                {"json"},
                [*declared.keys, *exports_of("slack")],
            ),
            _spec(
                "slack_conversations",
                "Channels and direct conversations of Slack exports, and their members.",
                {"json"},
                [*declared.keys, *exports_of("slack")],
            ),
            _spec(
                "slack_users",
                "Accounts of Slack exports and the addresses behind them, as identifiers.",
                {"json"},
                [*declared.keys, *exports_of("slack")],
            ),
        ],
        pool=WRITERS,
        retry_policy=policy,
    )
    def slack(
        context: dg.AssetExecutionContext, run: dg.ResourceParam[OneRun]
    ) -> Iterator[dg.MaterializeResult]:
        """Load what is new of Slack: messages, conversations and accounts of an export at once."""
        yield from _loaded(context, run, "slack")

    @dg.asset(
        key=["raw", "stackexchange_posts"],
        deps=[*declared.keys, *exports_of("stackexchange")],
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", "xml"},
        pool=WRITERS,
        retry_policy=policy,
    )
    def stackexchange_posts(
        context: dg.AssetExecutionContext, run: dg.ResourceParam[OneRun]
    ) -> dg.MaterializeResult:
        """Questions and answers of question sites: who asked, who answered whom, when. No text."""
        [result] = _loaded(context, run, "stackexchange")
        return result

    @dg.asset(
        key=["raw", "identity_map"],
        deps=ROWS,
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", "python"},
        pool=WRITERS,
        retry_policy=policy,
    )
    def identity_map(run: dg.ResourceParam[OneRun]) -> dg.MaterializeResult:
        """Who is behind an identifier: a person of the roster, somebody unknown, an external."""
        with run.step("identities"):
            receipt = run.landing.map_identities()
            [(_, described)] = _described(run, ["identity_map"])
            return dg.MaterializeResult(metadata={**receipt.as_metadata(), **described})

    @dg.multi_asset(
        name="manifest",
        specs=[
            _spec(
                "files",
                "Every file that was loaded, and what became of its records: loaded, duplicate, "
                "quarantined or excluded by a named rule. One row per file and load.",
                {"csv"},
                ROWS,
            ),
            _spec(
                "quarantine",
                "Records that could not be read: a place and a reason, never a value.",
                {"csv"},
                ROWS,
            ),
        ],
        check_specs=[CONSERVATION_LAW],
        pool=WRITERS,
        retry_policy=policy,
    )
    def manifest(run: dg.ResourceParam[OneRun]) -> Iterator[Any]:
        """Close the books of the load: count again, apart from the loader, where each record is."""
        with run.step("manifest"):
            yield from _materialised(run, ["files", "quarantine"])
            with closing(connect(warehouse_path(run.settings), read_only=True)) as connection:
                yield conservation_law(connection)

    return [
        *exports.values(),
        declared,
        roster_csv_rows,
        interaction_csv_rows,
        slack,
        stackexchange_posts,
        identity_map,
        manifest,
    ]


def _export(source: Source) -> dg.AssetSpec:
    """Return the asset that stands for a source's files; nothing here makes them."""
    return dg.AssetSpec(
        ["exports", source.name],
        description=f"The files of the source {source.name}, as somebody exported them.",
        group_name="exports",
        owners=OWNERS,
        tags={"privacy": "personal"},
        kinds={_KINDS.get(source.format, "csv")},
        freshness_policy=export_freshness(source),
    )


def export_freshness(source: Source) -> dg.FreshnessPolicy | None:
    """Return after how long without a new file the exports of a source are late, and overdue."""
    expected = expectation_of(source)
    return expected and dg.FreshnessPolicy.time_window(
        fail_window=expected.overdue_after, warn_window=expected.late_after
    )


def _spec(
    table: str, description: str, kinds: set[str], deps: Sequence[dg.AssetKey] = ()
) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["raw", table],
        deps=deps,
        description=description,
        group_name=GROUP,
        owners=OWNERS,
        tags=TAGS,
        kinds={"duckdb", *kinds},
    )


def _loaded(
    context: dg.AssetExecutionContext, run: OneRun, format_: str
) -> Iterator[dg.MaterializeResult]:
    """Load what is new of one format; say of each source that had a new file that it came."""
    with run.step(format_):
        receipt = run.landing.load(format_)
        for name, metadata in _new_exports(run, format_):
            context.log_event(dg.AssetMaterialization(["exports", name], metadata=metadata))
        for table, described in _described(run, FORMATS[format_].TABLES):
            yield dg.MaterializeResult(
                asset_key=["raw", table], metadata={**receipt.as_metadata(), **described}
            )


def _new_exports(run: OneRun, format_: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what came of each source in this run, for those of which something came."""
    ask = statements(SQL / "ops" / "describe.sql")["new_exports"]
    with closing(connect(warehouse_path(run.settings), read_only=True)) as connection:
        rows = connection.execute(ask, {"run_id": run.run_id, "format": format_}).fetchall()
    names = ("files", "bytes", "records", "exported_at")
    return [
        (name, {key: _shown(value) for key, value in zip(names, values, strict=True)})
        for name, *values in rows
    ]


def _shown(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


def _described(run: OneRun, tables: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    found = of_warehouse(run.settings, [("raw", table) for table in tables])
    return [(table, found["raw", table]) for table in tables]


def _materialised(run: OneRun, tables: Sequence[str]) -> Iterator[dg.MaterializeResult]:
    for table, described in _described(run, tables):
        yield dg.MaterializeResult(asset_key=["raw", table], metadata=described)
