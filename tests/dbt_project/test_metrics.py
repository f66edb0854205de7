"""The metrics of the semantic layer give the figures of the aggregates: one definition, two doors."""

import pytest

from tests.dbt_project.raw_rows import parsed_project

AGGREGATES = {
    "on_time_rate": "select sum(on_time) / sum(scored) from marts.agg_store_daily",
    "window_completion_rate": "select sum(completed_in_window) / sum(scored) from marts.agg_store_daily",
    "no_show_rate": "select sum(no_shows) / sum(scored) from marts.agg_store_daily",
    "fulfillment_breaks": "select sum(fulfillment_breaks) from marts.agg_store_daily",
    "appointments": "select sum(appointments) from marts.agg_store_daily",
    "first_visit_resolution_rate": "select sum(first_visit_resolutions) / sum(completed_jobs) from marts.agg_account_weekly",
    "utilization": """
        select sum(encumbered_capacity) / sum(scheduled_capacity - reserved_capacity) from marts.fct_demand_capacity_hourly
    """,
    "median_lead_time_hours": "select median(lead_time_hours) from marts.fct_appointments where service_date is not null",
}
SQL = {"count": "count({})", "sum": "sum({})", "sum_boolean": "count_if({})", "median": "median({})"}


def measured(warehouse, name: str) -> float:
    """A measure over all rows that have its time dimension, as the semantic layer computes it."""
    for model in parsed_project().semantic_models.values():
        for measure in model.measures:
            if measure.name == name:
                expression = SQL[measure.agg.value].format(measure.expr)
                time = model.defaults.agg_time_dimension
                return warehouse.execute(f"select {expression} from marts.{model.model[5:-2]} where {time} is not null")[0][0]
    raise LookupError(name)


@pytest.mark.parametrize("name", AGGREGATES)
def test_metric_agrees_with_the_aggregates(warehouse_with_marts, name):
    metric = next(metric for metric in parsed_project().metrics.values() if metric.name == name)
    if metric.type.value == "ratio":
        parts = metric.type_params
        figure = measured(warehouse_with_marts, parts.numerator.name) / measured(warehouse_with_marts, parts.denominator.name)
    else:
        figure = measured(warehouse_with_marts, name)
    assert figure == warehouse_with_marts.execute(AGGREGATES[name])[0][0] != 0
