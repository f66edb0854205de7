{{ config(post_hook="{{ remember_clocks() }}") }}

select
    account,
    marketplace_id,
    as_of
from {{ source('ops', 'job_clocks') }}
