"""The dashboard of the bundle: where its charts stand, and the filters beside them."""

from include.bi.project import Project, Table
from include.bi.superset import datasets
from include.bi.superset.charts import KINDS, known_columns, known_table
from include.bi.superset.identity import VERSION, identity

GRID_COLUMNS = 12


def dashboard(project: Project, tables: dict[str, Table], charts: list[dict]) -> dict:
    """The dashboard.

    Args:
        project: The dbt project, whose exposure describes it.
        tables: The marts, with names.
        charts: The charts of the exposure, in its order.

    Raises:
        UnknownFigure: A filter names a table or column that does not exist.
    """
    return {
        "dashboard_title": project.title, "description": project.description, "slug": "services", "published": True, "css": "",
        "uuid": identity("dashboard", project.title), "position": _position(project, charts),
        "metadata": {
            "color_scheme": "", "cross_filters_enabled": True, "refresh_frequency": 300,
            "native_filter_configuration": [_filter(described, project, tables) for described in project.filters],
        },
        "version": VERSION,
    }  # fmt: skip


def _position(project: Project, charts: list[dict]) -> dict:
    """The charts fill rows of twelve columns in their order; their ids count from 1, and filters refer to them."""
    rows: list[list[tuple[int, dict, dict]]] = [[]]
    for number, (described, chart) in enumerate(zip(project.charts, charts, strict=True), start=1):
        if sum(neighbor["width"] for _, neighbor, _ in rows[-1]) + described["width"] > GRID_COLUMNS:
            rows.append([])
        rows[-1].append((number, described, chart))
    position = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": project.title}},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": [f"ROW-{n}" for n in range(len(rows))]},
    }
    for n, row in enumerate(rows):
        parents = ["ROOT_ID", "GRID_ID"]
        position[f"ROW-{n}"] = {
            "type": "ROW", "id": f"ROW-{n}", "children": [f"CHART-{chart['uuid']}" for _, _, chart in row], "parents": parents,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }  # fmt: skip
        for number, described, chart in row:
            name = f"CHART-{chart['uuid']}"
            meta = {
                "chartId": number, "uuid": chart["uuid"], "sliceName": chart["slice_name"], "width": described["width"],
                "height": KINDS[described["kind"]][1],
            }  # fmt: skip
            position[name] = {"type": "CHART", "id": name, "children": [], "parents": [*parents, f"ROW-{n}"], "meta": meta}
    return position


def _filter(described: dict, project: Project, tables: dict[str, Table]) -> dict:
    """Convert a filter of the exposure: `{name, note, table, column, within}`, or without a table a filter of dates.

    It applies to the charts whose datasets have its column. `within` names the filters that narrow its choices.
    """
    column = described.get("column")
    has_it = [column in tables[chart["table"]].columns if column else bool(datasets.time_column(tables[chart["table"]]))
              for chart in project.charts]  # fmt: skip
    common = {
        "id": _filter_id(described["name"]), "name": described["name"], "description": described.get("note", ""),
        "type": "NATIVE_FILTER", "defaultDataMask": {"extraFormData": {}, "filterState": {}},
        "cascadeParentIds": [_filter_id(name) for name in described.get("within", [])],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": [number for number, has in enumerate(has_it, start=1) if not has]},
    }  # fmt: skip
    if not column:
        return common | {"filterType": "filter_time", "targets": [{}], "controlValues": {"enableEmptyFilter": False}}
    known_columns(described["name"], known_table(described["name"], described["table"], tables), [column])
    return common | {
        "filterType": "filter_select",
        "targets": [{"datasetUuid": identity("dataset", described["table"]), "column": {"name": column}}],
        "controlValues": {
            "enableEmptyFilter": False, "defaultToFirstItem": False, "multiSelect": True, "searchAllOptions": True,
            "inverseSelection": False,
        },
    }  # fmt: skip


def _filter_id(name: str) -> str:
    return f"NATIVE_FILTER-{identity('filter', name)}"
