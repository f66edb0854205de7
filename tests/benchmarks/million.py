"""A large seller's year in raw: a million jobs of 300 stores in five marketplaces, made by DuckDB itself in a minute.

`python -m tests.benchmarks.million FOLDER` makes it there, where it is not there yet, and lets dbt build it. Job 999,999 is the
newest; jobs `first` and up alone are the same company when it was younger. Every job is told once, at about 1.5 KB; a fourth of
them moved once.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from include.warehouse import paths
from include.warehouse.building.transform import build_models
from tests.dbt_project.raw_rows import Warehouse

JOBS, STORES = 1_000_000, 300
NOW = "timestamptz '2026-11-01 00:00:00Z'"
ISO = "'%Y-%m-%dT%H:%M:%SZ'"
MARKETPLACES = "['ATVPDKIKX0DER', 'ATVPDKIKX0DER', 'ATVPDKIKX0DER', 'A2EUQ1WTGCTBG2', 'A1AM78C64UM0Y8']"
STORE = f"""
    'amazon_services_default' as account, {MARKETPLACES}[1 + store % 5] as marketplace_id,
    'store-' || lpad(cast(store as varchar), 32, '0') as store_id
"""

JOB_ROWS = """
insert into raw.service_jobs by name
with jobs as (
    select *, cast(hash(job) // 2 as bigint) as dice, cast(hash(job + {jobs}) // 2 as bigint) as fate_dice
    from range({first}, {jobs}) as range(job)
    where job % {every} = 0
),
placed as (
    select
        *,
        {now} - to_seconds(cast(31_536_000.0 * ({jobs} - job) / {jobs} as bigint)) as created_at,
        cast(dice // 5 % {stores} as int) as store,
        cast(fate_dice % 1000 as int) as fate,
        cast(dice // 1500 % 240 as int) as hours_ahead
    from jobs
),
planned as (
    select
        *,
        {store},
        time_bucket(interval 30 minutes, created_at + to_hours(24 + hours_ahead)) + to_hours({moved_hours}) as start_at,
        'T' || lpad(cast(store + {stores} * (dice // 360_000 % 5) as varchar), 11, '0') as technician_id,
        'T' || lpad(cast(store + {stores} * (dice // 360_000 % 5 + 1) % 1500 as varchar), 11, '0') as other_technician_id,
        md5(cast(job as varchar)) as service_job_id
    from placed
),
decided as (
    select
        *,
        start_at < {now} - interval 2 hours as is_past,
        -- a late tenth, the others about the start
        start_at + to_minutes(
            cast(dice // 7 % 30 as int) - 18 + case when dice // 11 % 10 = 0 then dice // 13 % 90 else 0 end::int
        ) as arrived_at,
        case
            when fate < 40 then 'CANCELLED' when fate < 45 then 'HOLD' when fate < 50 then 'PAYMENT_DECLINED'
            when fate < 55 then 'NOT_FULFILLABLE' when fate < 57 then 'PENDING_SCHEDULE'
            when fate < 90 then 'NOT_SERVICED' -- nobody came
            when is_past and (start_at < {now} - interval 1 day or fate % 2 = 0) then 'COMPLETED'
            when not is_past and hours_ahead > 200 then 'PENDING_SCHEDULE'
            else 'NOT_SERVICED'
        end as status,
        is_past and fate >= 100 as is_proven, -- between 90 and 100 a job is completed without a proof
        case when fate % 50 = 7 then other_technician_id else technician_id end as performer_id,
        [{{'technicianId': technician_id, 'name': 'Technician ' || technician_id}}] as assigned
    from planned
),
told as (
    select
        *,
        {{
            'appointmentId': service_job_id || '_1',
            'appointmentStatus': case
                when status = 'CANCELLED' then 'CANCELLED' when is_proven or status = 'COMPLETED' then 'COMPLETED' else 'ACTIVE'
            end,
            'appointmentTime': {{'startTime': strftime(start_at, {iso}), 'durationInMinutes': 120}},
            'assignedTechnicians': case when is_past or fate % 10 > 0 then assigned else [] end,
            'poa': case when is_proven then {{
                'appointmentTime': {{
                    'startTime': strftime(arrived_at, {iso}), 'durationInMinutes': 45 + dice // 17 % 70
                }},
                'technicians': [{{'technicianId': performer_id, 'name': 'Technician ' || performer_id}}],
                'uploadingTechnician': technician_id,
                'uploadTime': strftime(arrived_at + to_hours(cast(2 + dice // 19 % 20 as int)), {iso}),
                'poaType': ['CUSTOMER_SIGNATURE', 'CUSTOMER_SIGNATURE', 'POA_RECEIPT', 'DUMMY_RECEIPT'][1 + dice // 23 % 4]
            }} end
        }} as kept,
        {{
            'appointmentId': service_job_id || '_0',
            'appointmentStatus': 'CANCELLED',
            'appointmentTime': {{
                'startTime': strftime(start_at - to_hours(cast(20 + dice // 29 % 100 as int)), {iso}), 'durationInMinutes': 120
            }},
            'assignedTechnicians': assigned,
            'rescheduledAppointmentId': service_job_id || '_1'
        }} as moved
    from decided
)
select
    account,
    marketplace_id,
    store_id,
    service_job_id,
    {observed_at} as observed_at,
    md5(service_job_id || '{load_id}') as content_hash,
    date_trunc('hour', created_at) as window_start,
    window_start + interval 1 hour as window_end,
    true as has_detail,
    created_at as create_time,
    status as service_job_status,
    '903-' || lpad(cast(job as varchar), 7, '0') || '-0000001' as service_order_id,
    to_json({{'asin': 'B0' || dice % 40, 'title': 'Furniture assembly ' || dice % 40, 'quantity': 1,
              'requiredSkills': ['ASSEMBLY', 'DEFAULT']}}) as scope_of_work,
    case when dice % 3 = 0 then to_json([{{
        'startTime': strftime(start_at - to_hours(cast(24 * (dice // 31 % 3) as int)), {iso}), 'durationInMinutes': 120
    }}]) end as preferred_appointment_times,
    case
        when status = 'PENDING_SCHEDULE' then '[]'
        when dice // 37 % 100 < 26 then '[' || to_json(moved) || ', ' || to_json(kept) || ']'
        else to_json([kept])
    end::json as appointments,
    to_json({{'buyerKey': md5('buyer' || dice % 500000), 'isPrimeMember': dice % 2 = 0}}) as buyer,
    to_json([{{'asin': 'B1' || dice % 1000, 'title': 'A flat-packed wardrobe of some sort', 'quantity': 1,
               'orderId': '113-' || lpad(cast(job as varchar), 7, '0') || '-1111111', 'itemStatus': 'DELIVERED',
               'brandName': 'Brand', 'itemDelivery': {{
                   'estimatedDeliveryDate': strftime(start_at + to_hours(cast(dice // 41 % 30 as int) - 28), {iso}),
                   'itemDeliveryPromise': {{
                       'startTime': strftime(start_at - interval 2 days, {iso}),
                       'endTime': strftime(start_at - interval 1 day, {iso})
                   }}
               }}}}]) as associated_items,
    to_json({{'serviceLocationType': 'IN_HOME', 'address': {{
        'city': 'Seattle', 'stateOrRegion': 'WA', 'postalCode': '98101', 'countryCode': 'US'
    }}}}) as service_location,
    to_json([{{'amount': {{'value': 60 + dice // 43 % 90, 'currency': case marketplace_id
                   when 'ATVPDKIKX0DER' then 'USD' when 'A2EUQ1WTGCTBG2' then 'CAD' else 'MXN' end}},
               'instrument': 'CreditCard'}}]) as payments,
    '{load_id}' as _dlt_load_id
from told
"""

# 14 hours a day, each read a day before; and the two weeks to come
CAPACITY = """
insert into raw.resource_capacity by name
select
    {resource}, 60 as slot_minutes,
    {now} + to_hours(cast(hour as int)) as slot_start_at,
    cast(3 + hash(hour + 1000 * store) % 6 as bigint) as scheduled_capacity,
    least(cast(hash(hour + 2000 * store) % 8 as bigint), scheduled_capacity) as encumbered_capacity,
    least(scheduled_capacity - encumbered_capacity, cast(hash(hour) % 2 as bigint)) as reserved_capacity,
    scheduled_capacity - encumbered_capacity - reserved_capacity as available_capacity,
    least(slot_start_at - interval 1 day, {now}) as observed_at, '{load_id}' as _dlt_load_id
from range({first_hour}, 14 * 24) as hours(hour), range({stores}) as stores(store)
where (hour % 24 + 24) % 24 between 10 and 23
"""

SLOTS = """
insert into raw.appointment_slots by name
select
    {store}, 'B0' || cast((store + asin) % 40 as varchar) as asin, 'REAL_TIME_SCHEDULING' as scheduling_type,
    {now} + to_hours(cast(hour as int)) as slot_start_at, slot_start_at + interval 2 hours as slot_end_at,
    cast(hash(hour + 3000 * store + asin) % 4 as bigint) as capacity, least(slot_start_at - interval 1 day, {now}) as observed_at,
    '{load_id}' as _dlt_load_id
from range({first_hour}, 14 * 24, 2) as hours(hour), range({stores}) as stores(store), range(2) as asins(asin)
where (hour % 24 + 24) % 24 between 10 and 23
"""

# a fiftieth of the jobs had to wait, and were offered a day's slots
JOB_SLOTS = """
insert into raw.job_appointment_slots by name
select
    account, marketplace_id, service_job_id, 'REAL_TIME_SCHEDULING' as scheduling_type,
    date_trunc('day', create_time) + to_hours(48 + 2 * cast(slot as int)) as slot_start_at,
    slot_start_at + interval 2 hours as slot_end_at, cast(hash(service_job_id || slot) % 4 as bigint) as capacity,
    observed_at, _dlt_load_id
from raw.service_jobs, range(5, 12) as slots(slot)
where hash(service_job_id) % 50 = 0 and _dlt_load_id = '{load_id}'
"""

WINDOWS = """
insert into ops.extract_windows by name
with listed as (
    select account, marketplace_id, window_start, count(*) as jobs from raw.service_jobs group by all
),
hours as (
    select account, marketplace_id, unnest(generate_series(min(window_start), max(window_start), interval 1 hour)) as window_start
    from listed
    group by all
)
select
    account, marketplace_id, 'jobs' as entity, 'scheduled' as mode, 'updated' as filter, window_start,
    window_start + interval 1 hour as window_end, 1 as attempt, 'complete' as status, coalesce(jobs, 0) as distinct_jobs,
    distinct_jobs as total_result_size, distinct_jobs as listed, window_end as started_at, window_end as finished_at,
    window_end as loaded_at, 'hour ' || window_start as run_id
from hours left join listed using (account, marketplace_id, window_start)
union all by name
select distinct
    account, marketplace_id, unnest(['appointment_slots', 'resource_capacity']) as entity, 'scheduled' as mode,
    'updated' as filter, {now} as window_start, {now} + interval 14 days as window_end, 1 as attempt, 'complete' as status,
    {now} as started_at, {now} as finished_at, {now} as loaded_at, 'last hour' as run_id
from listed
"""


def fill(warehouse: Warehouse, *, first: int = 0) -> None:
    """Put raw and ops there: jobs `first` to a million, and the capacity and slots of as long a time."""
    _jobs(warehouse, first=first, load_id="year", observed_at=f"least(created_at + interval 300 hours, {NOW})")
    first_hour = -round(365 * 24 * (JOBS - first) / JOBS)
    for statement in (CAPACITY, SLOTS):
        resource = STORE.replace("store_id", "resource_id")
        warehouse.execute(
            statement.format(store=STORE, resource=resource, stores=STORES, now=NOW, first_hour=first_hour, load_id="year")
        )
    warehouse.execute(JOB_SLOTS.format(load_id="year"))
    warehouse.execute(WINDOWS.format(now=NOW))


def pass_hour(warehouse: Warehouse, *, number: int) -> None:
    """The `number`th hour from 1: 1,000 of the newest 10,000 jobs are moved, a day's capacity and slots are read again."""
    load_id, observed_at = f"hour {number}", f"{NOW} + to_minutes({60 * number - 5})"
    _jobs(warehouse, first=JOBS - 10_000, every=10, load_id=load_id, observed_at=observed_at, moved_hours=number)
    warehouse.execute(JOB_SLOTS.format(load_id=load_id))
    for table in ("resource_capacity", "appointment_slots"):
        warehouse.execute(f"""
            insert into raw.{table}
            select * replace ({observed_at} as observed_at, '{load_id}' as _dlt_load_id) from raw.{table}
            where slot_start_at >= {NOW} and slot_start_at < {NOW} + interval 1 day and _dlt_load_id = 'year'
        """)
    warehouse.execute(f"""
        insert into ops.extract_windows
        select * replace (window_end as window_start, window_end + interval 1 hour as window_end, '{load_id}' as run_id)
        from ops.extract_windows where entity = 'jobs' and window_end = {NOW} + to_hours({number - 1})
    """)


def _jobs(warehouse: Warehouse, *, first: int, load_id: str, observed_at: str, every: int = 1, moved_hours: int = 0) -> None:
    warehouse.execute(
        JOB_ROWS.format(
            first=first, jobs=JOBS, every=every, stores=STORES, store=STORE, now=NOW, iso=ISO, load_id=load_id,
            observed_at=observed_at, moved_hours=moved_hours,
        )
    )  # fmt: skip


def build(folder: Path) -> dict[str, float]:
    """Build what is there in this process; seconds, the models' own seconds of two threads, and this process's peak memory."""
    os.environ["SERVICES_WAREHOUSE_DIR"] = str(folder)
    started = time.perf_counter()
    build_models()
    seconds = time.perf_counter() - started
    nodes = json.loads((paths.dbt_target_dir() / "run_results.json").read_text())["results"]
    models = [node["execution_time"] for node in nodes if node["unique_id"].startswith("model.")]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes, as Linux tells it
    return {"seconds": seconds, "model_seconds": sum(models), "peak_gb": peak / 1e6}


def main(folder: Path) -> None:
    if not (folder / "build.duckdb").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fill(Warehouse(folder))
    print(json.dumps(build(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
