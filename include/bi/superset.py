"""Writes a bundle for Apache Superset, in the format of its own export and import."""

import json
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

from include.bi.project import Figure, Project, Table, words

VERSION = "1.0.0"
DATABASE = "Services Warehouse"
GRID_COLUMNS = 12
# the kind of a chart in the exposure: Superset's name for it, and its height on the dashboard
KINDS = {
    "number": ("big_number_total", 22),
    "lines": ("echarts_timeseries_line", 50),
    "bars": ("echarts_timeseries_bar", 50),
    "table": ("table", 60),
    "records": ("table", 60),
}
PERCENT, COUNT = ".1%", ",d"


class UnknownFigure(Exception):
    """A chart of the exposure names a table, column or metric that the project does not have."""


def write(project: Project, database: Path, file: Path) -> Path:
    """Write the bundle. The same project gives the same bundle, except for its time.

    Args:
        project: The dbt project.
        database: The published file, as Superset sees it.
        file: The bundle to write, a ZIP file.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in contents(project, database).items():
            bundle.writestr(f"services_warehouse/{name}", yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    return file


def contents(project: Project, database: Path) -> dict[str, dict]:
    """The content of the bundle's files, by their names.

    Raises:
        UnknownFigure: A chart names a table, column or metric that does not exist.
    """
    charts = [_chart(chart, project) for chart in project.charts]
    charted = {chart["table"] for chart in project.charts}
    files = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": datetime.now(UTC).isoformat()},
        "databases/services_warehouse.yaml": _database(database),
        "dashboards/services.yaml": _dashboard(project, charts),
    }
    # importing a dashboard imports the datasets of its charts first, then the other ones
    for name in sorted(project.tables, key=lambda name: (name not in charted, name)):
        files[f"datasets/services_warehouse/{name}.yaml"] = _dataset(project.tables[name])
    for chart in charts:
        files[f"charts/{chart['slice_name'].lower().replace(' ', '_')}.yaml"] = chart
    return files


def identity(kind: str, name: str) -> str:
    """A stable id: importing a later bundle replaces what has the same kind and name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"services-warehouse/{kind}/{name}"))


def _database(database: Path) -> dict:
    return {
        "database_name": DATABASE,
        # read-only, so that many processes can read while a publication replaces the file
        "sqlalchemy_uri": f"duckdb:///{database}?access_mode=read_only",
        "expose_in_sqllab": True,
        "allow_run_async": False, "allow_ctas": False, "allow_cvas": False, "allow_dml": False, "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True, "metadata_params": {}, "engine_params": {}},
        "uuid": identity("database", DATABASE),
        "version": VERSION,
    }  # fmt: skip


