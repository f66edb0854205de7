select
    account,
    technician_id,
    {{ newest('technician_name', by=['observed_at', 'technician_name']) }} as technician_name
from {{ ref('int_job_technicians') }}
group by account, technician_id
