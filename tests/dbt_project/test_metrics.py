"""The metrics of the semantic layer give the figures of the aggregates: one definition, two doors."""

import pytest

from include.warehouse import measures
from tests.dbt_project.raw_rows import parsed_project

AGGREGATES = {
    "on_time_rate": "select sum(on_time) / sum(scored) from marts.agg_store_daily",
    "window_completion_rate": "select sum(completed_in_window) / sum(window_scored) from marts.agg_store_daily",
    "no_show_rate": "select sum(no_shows) / sum(scored) from marts.agg_store_daily",
    "missed_rate": "select sum(missed) / sum(missed_known) from marts.agg_store_daily",
    "proof_coverage": "select sum(serviced) / sum(serviced + unproven + no_shows) from marts.agg_store_daily",
    "booked_minutes": "select sum(booked_minutes) from marts.agg_store_daily",
    "fulfillment_breaks": "select sum(fulfillment_breaks) from marts.agg_store_daily",
    "appointments": "select sum(appointments) from marts.agg_store_daily",
    "reschedules": "select sum(reschedules) from marts.agg_store_daily",
    "minutes_on_site": "select sum(minutes_on_site) from marts.agg_store_daily",
    "first_visit_resolution_rate": "select sum(first_visit_resolutions) / sum(resolved_jobs) from marts.agg_account_weekly",
    "completed_jobs": "select sum(completed_jobs) from marts.agg_account_weekly",
    "utilization": """
        select sum(encumbered_capacity) / sum(scheduled_capacity - reserved_capacity) from marts.fct_demand_capacity_hourly
    """,
    "median_hours_to_first_appointment": "select median(hours_to_first_appointment) from marts.fct_service_jobs",
}
SQL = {"count": "count({})", "sum": "sum({})", "sum_boolean": "count_if({})", "median": "median({})"}


def measured(name: str) -> tuple[str, str]:
    """A measure as SQL over all rows that have its time dimension, as the semantic layer computes it; and those rows."""
    for model in parsed_project().semantic_models.values():
        for measure in model.measures:
            if measure.name == name:
                time = measure.agg_time_dimension or model.defaults.agg_time_dimension
                return SQL[measure.agg.value].format(measure.expr), f"{model.model[5:-2]} where {time} is not null"
    raise LookupError(name)


@pytest.mark.parametrize("name", AGGREGATES)
def test_metric_agrees_with_the_aggregates(warehouse_with_marts, name):
    metric = next(metric for metric in parsed_project().metrics.values() if metric.name == name)
    if metric.type.value == "ratio":
        (part, rows), (whole, _) = measured(metric.type_params.numerator.name), measured(metric.type_params.denominator.name)
        expression = f"{part} / {whole}"
    else:
        expression, rows = measured(name)
    formula = measures.formulas(rows.partition(" ")[0])[name]
    [(figure, shown)] = warehouse_with_marts.execute(f"select {expression}, {formula} from marts.{rows}")
    assert figure == shown == warehouse_with_marts.execute(AGGREGATES[name])[0][0] != 0
