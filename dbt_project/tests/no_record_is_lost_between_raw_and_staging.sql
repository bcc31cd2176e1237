{# An identifier that the identity map does not know would take its record away. #}
with

record_counts as (

    {% for raw_table, rows_staged, staging_model in [
        ('interaction_csv_rows', 'count(*)', 'stg_interaction_csv__rows'),
        (
            'recognition_csv_rows',
            'coalesce(sum(len(raw_rows.receiver_identifier_ids)), 0)',
            'stg_recognition_csv__rows'
        ),
        (
            'feedback_csv_rows',
            'coalesce(sum(greatest(len(raw_rows.receiver_identifier_ids), 1)), 0)',
            'stg_feedback_csv__rows'
        ),
        ('programmes_csv_rows', 'count(*)', 'stg_programmes_csv__rows'),
        ('enrolments_csv_rows', 'count(*)', 'stg_enrolments_csv__rows'),
        ('sessions_csv_rows', 'count(*)', 'stg_sessions_csv__rows'),
        (
            'identities_csv_rows',
            'coalesce(sum(len(raw_rows.identifier_ids)), 0)',
            'stg_identities_csv__rows'
        ),
        ('roster_csv_rows', 'count(*)', 'stg_roster_csv__rows')
    ] -%}
    select
        '{{ raw_table }}' as raw_table,
        (
            select {{ rows_staged }}
            from {{ source('raw', raw_table) }} as raw_rows
            semi join {{ source('raw', 'sources') }} as sources
                on raw_rows.source_name = sources.source_name
        ) as raw_count,
        (select count(*) from {{ ref(staging_model) }}) as staging_count

    {% if not loop.last %}union all

    {% endif %}
    {%- endfor %}

)

select *
from record_counts
where raw_count != staging_count
