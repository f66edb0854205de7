"""The metrics of the semantic layer give the figures of the aggregates: one definition, two doors."""

import pytest

from include.warehouse import measures

MARTS = {"fct_appointments": "service_date", "fct_service_jobs": "completed_at", "fct_demand_capacity_hourly": "service_date"}

AGGREGATES = {
    "on_time_rate": "select sum(on_time) / sum(scored) from marts.agg_store_daily",
    "window_completion_rate": "select sum(completed_in_window) / sum(scored) from marts.agg_store_daily",
    "no_show_rate": "select sum(no_shows) / sum(scored) from marts.agg_store_daily",
    "fulfillment_breaks": "select sum(fulfillment_breaks) from marts.agg_store_daily",
    "appointments": "select sum(appointments) from marts.agg_store_daily",
    "reschedules": "select sum(reschedules) from marts.agg_store_daily",
    "minutes_on_site": "select sum(minutes_on_site) from marts.agg_store_daily",
    "first_visit_resolution_rate": "select sum(first_visit_resolutions) / sum(completed_jobs) from marts.agg_account_weekly",
    "utilization": """
        select sum(encumbered_capacity) / sum(scheduled_capacity - reserved_capacity) from marts.fct_demand_capacity_hourly
    """,
    "median_lead_time_hours": "select median(lead_time_hours) from marts.fct_appointments where service_date is not null",
}


@pytest.mark.parametrize("name", AGGREGATES)
def test_metric_agrees_with_the_aggregates(warehouse_with_marts, name):
    [(sql, mart)] = [(formulas[name], mart) for mart in MARTS if name in (formulas := measures.formulas(mart))]
    [(figure,)] = warehouse_with_marts.execute(f"select {sql} from marts.{mart} where {MARTS[mart]} is not null")
    assert figure == warehouse_with_marts.execute(AGGREGATES[name])[0][0] != 0
