"""One corruption for each rule: what it does to a good build, and the rule that must catch it."""


def one(table: str, where: str = "true") -> str:
    return f"rowid = (select min(rowid) from {table} where {where})"


def change(table: str, setting: str, where: str = "true") -> str:
    return f"update {table} set {setting} where {one(table, where)}"


def forget(table: str, column: str) -> str:
    """An unknown value where dbt's contract would not allow one."""
    return f"alter table {table} alter column {column} drop not null; " + change(table, f"{column} = null")


def repeat(table: str, newer: str = "") -> str:
    """A row twice; with `newer`, a setting for the second of the two."""
    again = f"insert into {table} select * from {table} where {one(table)}"
    return f"{again}; update {table} set {newer} where rowid = (select max(rowid) from {table})" if newer else again


def lose(table: str, where: str = "true") -> str:
    return f"delete from {table} where {one(table, where)}"


WINDOWS, JOBS, SLOTS, CAPACITY = "ops.extract_windows", "raw.service_jobs", "raw.appointment_slots", "raw.resource_capacity"
FCT_JOBS, FCT_APPOINTMENTS, HOURS = "marts.fct_service_jobs", "marts.fct_appointments", "marts.fct_demand_capacity_hourly"
STATUSES, VERSIONS, SLOT_CHANGES = "marts.fct_job_status_history", "marts.fct_appointment_history", "marts.fct_slot_availability"
ITEMS, PAYMENTS, ACTIONS, WEEKS = (
    "marts.fct_job_items", "marts.fct_job_payments", "marts.rpt_jobs_needing_action", "marts.agg_account_weekly",
)  # fmt: skip
JOB_SLOTS, RANGES, STAGED = "raw.job_appointment_slots", "raw.resource_capacity_ranges", "staging.stg_service_jobs"
JOB_SLOT_CHANGES, RANGE_CHANGES = "marts.fct_job_slot_availability", "marts.fct_capacity_ranges"
MOVES, SCHEDULE = "marts.fct_reschedules_cancellations", "marts.rpt_technician_schedule"
QUARANTINE, WRITES, SET_ASIDE, DRIFT = "ops.quarantined_records", "ops.api_writes", "ops.set_aside", "ops.schema_drift"
TECHNICIAN_DAYS, STORE_DAYS, PAYMENT_WEEKS = "marts.agg_technician_daily", "marts.agg_store_daily", "marts.agg_payments_weekly"

SERVICED = "outcome = 'serviced'"
A_WEEK_AGO = "(select max(as_of)::date - 7 from intermediate.int_as_of)"
NEWEST_WINDOW = f"entity = 'jobs' and window_end = (select max(window_end) from {WINDOWS} where entity = 'jobs')"

