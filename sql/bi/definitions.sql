-- What does each number mean? The question that it answers, its formula, its unit and
-- what to beware of.

-- :answer
select
    metric,
    label,
    question,
    formula,
    unit,
    denominator,
    caveats
from bi.metric_definitions
order by metric;
