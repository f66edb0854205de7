"""The charts of the bundle, from those that the exposure of the dbt project lists."""

import json

from include.bi.project import Figure, Table
from include.bi.superset import datasets
from include.bi.superset.identity import VERSION, identity

# the kind of a chart in the exposure: Superset's name for it, and its height on the dashboard
KINDS = {
    "number": ("big_number_total", 22),
    "lines": ("echarts_timeseries_line", 50),
    "bars": ("echarts_timeseries_bar", 50),
    "table": ("table", 60),
    "records": ("table", 60),
}


class UnknownFigure(Exception):
    """The exposure names a table, column or metric that the project does not have."""


def chart(described: dict, tables: dict[str, Table]) -> dict:
    """Convert a chart of the exposure.

    Args:
        described: `{name, kind, table, metrics | columns, by, split, time, grain, where, order, rows, note, width}`.
        tables: The marts, with names.

    Raises:
        UnknownFigure: It names a table, column or metric that does not exist.
    """
    table = known_table(described["name"], described["table"], tables)
    known_columns(described["name"], table, [
        *described.get("columns", []), *described.get("by", []), *described.get("split", []),
        *([described["time"]] if "time" in described else []),
    ])  # fmt: skip
    figures = [_figure(name, table, described) for name in described.get("metrics", [])]
    viz_type, _ = KINDS[described["kind"]]
    params = {"viz_type": viz_type, "datasource": "", "row_limit": described.get("rows", 1000)}
    return {
        "slice_name": described["name"],
        "description": " ".join(figure.description for figure in figures) or table.description,
        "viz_type": viz_type,
        "params": params | {"adhoc_filters": _filters(described, table)} | _shape(described, figures),
        "uuid": identity("chart", described["name"]),
        "version": VERSION,
        "dataset_uuid": identity("dataset", table.name),
    }


def known_table(name: str, table: str, tables: dict[str, Table]) -> Table:
    """The mart that the chart or filter `name` refers to; UnknownFigure if there is none."""
    if table not in tables:
        raise UnknownFigure(f"{name}: there is no mart {table}.")
    return tables[table]


def known_columns(name: str, table: Table, columns: list[str]) -> None:
    """Raise UnknownFigure if the chart or filter `name` refers to a column that the mart does not have."""
    for column in columns:
        if column not in table.columns:
            raise UnknownFigure(f"{name}: {table.name} has no column {column}.")


def _figure(name: str, table: Table, described: dict) -> Figure:
    if name == "rows":
        return Figure("rows", "Rows", "", "count(*)")
    if name not in table.figures:
        raise UnknownFigure(f"{described['name']}: {table.name} gives no metric {name}; it gives {', '.join(table.figures)}.")
    return table.figures[name]


def _filters(described: dict, table: Table) -> list[dict]:
    """The condition of the chart, and the place where the dashboard's filter of dates puts its range."""
    filters: list[dict] = []
    if "where" in described:
        filters.append({"clause": "WHERE", "expressionType": "SQL", "sqlExpression": described["where"]})
    if column := datasets.time_column(table):
        filters.append({
            "clause": "WHERE", "expressionType": "SIMPLE", "subject": column, "operator": "TEMPORAL_RANGE",
            "comparator": "No filter",
        })  # fmt: skip
    return filters


def _shape(described: dict, figures: list[Figure]) -> dict:
    """The parameters of the chart's kind."""
    names = [figure.name for figure in figures]
    number = datasets.PERCENT if figures and all(figure.is_rate for figure in figures) else datasets.COUNT
    if described["kind"] == "number":
        return {"metric": names[0], "y_axis_format": number, "subheader": described.get("note", "")}
    if described["kind"] in ("lines", "bars"):
        return {
            "metrics": names, "groupby": described.get("split", []), "x_axis": described.get("time") or described["by"][0],
            "time_grain_sqla": described.get("grain", "P1D"), "y_axis_format": number, "rich_tooltip": True,
            "show_legend": len(names) > 1 or "split" in described, "x_axis_sort_asc": True,
        }  # fmt: skip
    if described["kind"] == "table":
        return {
            "query_mode": "aggregate", "metrics": names, "groupby": described["by"], "all_columns": [], "order_desc": True,
            "timeseries_limit_metric": described.get("order", names[0]), "table_timestamp_format": "smart_date",
        }  # fmt: skip
    order = [json.dumps([described["order"], False])] if "order" in described else []
    return {"query_mode": "raw", "all_columns": described["columns"], "metrics": [], "groupby": [], "order_by_cols": order}
