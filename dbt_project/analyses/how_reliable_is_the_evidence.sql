-- How reliable is the evidence of arrival: who uploads placeholders, and how late are proofs uploaded?
select
    account,
    store_id,
    count(*) as serviced,
    {{ rate("count(*) filter (where arrival_evidence = 'dummy')", 'count(*)') }} as placeholder_rate,
    median({{ hours_between('finished_at', 'poa_uploaded_at') }}) as median_hours_to_upload
from {{ ref('fct_appointments') }}
where outcome = 'serviced'
group by account, store_id
order by placeholder_rate desc
