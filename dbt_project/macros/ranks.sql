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
