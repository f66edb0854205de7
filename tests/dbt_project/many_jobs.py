"""Raw rows in bulk, made by DuckDB itself: a history of jobs spread over two years, and changes to some of them."""

JOBS = """
insert into raw.service_jobs by name
with jobs as (
    select
        *,
        timestamptz '2024-11-01 00:00:00Z' + to_seconds(cast(63072000.0 * job / {total} as bigint)) as created_at,
        hash(job) as dice
    from range({first}, {last}) as range(job)
),
planned as (
    select *, time_bucket(interval 30 minutes, created_at + to_hours(cast(24 + dice % 240 as int))) as start_at
    from jobs
),
described as (
    select
        *,
        start_at < timestamptz '2026-11-01 00:00:00Z' as is_past,
        'T' || lpad(cast(dice % 400 as varchar), 11, '0') as technician_id,
        start_at + to_minutes(cast((dice // 7) % 40 as int) - 10) + to_minutes({delay}) as arrived_at,
        md5(cast(job as varchar)) as job_key
    from planned
),
told as (
    select
        *,
        case when is_past and dice % 20 != 0 then 'COMPLETED' when dice % 50 = 1 then 'CANCELLED' else 'NOT_SERVICED' end
            as status,
        {{
            'appointmentId': job_key || '_1',
            'appointmentStatus': case when is_past and dice % 20 != 0 then 'COMPLETED' else 'ACTIVE' end,
            'appointmentTime': {{'startTime': strftime(start_at, '%Y-%m-%dT%H:%M:%SZ'), 'durationInMinutes': 120}},
            'assignedTechnicians': [{{'technicianId': technician_id, 'name': 'Technician ' || technician_id}}],
            'poa': case when is_past and dice % 20 != 0 then {{
                'appointmentTime': {{
                    'startTime': strftime(arrived_at, '%Y-%m-%dT%H:%M:%SZ'), 'durationInMinutes': 60 + dice % 80
                }},
                'technicians': [{{'technicianId': technician_id, 'name': 'Technician ' || technician_id}}],
                'uploadingTechnician': technician_id,
                'uploadTime': strftime(arrived_at + interval 3 hours, '%Y-%m-%dT%H:%M:%SZ'),
                'poaType': case dice % 3 when 0 then 'CUSTOMER_SIGNATURE' when 1 then 'POA_RECEIPT' else 'DUMMY_RECEIPT' end
            }} end
        }} as kept,
        {{
            'appointmentId': job_key || '_0',
            'appointmentStatus': 'CANCELLED',
            'appointmentTime': {{
                'startTime': strftime(start_at - interval 20 hours, '%Y-%m-%dT%H:%M:%SZ'), 'durationInMinutes': 120
            }},
            'assignedTechnicians': [{{'technicianId': technician_id, 'name': 'Technician ' || technician_id}}],
            'rescheduledAppointmentId': job_key || '_1'
        }} as moved
    from described
)
select
    'amazon_services_default' as account,
    ['ATVPDKIKX0DER', 'A1PA6795UKMFR9'][1 + job % 2] as marketplace_id,
    job_key as service_job_id,
    created_at + to_hours({observed_after}) as observed_at,
    md5(cast(job as varchar) || '{load_id}') as content_hash,
    created_at as create_time,
    status as service_job_status,
    to_json({{'asin': 'B0' || dice % 40, 'title': 'Furniture assembly ' || dice % 40, 'quantity': 1,
              'requiredSkills': ['ASSEMBLY', 'DEFAULT']}}) as scope_of_work,
    case when dice % 3 = 0 then to_json([{{
        'startTime': strftime(start_at, '%Y-%m-%dT%H:%M:%SZ'), 'durationInMinutes': 120
    }}]) end as preferred_appointment_times,
    case when dice % 4 = 0 then '[' || to_json(moved) || ', ' || to_json(kept) || ']' else to_json([kept]) end::json
        as appointments,
    '903-' || lpad(cast(job as varchar), 7, '0') || '-0000001' as service_order_id,
    'store-' || lpad(cast(dice % 50 as varchar), 32, '0') as store_id,
    to_json({{'buyerKey': md5('buyer' || dice % 500000), 'isPrimeMember': dice % 2 = 0}}) as buyer,
    to_json([{{'asin': 'B1' || dice % 1000, 'title': 'A flat-packed wardrobe of some sort', 'quantity': 1,
               'orderId': '113-' || lpad(cast(job as varchar), 7, '0') || '-1111111', 'itemStatus': 'DELIVERED',
               'brandName': 'Brand', 'itemDelivery': {{
                   'estimatedDeliveryDate': strftime(start_at - interval 1 day, '%Y-%m-%dT%H:%M:%SZ'),
                   'itemDeliveryPromise': {{
                       'startTime': strftime(start_at - interval 2 days, '%Y-%m-%dT%H:%M:%SZ'),
                       'endTime': strftime(start_at - interval 1 day, '%Y-%m-%dT%H:%M:%SZ')
                   }}
               }}}}]) as associated_items,
    to_json({{'serviceLocationType': 'IN_HOME', 'address': {{
        'city': 'Seattle', 'stateOrRegion': 'WA', 'postalCode': '98101', 'countryCode': 'US'
    }}}}) as service_location,
    to_json([{{'amount': {{'value': 89.99, 'currency': 'USD'}}, 'instrument': 'CreditCard'}}]) as payments,
    '{load_id}' as _dlt_load_id
from told
"""


def add_many_jobs(warehouse, first: int, last: int, total: int, load_id: str = "many", delay: int = 0) -> None:
    """Add one version of the jobs numbered `first` to `last` of `total`; a later load delays their arrivals.

    A fourth of the jobs were moved once, so there are 1.25 appointments a job; a job's JSON is about 1.5 KB.
    """
    observed_after = 400 if delay else 300
    warehouse.execute(
        JOBS.format(first=first, last=last, total=total, load_id=load_id, delay=delay, observed_after=observed_after)
    )


def add_many_hours(warehouse, total_hours: int, load_id: str = "hours") -> None:
    """Add capacity for each hour of 50 stores."""
    warehouse.execute(f"""
        insert into raw.resource_capacity by name
        select
            'amazon_services_default' as account, ['ATVPDKIKX0DER', 'A1PA6795UKMFR9'][1 + store % 2] as marketplace_id,
            'store-' || lpad(cast(store as varchar), 32, '0') as resource_id, 60 as slot_minutes,
            timestamptz '2026-11-01 00:00:00Z' - to_hours(cast(hour as int)) as slot_start_at,
            8 as scheduled_capacity, 3 as available_capacity, 4 as encumbered_capacity, 1 as reserved_capacity,
            slot_start_at - interval 1 day as observed_at, '{load_id}' as _dlt_load_id
        from range({total_hours}) as hours(hour), range(50) as stores(store)
    """)
