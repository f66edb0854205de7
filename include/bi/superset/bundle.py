"""Writes the bundle: a database, a dataset for each mart, and the dashboard with its charts."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

from include.bi.project import Project
from include.bi.superset import charts, dashboard, datasets
from include.bi.superset.identity import VERSION, identity


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
        UnknownFigure: A chart or a filter names a table, column or metric that does not exist.
    """
    tables = {name: datasets.with_names(table, project.tables) for name, table in project.tables.items()}
    made = [charts.chart(described, tables) for described in project.charts]
    charted = {chart["table"] for chart in project.charts}
    files = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": datetime.now(UTC).isoformat()},
        "databases/services_warehouse.yaml": _database(database),
        "dashboards/services.yaml": dashboard.dashboard(project, tables, made),
    }
    # importing a dashboard imports the datasets of its charts first, then the other ones
    for name in sorted(tables, key=lambda name: (name not in charted, name)):
        files[f"datasets/services_warehouse/{name}.yaml"] = datasets.dataset(tables[name], project.tables)
    for chart in made:
        files[f"charts/{chart['slice_name'].lower().replace(' ', '_')}.yaml"] = chart
    return files


def _database(database: Path) -> dict:
    return {
        "database_name": datasets.DATABASE,
        # read-only, so that many processes can read while a publication replaces the file
        "sqlalchemy_uri": f"duckdb:///{database}?access_mode=read_only",
        "expose_in_sqllab": True,
        "allow_run_async": False, "allow_ctas": False, "allow_cvas": False, "allow_dml": False, "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True, "metadata_params": {}, "engine_params": {}},
        "uuid": identity("database", datasets.DATABASE),
        "version": VERSION,
    }  # fmt: skip
