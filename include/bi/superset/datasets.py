"""The datasets of the bundle: each mart with its metrics, and with names beside the ids of stores and technicians."""

from dataclasses import dataclass, replace

from include.bi.project import Table, words
from include.bi.superset.identity import VERSION, identity

DATABASE = "Services Warehouse"
PERCENT, COUNT = ".1%", ",d"
TIMES = ("DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")


@dataclass(frozen=True)
class Names:
    """A dimension whose names a dataset shows beside its ids."""

    dimension: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]


NAMES = (
    Names("dim_store", ("account", "marketplace_id", "store_id"), ("store_name", "region", "manager")),
    Names("dim_technician", ("account", "technician_id"), ("technician_name",)),
)


def with_names(table: Table, tables: dict[str, Table]) -> Table:
    """The table with the columns of names that its keys lead to, and that it does not have itself."""
    columns = dict(table.columns)
    for names in _names_of(table):
        columns |= {name: tables[names.dimension].columns[name] for name in names.columns if name not in columns}
    return replace(table, columns=columns)


def time_column(table: Table) -> str | None:
    """The local date (or instant) by which the rows of a table are filtered; None if they have none."""
    return next((name for name in ("service_date", "week_start_date") if name in table.columns), None)


def dataset(table: Table, tables: dict[str, Table]) -> dict:
    """The dataset of a table that has its names.

    Args:
        table: The table, from `with_names`.
        tables: The marts as they are.
    """
    times = [name for name, (kind, _) in table.columns.items() if kind in TIMES]
    return {
        "table_name": table.name,
        "schema": "marts",
        "sql": _query(tables[table.name], table),
        "main_dttm_col": time_column(table) or next((name for name in ("due_at",) if name in times), None),
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


def _names_of(table: Table) -> list[Names]:
    """The dimensions that name what the table has ids of; those that it names itself are not joined."""
    return [
        names for names in NAMES
        if table.name != names.dimension and set(names.keys) <= table.columns.keys()
        and not set(names.columns) <= table.columns.keys()
    ]  # fmt: skip


def _query(mart: Table, named: Table) -> str | None:
    """The query that joins the names to a mart; None if the dataset is the mart itself."""
    joined = _names_of(mart)
    if not joined:
        return None
    added = [name for name in named.columns if name not in mart.columns]
    joins = [f"left join marts.{names.dimension} using ({', '.join(names.keys)})" for names in joined]
    return f"select mart.*, {', '.join(added)} from marts.{mart.name} as mart {' '.join(joins)}"
