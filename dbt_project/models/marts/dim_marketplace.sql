select
    marketplace_id,
    country_code,
    name,
    region,
    currency,
    time_zone
from {{ ref('marketplaces') }}
