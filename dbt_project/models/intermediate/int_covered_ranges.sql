-- Stored, so that a build goes by the same ranges to its end.
select
    account,
    marketplace_id,
    range_start,
    range_end
from {{ source('ops', 'covered_ranges') }}
where scope = 'updated'