def _dataset(table: Table) -> dict:
    times = [name for name, (kind, _) in table.columns.items() if kind in ("DATE", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")]
    return {
        "table_name": table.name,
        "schema": "marts",
        "main_dttm_col": next((name for name in ("service_date", "week_start_date", "due_at") if name in times), None),
        "description": table.description,
        "filter_select_enabled": True,
        "uuid": identity("dataset", table.name),
        "metrics": [
            {"metric_name": "rows", "verbose_name": "Rows", "expression": "count(*)", "description": "Rows of the table."},
            *(
                {
                    "metric_name": figure.name, "verbose_name": figure.label, "expression": figure.sql,
                    "description": figure.description, "d3format": PERCENT if figure.is_rate else None,
                }
                for figure in table.figures.values()
            ),
        ],
        "columns": [
            {
                "column_name": name, "verbose_name": words(name), "type": kind,
                "is_dttm": name in times, "groupby": True, "filterable": True, "is_active": True, "description": description,
            }
            for name, (kind, description) in table.columns.items()
        ],
        "version": VERSION,
        "database_uuid": identity("database", DATABASE),
    }  # fmt: skip


def _chart(chart: dict, project: Project) -> dict:
    """Convert a chart of the exposure: {name, kind, table, metrics | columns, by, time, order, rows, width}."""
    table = project.tables.get(chart["table"])
    if table is None:
        raise UnknownFigure(f"{chart['name']}: there is no mart {chart['table']}.")
    figures = [_figure(name, table, chart) for name in chart.get("metrics", [])]
    for column in [*chart.get("columns", []), *chart.get("by", []), *([chart["time"]] if "time" in chart else [])]:
        if column not in table.columns:
            raise UnknownFigure(f"{chart['name']}: {table.name} has no column {column}.")
    viz_type, _ = KINDS[chart["kind"]]
    names = [figure.name for figure in figures]
    number = PERCENT if figures and all(figure.is_rate for figure in figures) else COUNT
    params = {"viz_type": viz_type, "datasource": "", "adhoc_filters": [], "row_limit": chart.get("rows", 1000)}
    if chart["kind"] == "number":
        params |= {"metric": names[0], "y_axis_format": number, "subheader": chart.get("note", "")}
    elif chart["kind"] in ("lines", "bars"):
        params |= {
            "metrics": names, "groupby": [], "x_axis": chart.get("time") or chart["by"][0],
            "time_grain_sqla": chart.get("grain", "P1D"), "y_axis_format": number,
            "rich_tooltip": True, "show_legend": len(names) > 1, "x_axis_sort_asc": True,
        }  # fmt: skip
    elif chart["kind"] == "table":
        params |= {
            "query_mode": "aggregate", "metrics": names, "groupby": chart["by"], "all_columns": [], "order_desc": True,
            "timeseries_limit_metric": chart.get("order", names[0]), "table_timestamp_format": "smart_date",
        }  # fmt: skip
    else:
        order = [json.dumps([chart["order"], False])] if "order" in chart else []
        params |= {"query_mode": "raw", "all_columns": chart["columns"], "metrics": [], "groupby": [], "order_by_cols": order}
    return {
        "slice_name": chart["name"],
        "description": " ".join(figure.description for figure in figures) or table.description,
        "viz_type": viz_type,
        "params": params,
        "uuid": identity("chart", chart["name"]),
        "version": VERSION,
        "dataset_uuid": identity("dataset", table.name),
    }


def _figure(name: str, table: Table, chart: dict) -> Figure:
    if name == "rows":
        return Figure("rows", "Rows", "", "count(*)")
    if name not in table.figures:
        raise UnknownFigure(f"{chart['name']}: {table.name} gives no metric {name}; it gives {', '.join(table.figures)}.")
    return table.figures[name]


def _dashboard(project: Project, charts: list[dict]) -> dict:
    """The dashboard, whose charts fill rows of twelve columns in their order."""
    rows: list[list[tuple[dict, dict]]] = [[]]
    for described, chart in zip(project.charts, charts, strict=True):
        if sum(neighbor["width"] for neighbor, _ in rows[-1]) + described["width"] > GRID_COLUMNS:
            rows.append([])
        rows[-1].append((described, chart))
    position = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": project.title}},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": [f"ROW-{n}" for n in range(len(rows))]},
    }
    for n, row in enumerate(rows):
        ids = [f"CHART-{chart['uuid']}" for _, chart in row]
        parents = ["ROOT_ID", "GRID_ID"]
        position[f"ROW-{n}"] = {
            "type": "ROW", "id": f"ROW-{n}", "children": ids, "parents": parents,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }  # fmt: skip
        for described, chart in row:
            name = f"CHART-{chart['uuid']}"
            meta = {
                "chartId": 0, "uuid": chart["uuid"], "sliceName": chart["slice_name"], "width": described["width"],
                "height": KINDS[described["kind"]][1],
            }  # fmt: skip
            position[name] = {"type": "CHART", "id": name, "children": [], "parents": [*parents, f"ROW-{n}"], "meta": meta}
    return {
        "dashboard_title": project.title, "description": project.description, "slug": "services", "published": True, "css": "",
        "uuid": identity("dashboard", project.title), "position": position,
        "metadata": {"color_scheme": "", "cross_filters_enabled": True, "refresh_frequency": 300}, "version": VERSION,
    }  # fmt: skip
