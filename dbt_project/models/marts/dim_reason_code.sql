select
    kind,
    code,
    description,
    country_code,
    service_type
from {{ ref('reason_codes') }}
