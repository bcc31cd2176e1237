"""A data folder whose warehouse holds guarded tables of our own, as the last models would leave it.

The tables are those that `sql/publish` declares, so that a test says only the rows it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

from dagster_pipelines.publication import published_tables
from dagster_pipelines.restating.record import forget
from dagster_pipelines.settings import Settings
from dagster_pipelines.sqlfiles import repository, statements
from dagster_pipelines.warehouse import prepare_folders, warehouse_path

FIRST_MONDAY = "2026-01-05"
DEFINITIONS = repository() / "dbt_project" / "seeds" / "metrics.csv"

# Three weeks; one department of 20 people, two too small to be shown.
ROWS = {
    "release": """
        select
            'run' as run_id, 'Example' as organisation_name, timestamp '2026-02-01' as built_at,
            date '2026-01-05' as coverage_from, date '2026-01-25' as coverage_to, 3 as weeks,
            27 as people, 300 as events, 2 as files, 310 as records, 4 as quarantined_records,
            'd' as data_fingerprint, '0.1' as tacit_version, 'c' as code_fingerprint,
            '1.24' as great_expectations_version, 300 as data_tests, 60 as expectations,
            'f' as parameters_fingerprint, 'UTC' as timezone,
            'viva' as interaction_profile, 4 as tie_window_weeks, 2 as tie_min_interactions,
            false as tie_requires_reciprocity, 'line, grade, depth' as rank_bases,
            5 as min_group_size, '1.11' as dbt_version, 'v1.5' as duckdb_version,
            48 as segment_cells, 24 as withheld_segment_cells,
            3 as unit_pair_cells, 0 as withheld_unit_pair_cells
    """,
    "metric_definitions": """
        select
            metric, metric as label, 'How many?' as question, 'Counted.' as formula,
            'people' as unit, 'from 0' as value_range, 'group and week' as grain,
            'the week' as time_window
        from (
            values ('people'), ('network_size'), ('isolated_share'), ('participation_gini'),
            ('ties'), ('interactions'), ('share'), ('density'), ('community_modularity')
        ) as metrics (metric)
    """,
    "segment_weeks": """
        select
            segment_type, segment_value, weeks.week_start::date as week_start, metric, statistic,
            if(metric = 'people', people, if(people is null, null, value)) as value, people,
            people is null as is_withheld, if(people is null, 'organisation', null) as shown_as
        from generate_series(date '2026-01-05', date '2026-01-19', interval 7 days)
            as weeks (week_start)
        cross join (
            values ('organisation', 'all', 27), ('department', 'Sales', 20),
            ('department', 'Board', null), ('department', 'Legal', null)
        ) as segments (segment_type, segment_value, people)
        cross join (
            values ('people', 'count', null), ('network_size', 'mean', 7.5),
            ('isolated_share', 'share', 0.25), ('participation_gini', 'gini', 0.4)
        ) as figures (metric, statistic, value)
    """,
    "unit_pair_weeks": """
        select
            'Sales' as from_department, 'Sales' as to_department, date '2026-01-05' as week_start,
            metric, value, false as is_withheld
        from (values ('ties', 9), ('interactions', 40), ('share', 1)) as figures (metric, value)
    """,
    "org_structure": """
        select
            date '2026-01-01' as month_start, date '2026-01-19' as week_start, metric,
            value, people, people is null as is_withheld
        from (
            values ('people', 22, 22), ('density', 0.25, 22), ('community_modularity', 0.4, 22),
            ('department_ei_index', null, null)
        ) as figures (metric, value, people)
    """,
    "newcomer_ramp": """
        select
            weeks_since_hire, population, 'network_size' as metric, 'median' as statistic,
            if(is_withheld, null, 7) as value, if(is_withheld, null, 6) as people, is_withheld
        from (
            values (0, 'newcomers', true), (1, 'newcomers', false), (1, 'tenured', false)
        ) as cells (weeks_since_hire, population, is_withheld)
    """,
    "participation": """
        select
            'public_channel' as space_type, 'general' as space_name,
            date '2026-01-05' as week_start, metric, value, band, people,
            people is null as is_withheld
        from (
            values ('members', 12, null, 12), ('lapsed_share', 0.25, null, 12),
            ('contributions', 18, null, 9), ('absence_factor', null, '3 to 5', 12),
            ('questions', null, null, null)
        ) as figures (metric, value, band, people)
    """,
    "programme_reach": """
        select
            'Lighthouse' as programme_name, 'mentoring' as programme_type,
            date '2026-01-01' as month_start, 'department' as segment_type, segment_value, metric,
            value, people, people is null as is_withheld,
            if(people is null, 'organisation', null) as shown_as
        from (
            values ('Sales', 'eligible', 20, 20), ('Sales', 'participants', 8, 20),
            ('Sales', 'programme_share', 0.4, 20), ('Board', 'eligible', null, null)
        ) as figures (segment_value, metric, value, people)
    """,
    "programme_engagement": """
        select
            'Lighthouse' as programme_name, 'mentoring' as programme_type, metric, statistic,
            value, people, people is null as is_withheld
        from (
            values ('pairs', 'count', 6, 12), ('met_share', 'share', 0.5, 12),
            ('days_to_first_meeting', 'median', null, null)
        ) as figures (metric, statistic, value, people)
    """,
    "programme_effects": """
        select
            'Lighthouse' as programme_name, 'mentoring' as programme_type,
            'change' as design, outcome, horizon_weeks, false as is_without_fellow_pairs,
            8 as enrolled, if(is_withheld, null, 7) as matched, if(is_withheld, null, 2) as effect,
            if(is_withheld, null, 0.5) as standard_error, if(is_withheld, null, 1) as interval_low,
            if(is_withheld, null, 3) as interval_high,
            if(is_withheld, null, 1.4) as detectable_effect, is_withheld, 'Mind.' as caveat
        from (
            values ('network_size', 4, false), ('network_size', 12, true)
        ) as rows (outcome, horizon_weeks, is_withheld)
    """,
    "data_quality": """
        select
            'mail' as source_name, date '2026-01-05' as week_start, 100 as events,
            20 as persons_resolved, false as is_withheld, 0.1 as unresolved_share,
            0 as quarantined_share, 1 as ranked_interactions_share,
            1 as known_teams_interactions_share, false as starts_in_mid_coverage,
            false as ends_in_mid_coverage
    """,
}

MEASURES = (
    *("network_size", "cross_team_contacts", "cross_department_contacts", "departments_reached"),
    *("cross_team_share", "reciprocal_share", "lifting_interactions", "lifting_contacts"),
    *("lifting_beyond_manager", "coaching_given", "learning_minutes", "diversity_coverage"),
)
UNKNOWN = ("team", "discipline", "location", "work_mode", "tenure_band")

BEHIND = {
    # 20 people of Sales, 3 of Board, 4 of Legal, three weeks long; six are tenured.
    "marts.fct_person_weeks": """
        select
            week_start::date as week_start, person_id,
            case when person_id < 20 then 'Sales' when person_id < 23 then 'Board' else 'Legal' end
                as department,
            {unknown},
            true as is_measured, true as is_full_window,
            if(person_id between 10 and 15, 30, null) as tenure_weeks,
            false as has_someone_above,
            {values}
        from range(27) as people (person_id)
        cross join generate_series(date '2026-01-05', date '2026-01-19', interval 7 days)
            as weeks (week_start)
    """.format(
        unknown=", ".join(f"null::varchar as {column}" for column in UNKNOWN),
        values=", ".join(f"1 as {column}" for column in MEASURES),
    ),
    # Nine ties of ten people of Sales.
    "intermediate.int_ties": """
        select
            date '2026-01-05' as week_start, 'person_person' as kind, true as is_tied,
            person_id as party_a_id, person_id + 1 as party_b_id, 2 as interactions
        from range(9) as people (person_id)
    """,
    "marts.fct_unit_pair_weeks": """
        select
            date '2026-01-05' as week_start, 'department' as unit_type, 'Sales' as from_unit,
            'Sales' as to_unit, 9 as ties, 18 as interactions
    """,
    "marts.fct_person_structure": """
        select date '2026-01-19' as week_start, person_id from range(22) as people (person_id)
    """,
    "intermediate.int_network_nodes": """
        select date '2026-01-19' as week_start, person_id, person_id as node
        from range(22) as people (person_id)
    """,
    "intermediate.int_network_edges": """
        select date '2026-01-19' as week_start, person_id as lower_node, person_id + 1 as upper_node
        from range(21) as people (person_id)
    """,
    "intermediate.int_newcomer_contacts": """
        select 1 as person_id, 1 as newcomer_contacts, date '2026-01-05' as week_start
        limit 0
    """,
    "marts.dim_parameters": "select 5 as min_group_size, 'f' as fingerprint",
    "disclosure.person_numbers": """
        select
            week_start::date as week_start, person_id,
            map(
                ['department'],
                [case when person_id < 20 then 'Sales' when person_id < 23 then 'Board'
                else 'Legal' end]
            ) as segments,
            map(
                ['people', 'network_size', 'isolated_share', 'participation_gini'],
                [1, 7.5, 0.25, 0.4]::double[]
            ) as numbers
        from range(27) as people (person_id)
        cross join generate_series(date '2026-01-05', date '2026-01-19', interval 7 days)
            as weeks (week_start)
    """,
    "disclosure.programme_numbers": """
        select
            'Lighthouse' as programme_name, date '2026-01-01' as month_start, person_id,
            map(['department'], [if(person_id < 20, 'Sales', 'Board')]) as segments,
            map(
                ['eligible', 'participants', 'programme_share'],
                [1, (person_id < 8)::integer, (person_id < 8)::integer]::double[]
            ) as numbers
        from range(23) as people (person_id)
    """,
    "marts.fct_newcomer_person_weeks": """
        select
            person_id, weeks_since_hire, true as is_pooled,
            date '2026-01-05' + 7 * weeks_since_hire as week_start, 3 as network_size,
            null::integer as cross_team_contacts, null::integer as lifting_beyond_manager,
            0 as newcomer_contacts
        from range(6) as people (person_id)
        cross join (values (0), (1)) as weeks (weeks_since_hire)
        where person_id < 4 or weeks_since_hire = 1
    """,
    "intermediate.int_spaces": "select 1 as space_id, 'public_channel' as kind, 'general' as label",
    # Nine write in the first week, three did so the week before.
    "intermediate.int_space_contributions": """
        select
            1 as space_id, person_id, 2 as contributions,
            if(person_id < 9, date '2026-01-05', date '2025-12-29') as week_start
        from range(12) as people (person_id)
    """,
    "intermediate.int_questions": """
        select
            1 as space_id, person_id as asker_id, true as is_asked_by_a_valid_person,
            true as can_be_judged, false as is_answered, null::double as hours_to_first_reply,
            date '2026-01-05' as week_start
        from range(3) as people (person_id)
    """,
    "intermediate.int_space_listings": """
        select
            1 as space_id, 1 as party_id, 'person' as party_kind, date '2026-01-05' as listed_on
        limit 0
    """,
    # Eight take part in it.
    "intermediate.int_enrolments": """
        select
            7 as programme_id, person_id, date '2026-01-01' as starts_on, null::date as ends_on
        from range(8) as people (person_id)
    """,
    "marts.dim_programmes": "select 7 as programme_id, 'Lighthouse' as programme_name",
    "marts.fct_programme_engagement": """
        select
            7 as programme_id, person_id as person_a_id, person_id + 6 as person_b_id,
            if(person_id < 2, 3, null) as days_to_first_meeting, 2 as sessions_held,
            null::double as held_share, 9 as longest_gap_days,
            null::integer as interactions_30_days, null::integer as interactions_60_days,
            null::integer as interactions_90_days, null::boolean as is_new_pair
        from range(6) as people (person_id)
    """,
    "intermediate.int_programme_entries": """
        select 7 as programme_id, 'change' as design, person_id from range(8) as people (person_id)
    """,
    "marts.fct_programme_effects": """
        select
            7 as programme_id, 'change' as design, 'network_size' as outcome, horizon_weeks,
            false as is_without_fellow_pairs
        from (values (4), (12)) as horizons (horizon_weeks)
    """,
    "intermediate.int_effect_differences": """
        select
            7 as programme_id, 'change' as design, 'network_size' as outcome, horizon_weeks,
            false as is_without_fellow_pairs, person_id, 2.0 as difference, 0.0 as slope,
            5 as controls
        from range(7) as people (person_id)
        cross join (values (4), (12)) as horizons (horizon_weeks)
        where person_id < 3 or horizon_weeks = 4
    """,
    # All have the same five controls.
    "intermediate.int_effect_matches": """
        select
            7 as programme_id, 'change' as design, 'network_size' as outcome, horizon_weeks,
            false as is_without_fellow_pairs, person_id, 4 as value_before, 8 as value_after,
            control_id, 4 as control_value_before, 6 as control_value_after
        from range(7) as people (person_id)
        cross join range(10, 15) as controls (control_id)
        cross join (values (4), (12)) as horizons (horizon_weeks)
        where person_id < 3 or horizon_weeks = 4
    """,
}
"""Who is behind what is published, as far as the audit of disclosure reads it."""


def settings_in(folder: Path) -> Settings:
    """Return the settings of a company without exports, its data in `folder`/data."""
    sources = [{"name": "hr", "format": "roster_csv", "path": "hr.csv"}]
    return Settings.model_validate(
        {"sources": sources, "folder": folder, "privacy": {"key_file": "key"}}
    )


def with_guarded_tables(folder: Path) -> Settings:
    """Make a data folder with the guarded tables in its warehouse; return its settings."""
    settings = settings_in(folder)
    prepare_folders(settings)
    with closing(duckdb.connect()) as connection:
        path = str(warehouse_path(settings)).replace("'", "''")
        connection.execute("attach '" + path + "' as candidate; create schema candidate.bi")
        for table, file in published_tables().items():
            connection.execute(statements(file)["declare"])
            connection.execute("insert into candidate.bi." + table + " by name " + ROWS[table])
        for schema in ("marts", "intermediate", "disclosure"):
            connection.execute("create schema candidate." + schema)
        for table, rows in BEHIND.items():
            connection.execute("create table candidate." + table + " as " + rows)
    return settings


def with_guarded_tables_and_definitions(folder: Path) -> Settings:
    """Make such a data folder in which every metric is defined, as dbt's seed has it."""
    settings = with_guarded_tables(folder)
    with opened_for_writing(settings) as warehouse:
        definitions = warehouse.read_csv(
            str(DEFINITIONS), all_varchar=True, header=True, delimiter=",", quotechar='"'
        )
        warehouse.execute("delete from bi.metric_definitions")
        definitions.insert_into("bi.metric_definitions")
    return settings


@contextmanager
def opened_for_writing(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse to change what its guarded tables say.

    What was published of them before is forgotten: who is behind them does not change.
    """
    with closing(duckdb.connect(str(warehouse_path(settings)))) as connection:
        yield connection
    forget(settings)
