"""The rules: one file per table, each with a function `get_suite`. Importing this package imports Great Expectations."""

from great_expectations import ExpectationSuite

from include.quality.suites import (
    agg_account_weekly,
    agg_payments_weekly,
    agg_store_daily,
    agg_technician_daily,
    dimensions,
    fct_appointment_history,
    fct_appointments,
    fct_demand_capacity_hourly,
    fct_job_items,
    fct_job_payments,
    fct_job_status_history,
    fct_reschedules_cancellations,
    fct_service_jobs,
    fct_slot_availability,
    ops_api_writes,
    ops_extract_windows,
    ops_quarantined_records,
    ops_schema_drift,
    ops_set_aside,
    ops_stores_file,
    raw_appointment_slots,
    raw_job_appointment_slots,
    raw_resource_capacity,
    raw_resource_capacity_ranges,
    raw_service_jobs,
    rpt_jobs_needing_action,
    stg_service_jobs,
)

SUITES = (
    ops_extract_windows,
    ops_quarantined_records,
    ops_schema_drift,
    ops_api_writes,
    ops_set_aside,
    ops_stores_file,
    raw_service_jobs,
    raw_appointment_slots,
    raw_resource_capacity,
    raw_job_appointment_slots,
    raw_resource_capacity_ranges,
    stg_service_jobs,
    fct_service_jobs,
    fct_job_status_history,
    fct_job_items,
    fct_job_payments,
    fct_appointments,
    fct_appointment_history,
    fct_reschedules_cancellations,
    fct_slot_availability,
    fct_demand_capacity_hourly,
    agg_technician_daily,
    agg_store_daily,
    agg_account_weekly,
    agg_payments_weekly,
    rpt_jobs_needing_action,
)


def get_suites() -> list[ExpectationSuite]:
    return [*(module.get_suite() for module in SUITES), *dimensions.get_suites()]