CORRUPTIONS = {
    # windows
    "window_key_missing": forget(WINDOWS, "marketplace_id"),
    "window_duplicate": repeat(WINDOWS),
    "window_range_invalid": change(WINDOWS, "window_end = window_start - interval 1 hour"),
    "window_listing_incomplete": change(WINDOWS, "distinct_jobs = distinct_jobs - 1", "entity = 'jobs'"),
    "window_jobs_lost": change(WINDOWS, "loaded_jobs = loaded_jobs - 1", "entity = 'jobs'"),
    "window_hole": lose(WINDOWS, f"entity = 'jobs' and window_start::date = {A_WEEK_AGO}"),
    "window_unread": f"update {WINDOWS} set status = 'failed' where {NEWEST_WINDOW}; "
                     "update intermediate.int_as_of set as_of = as_of - interval 1 day",
    "window_behind": "update intermediate.int_as_of set as_of = as_of - interval 7 hours",

    # raw
    "raw_job_key_missing": forget(JOBS, "service_job_id"),
    "raw_job_duplicate": repeat(JOBS),
    "raw_job_content_hash_missing": forget(JOBS, "content_hash"),
    "raw_job_without_window": change(JOBS, "window_end = window_end + interval 1 minute"),
    "raw_job_appointments_not_a_list": change(JOBS, """appointments = '{"appointmentId": "A"}'"""),
    "raw_job_buyer_in_clear": change(JOBS, """buyer = '{"buyerKey": "0", "name": "A. Buyer"}'"""),
    "raw_job_address_in_clear": change(JOBS, """service_location = '{"address": {"addressLine1": "1 Main Street"}}'"""),
    "raw_job_status_unknown": change(JOBS, "service_job_status = 'ASLEEP'"),
    "raw_job_detail_missing": change(JOBS, "has_detail = false", f"observed_at = (select max(observed_at) from {JOBS})"),
    "raw_job_create_time_missing": forget(JOBS, "create_time"),
    "raw_job_created_after_observed": change(JOBS, "create_time = observed_at + interval 1 second"),
    "quarantine_reason_missing": f"insert into {QUARANTINE} (account, entity, field) values ('north', 'jobs', 'createTime')",
    "quarantine_personal_data": f"insert into {QUARANTINE} (account, payload) values ('north', 'buyer@example.com')",
    "quarantine_large": f"insert into {QUARANTINE} by name select account, service_job_id as record_key, 'jobs' as entity, "
                        f"'createTime' as field, 'not a time' as reason from {JOBS} where hash(service_job_id) % 10 = 0",

    # what the model does not have
    "drift_key_missing": change(DRIFT, "path = null"),
    "drift_duplicate": repeat(DRIFT),
    "drift_path_in_clear": change(DRIFT, "path = 'contacts.a.buyer@example.com'"),
    "drift_example_in_clear": change(DRIFT, "example = '\"A. Buyer\"'"),
    "drift_kind_unknown": change(DRIFT, "kind = 'odd'"),
    "drift_count_wrong": change(DRIFT, "times = 0"),
    "drift_new": change(DRIFT, "first_observed_at = last_observed_at"),

    # set aside
    "set_aside_key_missing": f"insert into {SET_ASIDE} (kind, reason) values ('write', 'it is empty')",
    "set_aside_duplicate": f"insert into {SET_ASIDE} (kind, name, is_settled) values ('write', 'a', true), ('write', 'a', true)",
    "set_aside_unsettled": f"insert into {SET_ASIDE} (kind, name, is_settled) values ('package', 'a', false)",

    # writes
    "write_key_missing": forget(WRITES, "write_id"),
    "write_duplicate": repeat(WRITES),
    "write_unsigned": change(WRITES, "requested_by = ''"),
    "write_outcome_invalid": change(WRITES, "outcome = 'perhaps'", "outcome = 'refused'"),
    "write_end_missing": change(WRITES, "answered_at = null", "outcome = 'refused'"),
    "write_personal_data": change(WRITES, "error = 'no such buyer: a.buyer@example.com'"),
    "write_operation_unknown": change(WRITES, "operation = 'teleportTechnician'"),
    "write_answered_before_sent": change(WRITES, "answered_at = sent_at - interval 1 second", "outcome = 'accepted'"),
    "write_reason_missing": change(WRITES, "reason_code = null"),
    "write_reason_unknown": change(WRITES, "reason_code = 'RS404'", "appointment_id is not null"),
    "write_without_job": change(WRITES, "service_job_id = 'nobody''s'"),
    "write_without_appointment": change(WRITES, "appointment_id = 'nobody''s'", "appointment_id is not null"),
    "write_undecided": change(WRITES, "sent_at = sent_at - interval 2 days", "outcome = 'sent'"),

    "raw_slot_key_missing": forget(SLOTS, "asin"),
    "raw_slot_duplicate": repeat(SLOTS),
    "raw_slot_range_invalid": change(SLOTS, "slot_end_at = slot_start_at"),
    "raw_slot_capacity_negative": change(SLOTS, "capacity = -1"),
    "raw_capacity_key_missing": forget(CAPACITY, "resource_id"),
    "raw_capacity_duplicate": repeat(CAPACITY),
    "raw_capacity_off_the_hour": change(CAPACITY, "slot_start_at = slot_start_at + interval 30 minutes"),
    "raw_capacity_negative": change(CAPACITY, "available_capacity = -1"),
    "raw_capacity_oversubscribed": change(CAPACITY, "encumbered_capacity = scheduled_capacity + 1"),

    "raw_job_slot_key_missing": forget(JOB_SLOTS, "service_job_id"),
    "raw_job_slot_duplicate": repeat(JOB_SLOTS),
    "raw_job_slot_range_invalid": change(JOB_SLOTS, "slot_end_at = slot_start_at"),
    "raw_job_slot_capacity_negative": change(JOB_SLOTS, "capacity = -1"),
    "raw_range_key_missing": forget(RANGES, "capacity_type"),
    "raw_range_duplicate": repeat(RANGES),
    "raw_range_invalid": change(RANGES, "range_end_at = range_start_at", "range_start_at is not null"),
    "raw_range_capacity_negative": change(RANGES, "capacity = -1"),
    "staging_job_lost": lose(STAGED),
    "staging_job_list_unread": change(STAGED, "appointments = null"),
    "staging_job_key_missing": forget(STAGED, "observed_at"),

    # jobs
    "job_key_missing": forget(FCT_JOBS, "account"),
    "job_duplicate": repeat(FCT_JOBS),
    "job_lost": lose(FCT_JOBS),
    "job_from_nowhere": change(FCT_JOBS, "service_job_id = 'nobody''s'"),
    "job_status_differs": change(FCT_JOBS, "job_status = 'HOLD'"),
    "job_counts_differ": change(FCT_JOBS, "reschedule_count = reschedule_count + 1"),
    "job_completed_at_wrong": change(FCT_JOBS, "completed_at = created_at", "job_status <> 'COMPLETED'"),
    "job_completed_date_wrong": change(FCT_JOBS, "completed_date = '2026-01-01'", "job_status <> 'COMPLETED'"),
    "job_cancellation_wrong": change(FCT_JOBS, "responsible_party = null", "job_status = 'CANCELLED'"),
    "job_payment_mixed": change(FCT_JOBS, "payment_currency = null", "payment_total is not null"),
    "job_first_visit_wrong": change(FCT_JOBS, "is_first_visit_resolution = null", "is_first_visit_resolution"),
    "job_buyer_key_not_hashed": change(FCT_JOBS, "buyer_key = 'amzn1.buyer.ABCDEFGHIJKLMNOPQRST'"),
    "job_personal_data": change(FCT_JOBS, "city = '12b Old Mill Road', postal_code = '2065550100'"),
    "job_status_unknown": change(FCT_JOBS, "job_status = 'ASLEEP'"),
    "job_first_appointment_out_of_range": change(FCT_JOBS, "hours_to_first_appointment = -1"),
    "job_payment_negative": change(FCT_JOBS, "payment_total = -0.01"),
    "job_volume_unusual": f"delete from {FCT_JOBS} where created_at::date = {A_WEEK_AGO} + 3 and hash(service_job_id) % 2 = 0",

    # appointments
    "appointment_key_missing": forget(FCT_APPOINTMENTS, "appointment_id"),
    "appointment_duplicate": repeat(FCT_APPOINTMENTS),
    "appointment_lost": lose(FCT_APPOINTMENTS),
    "appointment_without_job": change(FCT_APPOINTMENTS, "service_job_id = 'nobody''s'"),
    "appointment_outcome_invalid": change(FCT_APPOINTMENTS, "outcome = 'perhaps'"),
    "appointment_evidence_invalid": change(FCT_APPOINTMENTS, "arrival_evidence = 'hearsay'"),
    "appointment_break_invalid": change(FCT_APPOINTMENTS, "fulfillment_break = 'bad_weather'"),
    "appointment_serviced_wrong": change(FCT_APPOINTMENTS, "outcome = 'unproven'", SERVICED),
    "appointment_end_wrong": change(FCT_APPOINTMENTS, "scheduled_end_at = scheduled_end_at + interval 1 minute"),
    "appointment_finish_wrong": change(FCT_APPOINTMENTS, "finished_at = arrived_at", SERVICED),
    "appointment_delay_wrong": change(FCT_APPOINTMENTS, "arrival_delay_minutes = arrival_delay_minutes + 60", SERVICED),
    "appointment_missed_wrong": change(FCT_APPOINTMENTS, "is_missed = null", SERVICED),
    "appointment_party_wrong": change(FCT_APPOINTMENTS, "responsible_party = 'nobody'", "outcome = 'rescheduled'"),
    "appointment_verified_wrong": change(FCT_APPOINTMENTS, "is_verified_arrival = not is_verified_arrival", SERVICED),
    "appointment_punctuality_wrong": change(FCT_APPOINTMENTS, "is_on_time_arrival = true", "outcome = 'no_show'"),
    "appointment_completion_wrong": change(FCT_APPOINTMENTS, "is_completed_in_window = not is_completed_in_window", SERVICED),
    "appointment_band_wrong": change(FCT_APPOINTMENTS, "lateness_band = 'late_over_60'", "is_on_time_arrival"),
    "appointment_time_zone_wrong": change(FCT_APPOINTMENTS, "time_zone = 'UTC'"),
    "appointment_service_date_wrong": f"update {FCT_APPOINTMENTS} set scheduled_start_at = scheduled_start_at + interval 8 hours",
    "appointment_sequence_broken": change(FCT_APPOINTMENTS, "sequence_in_job = 3"),
    "appointment_observed_backwards": change(FCT_APPOINTMENTS, "first_observed_at = last_observed_at + interval 1 second"),
    "appointment_personal_data": change(FCT_APPOINTMENTS, "service_title = 'Assembly, call (206) 555-0143'"),
    "appointment_start_missing": forget(FCT_APPOINTMENTS, "scheduled_start_at"),
    "appointment_minutes_out_of_range": change(FCT_APPOINTMENTS, "scheduled_minutes = 0"),
    "appointment_on_site_out_of_range": change(FCT_APPOINTMENTS, "minutes_on_site = 5000", SERVICED),
    "appointment_delay_out_of_range": change(FCT_APPOINTMENTS, "arrival_delay_minutes = 20000", SERVICED),
    "appointment_status_unknown": change(FCT_APPOINTMENTS, "appointment_status = 'ASLEEP'"),
    "appointment_outcomes_drifted": f"update {FCT_APPOINTMENTS} set outcome = 'no_show' "
                                    f"where service_date >= {A_WEEK_AGO} and hash(appointment_id) % 3 = 0",

    "appointment_job_statuses_drifted": f"update {FCT_APPOINTMENTS} set job_status = 'HOLD' "
                                        f"where service_date >= {A_WEEK_AGO} and hash(appointment_id) % 3 = 0",

    # what was moved and cancelled
    "move_key_missing": forget(MOVES, "kind"),
    "move_duplicate": repeat(MOVES),
    "move_lost": lose(MOVES, "kind = 'reschedule'"),
    "move_domain_invalid": change(MOVES, "evidence = 'hearsay'"),
    "move_hours_wrong": change(MOVES, "hours_later = hours_later + 1", "hours_later is not null"),

    # histories
    "status_history_key_missing": forget(STATUSES, "valid_from"),
    "status_history_duplicate": repeat(STATUSES),
    "status_history_period_invalid": change(STATUSES, "is_current = not is_current"),
    "status_history_periods_overlap": repeat(STATUSES, "valid_from = valid_from - interval 1 hour"),
    "status_history_current_differs": change(STATUSES, "job_status = 'HOLD'", "is_current"),
    "appointment_history_key_missing": forget(VERSIONS, "appointment_id"),
    "appointment_history_duplicate": repeat(VERSIONS),
    "appointment_history_period_invalid": change(VERSIONS, "valid_to = valid_from"),
    "appointment_history_periods_overlap": repeat(VERSIONS, "valid_from = valid_from - interval 1 hour"),
    "appointment_history_current_missing": lose(VERSIONS, "is_current"),
    "slot_key_missing": forget(SLOT_CHANGES, "store_id"),
    "slot_duplicate": repeat(SLOT_CHANGES),
    "slot_range_invalid": change(SLOT_CHANGES, "slot_end_at = slot_start_at"),
    "slot_current_not_newest": change(SLOT_CHANGES, "is_current = false", "is_current"),
    "slot_lost": lose(SLOT_CHANGES),
    "slot_capacity_negative": change(SLOT_CHANGES, "capacity = -1"),
    "slot_scheduling_type_unknown": change(SLOT_CHANGES, "scheduling_type = 'BY_FAX'"),
    "job_slot_key_missing": forget(JOB_SLOT_CHANGES, "service_job_id"),
    "job_slot_duplicate": repeat(JOB_SLOT_CHANGES),
    "job_slot_range_invalid": change(JOB_SLOT_CHANGES, "slot_end_at = slot_start_at"),
    "job_slot_current_not_newest": change(JOB_SLOT_CHANGES, "is_current = false", "is_current"),
    "job_slot_lost": lose(JOB_SLOT_CHANGES),
    "job_slot_capacity_negative": change(JOB_SLOT_CHANGES, "capacity = -1"),
    "job_slot_scheduling_type_unknown": change(JOB_SLOT_CHANGES, "scheduling_type = 'BY_FAX'"),
    "job_slot_store_differs": change(JOB_SLOT_CHANGES, "store_id = null"),
    "capacity_range_key_missing": forget(RANGE_CHANGES, "range_end_at"),
    "capacity_range_duplicate": repeat(RANGE_CHANGES),
    "capacity_range_invalid": change(RANGE_CHANGES, "range_end_at = range_start_at", "range_start_at is not null"),
    "capacity_range_current_not_newest": change(RANGE_CHANGES, "is_current = false", "is_current"),
    "capacity_range_lost": lose(RANGE_CHANGES),
    "capacity_range_negative": change(RANGE_CHANGES, "capacity = -1"),
    "capacity_range_type_unknown": change(RANGE_CHANGES, "capacity_type = 'SPARE_CAPACITY'"),

    # items, payments, actions
    "item_key_missing": forget(ITEMS, "item_position"),
    "item_duplicate": repeat(ITEMS),
    "item_without_job": change(ITEMS, "service_job_id = 'nobody''s'"),
    "item_personal_data": change(ITEMS, "title = 'Write to a.buyer@example.com'"),
    "item_status_unknown": change(ITEMS, "item_status = 'LOST'"),
    "item_promise_backwards": change(ITEMS, "promise_end_at = promise_start_at - interval 1 hour"),
    "payment_key_missing": forget(PAYMENTS, "payment_position"),
    "payment_duplicate": repeat(PAYMENTS),
    "payment_totals_differ": change(PAYMENTS, "amount = amount + 1"),
    "payment_amount_unusual": change(PAYMENTS, "currency = '$'"),
    "payment_week_key_missing": forget(PAYMENT_WEEKS, "account"),
    "payment_week_duplicate": repeat(PAYMENT_WEEKS),
    "payment_week_count_impossible": change(PAYMENT_WEEKS, "jobs = payments + 1"),
    "payment_week_totals_differ": change(PAYMENT_WEEKS, "payments = payments + 1"),
    "action_stale_wrong": change(ACTIONS, "is_stale = not is_stale"),
    "action_key_missing": forget(ACTIONS, "action"),
    "action_duplicate": repeat(ACTIONS),
    "action_unknown": change(ACTIONS, "action = 'sing'"),
    "action_without_job": change(ACTIONS, "service_job_id = 'nobody''s'"),
    "action_overdue_wrong": change(ACTIONS, "overdue_hours = -1", "due_at is not null"),
    "schedule_key_missing": forget(SCHEDULE, "appointment_id"),
    "schedule_duplicate": repeat(SCHEDULE),
    "schedule_day_wrong": change(SCHEDULE, "service_date = service_date + 8"),
    "schedule_stop_lost": lose(SCHEDULE, "outcome = 'upcoming'"),
    "schedule_appointment_differs": change(SCHEDULE, "technician_id = 'nobody''s'"),
    "schedule_local_time_wrong": change(SCHEDULE, "scheduled_start_local = scheduled_start_local + interval 1 hour"),
    "schedule_numbers_broken": change(SCHEDULE, "stop_number = stop_number + 1", "technician_id is not null"),
    "schedule_out_of_order": f"update {SCHEDULE} set scheduled_start_at = '2020-01-01 00:00:00Z' where stop_number = 2",
    "schedule_gap_wrong": change(SCHEDULE, "gap_minutes = 5", "stop_number = 1"),
    "schedule_overlap_wrong": change(SCHEDULE, "overlap_minutes = 5", "not is_double_booked"),
    "schedule_double_booking_unnoticed": change(
        SCHEDULE, "is_double_booked = false", "is_double_booked and stop_number > 1 and overlap_minutes > 0"
    ),

    # hours
    "hour_key_missing": forget(HOURS, "hour_start_at"),
    "hour_duplicate": repeat(HOURS),
    "hour_not_whole": change(HOURS, "hour_start_at = hour_start_at + interval 30 minutes"),
    "hour_demand_missing": forget(HOURS, "booked_appointments"),
    "hour_past_wrong": change(HOURS, "is_past = not is_past"),
    "hour_starts_differ": change(HOURS, "booked_starts = booked_starts + 1"),
    "hour_utilization_wrong": change(HOURS, "utilization = utilization / 2", "utilization is not null"),
    "hour_capacity_negative": change(HOURS, "reserved_capacity = -1", "reserved_capacity is not null"),
    "hour_oversubscribed": change(HOURS, "utilization = 1.5", "utilization is not null"),

    # days
    "technician_day_key_missing": forget(TECHNICIAN_DAYS, "technician_id"),
    "technician_day_duplicate": repeat(TECHNICIAN_DAYS),
    "technician_day_rate_wrong": change(TECHNICIAN_DAYS, "on_time_rate = 0", "scored = 0"),
    "technician_day_count_impossible": change(TECHNICIAN_DAYS, "scored = appointments + 1"),
    "technician_day_totals_differ": lose(TECHNICIAN_DAYS),
    "store_day_key_missing": forget(STORE_DAYS, "service_date"),
    "store_day_duplicate": repeat(STORE_DAYS),
    "store_day_rate_wrong": change(STORE_DAYS, "no_show_rate = no_show_rate + 0.1", "scored > 0"),
    "store_day_count_impossible": change(STORE_DAYS, "no_shows = -1"),
    "store_day_totals_differ": change(STORE_DAYS, "appointments = appointments + 1"),
    "store_day_jobs_differ": change(STORE_DAYS, "jobs_created = jobs_created + 1"),
    "store_day_oversubscribed": change(STORE_DAYS, "utilization = 1.2", "utilization is not null"),
    "week_key_missing": forget(WEEKS, "week_start_date"),
    "week_duplicate": repeat(WEEKS),
    "week_rate_wrong": change(WEEKS, "on_time_rate = on_time_rate / 2", "on_time > 0"),
    "week_count_impossible": change(WEEKS, "on_time = scored + 1"),
    "week_not_from_monday": change(WEEKS, "week_start_date = week_start_date + 1"),
    "week_totals_differ": lose(WEEKS, "appointments > 0"),
    "week_payments_differ": change(WEEKS, "payment_total = payment_total + 1", "payment_total is not null"),
    "week_first_visit_rate_wrong": change(WEEKS, "first_visit_resolution_rate = 90"),

    # dimensions
    "dim_technician_key_missing": forget("marts.dim_technician", "technician_id"),
    "dim_technician_duplicate": repeat("marts.dim_technician"),
    "dim_technician_missing": lose("marts.dim_technician"),
    "dim_technician_personal_data": change("marts.dim_technician", "technician_name = '+1 206 555 0143'"),
    "dim_store_key_missing": forget("marts.dim_store", "store_id"),
    "dim_store_duplicate": repeat("marts.dim_store"),
    "dim_store_missing": lose("marts.dim_store"),
    "dim_store_time_zone_differs": change("marts.dim_store", "time_zone = 'UTC'"),
    "dim_store_time_zone_source_invalid": change("marts.dim_store", "time_zone_source = 'a guess'"),
    "stores_file_refused": "insert into ops.stores_file values ('a', now(), 'line 7: store_id is empty')",
    "dim_store_time_zone_missing": forget("marts.dim_store", "time_zone"),
    "dim_service_key_missing": forget("marts.dim_service", "asin"),
    "dim_service_duplicate": repeat("marts.dim_service"),
    "dim_service_missing": lose("marts.dim_service"),
    "dim_service_personal_data": change("marts.dim_service", "service_title = 'Assembly, call (206) 555-0143'"),
    "dim_marketplace_key_missing": forget("marts.dim_marketplace", "marketplace_id"),
    "dim_marketplace_duplicate": repeat("marts.dim_marketplace"),
    "dim_marketplace_missing": "delete from marts.dim_marketplace",
    "dim_date_key_missing": forget("marts.dim_date", "date_day"),
    "dim_date_duplicate": repeat("marts.dim_date"),
    "dim_date_missing": "delete from marts.dim_date where date_day = (select max(service_date) from marts.fct_appointments)",
    "dim_reason_code_key_missing": forget("marts.dim_reason_code", "code"),
    "dim_reason_code_duplicate": repeat("marts.dim_reason_code"),
}  # fmt: skip
