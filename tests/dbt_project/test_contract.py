"""The marts have the columns that dashboards rely on, in this order. Adding one is free; anything else breaks somebody."""

import pytest

RATES = (
    "appointments scored on_time on_time_rate completed_in_window window_scored window_completion_rate no_shows no_show_rate "
    "missed missed_known missed_rate serviced unproven awaiting_proof provable proof_coverage verified_scored verified_on_time "
    "verified_on_time_rate fulfillment_breaks minutes_on_site"
)
CANCELLED = "jobs_cancelled jobs_cancelled_by_customer jobs_cancelled_by_provider"
COLUMNS = {
    "fct_appointments": """
        account marketplace_id store_id service_job_id appointment_id service_order_id asin service_title
        service_location_type job_status appointment_status job_created_at scheduled_start_at scheduled_end_at
        scheduled_minutes time_zone service_date arrived_at finished_at minutes_on_site poa_uploaded_at poa_type
        arrival_evidence outcome arrival_delay_minutes lateness_band is_on_time_arrival is_completed_in_window
        is_technician_mismatch fulfillment_break assigned_technician_ids performing_technician_ids
        replaced_by_appointment_id replaces_appointment_id sequence_in_job lead_time_hours is_preferred_time
        is_moved_after_window is_missed responsible_party proof_delay_hours is_verified_arrival first_observed_at
        last_observed_at""",
    "fct_service_jobs": """
        account marketplace_id store_id service_job_id service_order_id asin service_title quantity required_skills
        service_location_type city state_or_region postal_code country_code buyer_key is_prime_buyer job_status created_at
        first_scheduled_start_at completed_at appointment_count reschedule_count serviced_count is_first_visit_resolution
        hours_to_first_appointment hours_to_completion needs_appointment needs_technician payment_total payment_currency
        service_type completed_date cancelled_date responsible_party first_observed_at last_observed_at""",
    "fct_job_status_history": "account service_job_id job_status valid_from valid_to is_current is_live",
    "fct_appointment_history": """
        account service_job_id appointment_id appointment_status scheduled_start_at scheduled_minutes
        assigned_technician_ids valid_from valid_to is_current is_live""",
    "fct_demand_capacity_hourly": """
        account marketplace_id store_id hour_start_at service_date scheduled_capacity available_capacity encumbered_capacity
        reserved_capacity booked_appointments booked_starts booked_minutes preferred_starts
        preferred_demand utilization capacity_observed_at is_past""",
    "fct_slot_availability": """
        account marketplace_id store_id asin slot_start_at slot_end_at capacity scheduling_type observed_at
        is_current""",
    "fct_job_slot_availability": """
        account marketplace_id store_id service_job_id slot_start_at slot_end_at capacity scheduling_type observed_at
        is_current""",
    "fct_capacity_ranges": """
        account marketplace_id store_id capacity_type range_start_at range_end_at capacity observed_at is_current""",
    "fct_job_payments": "account service_job_id payment_position amount currency instrument",
    "fct_job_items": """
        account service_job_id item_position asin title quantity order_id item_status brand_name estimated_delivery_at
        promise_start_at promise_end_at is_item_late_for_appointment""",
    "agg_technician_daily": f"account marketplace_id technician_id service_date {RATES}",
    "agg_store_daily": f"""
        account marketplace_id store_id service_date {RATES} jobs_created reschedules utilization booked_minutes {CANCELLED}""",
    "agg_payments_weekly": "account marketplace_id store_id week_start_date currency instrument jobs payments amount",
    "agg_account_weekly": f"""
        account marketplace_id week_start_date {RATES} completed_jobs resolved_jobs first_visit_resolutions
        first_visit_resolution_rate cancellations jobs_created {CANCELLED} median_hours_to_first_appointment payment_total
        payment_currency is_settled""",
    "rpt_jobs_needing_action": """
        account marketplace_id store_id service_job_id appointment_id action due_at overdue_hours store_name service_title
        is_stale""",
    "rpt_technician_schedule": """
        account marketplace_id store_id store_name technician_id technician_name service_date stop_number service_job_id
        appointment_id service_title job_status outcome city state_or_region postal_code time_zone scheduled_start_at
        scheduled_end_at scheduled_start_local scheduled_end_local gap_minutes overlap_minutes is_double_booked
        last_observed_at""",
    "dim_technician": "account technician_id technician_name",
    "dim_store": "account marketplace_id store_id time_zone time_zone_source store_name region manager",
    "dim_service": "account marketplace_id asin service_title required_skills",
    "dim_marketplace": "marketplace_id country_code name region currency time_zone",
    "dim_reason_code": "kind code description country_code service_type responsible_party",
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(warehouse_with_marts, table):
    columns = warehouse_with_marts.execute(f"""
        select column_name, data_type from information_schema.columns
        where table_schema = 'marts' and table_name = '{table}' order by ordinal_position
    """)
    assert [name for name, _ in columns] == COLUMNS[table].split()
    for name, kind in columns:
        if name.endswith(("_at", "valid_from", "valid_to")):
            assert kind == "TIMESTAMP WITH TIME ZONE", name
