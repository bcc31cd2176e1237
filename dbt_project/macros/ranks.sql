{#
    Who ranks above of two persons: 'a', 'b', 'neither' or NULL where nothing compares them. The
    first basis of `rank_bases` that compares decides (docs/metrics.md, section 3.3).
#}
{% macro first_rank_basis(rank_bases, line_rank, grade_rank, depth_rank) -%}
    coalesce(
        {%- for position in range(1, 4) %}
        case {{ rank_bases }}[{{ position }}]
            when 'line' then {{ line_rank }}
            when 'grade' then {{ grade_rank }}
            when 'depth' then {{ depth_rank }}
        end
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    )
{%- endmacro %}

{# Who of two persons has the higher level: the name of the one or of the other, 'neither', or NULL where
   a level is not known. `one` and `other` are relations of the roster as of one day. #}
{% macro rank_by_grade(one, other, name_of_one, name_of_other) -%}
    case
        when {{ one }}.job_level > {{ other }}.job_level then '{{ name_of_one }}'
        when {{ one }}.job_level < {{ other }}.job_level then '{{ name_of_other }}'
        when {{ one }}.job_level = {{ other }}.job_level then 'neither'
    end
{%- endmacro %}

{# The same by depth: the smaller one ranks above if that person manages somebody. #}
{% macro rank_by_depth(one, other, name_of_one, name_of_other) -%}
    case
        when {{ one }}.reporting_depth is null or {{ other }}.reporting_depth is null
            then null
        when
            {{ one }}.reporting_depth < {{ other }}.reporting_depth
            and {{ one }}.manages_somebody then '{{ name_of_one }}'
        when
            {{ other }}.reporting_depth < {{ one }}.reporting_depth
            and {{ other }}.manages_somebody then '{{ name_of_other }}'
        else 'neither'
    end
{%- endmacro %}
