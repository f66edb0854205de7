"""A build that keeps every rule: raw rows in bulk, and the marts that dbt makes of them."""

import shutil
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from include.warehouse import paths
from tests.dbt_project.many_jobs import add_many_hours, add_many_jobs
from tests.dbt_project.raw_rows import Warehouse

# Of two years of jobs, the newest nine weeks: about 34 a day and marketplace.
ALL_JOBS, FIRST = 50_000, 45_700

WINDOWS = """
    update raw.service_jobs
    set window_start = date_trunc('day', create_time), window_end = date_trunc('day', create_time) + interval 1 day;

    insert into ops.extract_windows by name
    select
        account, marketplace_id, 'jobs' as entity, 'scheduled' as mode, 'updated' as filter, window_start, window_end,
        1 as attempt, 'complete' as status, count(*) as distinct_jobs, count(*) as total_result_size,
        count(*) as loaded_jobs, window_end as finished_at
    from raw.service_jobs
    group by all;

    insert into ops.extract_windows by name
    select
        account, marketplace_id, snapshots.entity, 'scheduled' as mode, 'updated' as filter, max(window_end) as window_start,
        max(window_end) + interval 14 days as window_end, 1 as attempt, 'complete' as status, max(window_end) as finished_at
    from ops.extract_windows, unnest(['appointment_slots', 'resource_capacity']) as snapshots(entity)
    group by all;
"""
SLOTS = """
    insert into raw.appointment_slots by name
    select
        account, marketplace_id, store_id, 'B00' as asin, 'REAL_TIME_SCHEDULING' as scheduling_type,
        observed_at + to_hours(slot) as slot_start_at, slot_start_at + interval 1 hour as slot_end_at, 3 as capacity, observed_at,
        'slots' as _dlt_load_id
    from (select account, marketplace_id, store_id, max(window_end) as observed_at from raw.service_jobs group by all)
    cross join range(10) as slots(slot)
"""


JOB_SLOTS = """
    insert into raw.job_appointment_slots by name
    select
        account, marketplace_id, service_job_id, scheduling_type, slot_start_at, slot_end_at, 2 as capacity, slots.observed_at,
        _dlt_load_id
    from raw.appointment_slots as slots join (
        select account, marketplace_id, store_id, min(service_job_id) as service_job_id from raw.service_jobs group by all
    ) using (account, marketplace_id, store_id);

    insert into raw.resource_capacity_ranges by name
    select
        account, marketplace_id, store_id as resource_id, 'SCHEDULED_CAPACITY' as capacity_type,
        if(slot = 0, null, slot_start_at) as range_start_at, slot_end_at as range_end_at, 8 as capacity,
        observed_at as window_start, observed_at, _dlt_load_id
    from (select *, date_diff('hour', observed_at, slot_start_at) as slot from raw.appointment_slots)
"""

# a store that the API refused
REFUSAL = """
    insert into ops.quarantined_records (account, entity, record_key, reason)
    values ('amazon_services_default', 'appointment_slots', 's/B1', 'BadRequest: InvalidInput: not known')
"""
# a field that Amazon began to send some weeks ago
DRIFT = """
    insert into ops.schema_drift by name
    select
        'amazon_services_default' as account, 'jobs' as entity, 'scopeOfWork.tier' as path, 'unknown_field' as kind,
        max(finished_at) - interval 30 days as first_observed_at, max(finished_at) as last_observed_at, 12 as times,
        false as is_value_kept, 'text' as value_type, 4 as longest_value
    from ops.extract_windows
"""
# what was moved by us, a cancellation that was refused, and one that is on its way
WRITES = """
    insert into ops.api_writes by name
    with writes as (
        select *, row_number() over (order by service_job_id) as place
        from raw.service_jobs
        where json_array_length(appointments) > 1
        qualify place <= 30
    )

    select
        account, md5('write' || place) || '-1' as write_id, service_job_id,
        ['accepted', 'refused', 'sent'][1 + place % 3] as outcome, 'by hand' as requested_by, 'writes' as load_id,
        if(outcome = 'accepted', 'rescheduleAppointmentForServiceJobByServiceJobId', 'cancelServiceJobByServiceJobId')
            as operation,
        if(outcome = 'accepted', 'RS4', 'S1') as reason_code,
        if(outcome = 'accepted', appointments -> 0 ->> 'appointmentId', null) as appointment_id,
        last_read - interval 1 hour as sent_at,
        if(outcome <> 'sent', sent_at + interval 1 second, null) as answered_at
    from writes cross join (select max(window_end) as last_read from raw.service_jobs)
"""


def make(folder: Path, *, first: int = FIRST, jobs: int = ALL_JOBS, hours: int = 24) -> Path:
    """Build in `folder`; `first` of `jobs` is the oldest job to be there, `hours` those of which capacity is known."""
    warehouse = Warehouse(folder)
    add_many_jobs(warehouse, first, jobs, jobs)
    add_many_hours(warehouse, hours)
    warehouse.execute(WINDOWS)
    warehouse.execute(SLOTS)
    warehouse.execute(JOB_SLOTS)
    warehouse.execute(REFUSAL)
    warehouse.execute(DRIFT)
    warehouse.execute(WRITES)
    warehouse.dbt("build", "--resource-type", "seed", "--resource-type", "model")
    DuckDBConnectionManager.close_all_connections()  # or the file would stay open in this process
    return folder / "build.duckdb"


def copied(build: Path, folder: Path) -> Path:
    """A copy of a build and its marts in `folder`."""
    shutil.copyfile(paths.built_marts(build), folder / paths.built_marts(build).name)
    return Path(shutil.copyfile(build, folder / build.name))
