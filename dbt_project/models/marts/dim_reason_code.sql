select
    kind,
    code,
    description,
    country_code,
    service_type,
    responsible_party
from {{ ref('reason_codes') }}
