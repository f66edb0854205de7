"""An in-memory database `changes`, attached beside the build, with only the rows that an audit has to check.

It has the same tables as the build, under the same names. A table that changes hourly holds all rows of the unaudited keys and
no others; every other table is a view of the build's table. A rule therefore needs no second version, and a rule that joins
several tables of a job holds in `changes` exactly when it holds in the build.
"""

import duckdb

from include.warehouse import database
from include.warehouse.building.audit_state import SCOPES

CATALOG = "changes"
# above this share of unaudited jobs, checking all rows costs no more
MAX_SHARE = 1 / 4
TABLES = frozenset(table for scope in SCOPES for table in scope.tables)
SCHEMAS = ("raw", "staging", "ops", "intermediate", "marts")


def is_few(build: duckdb.DuckDBPyConnection) -> bool:
    """Whether few enough jobs are unaudited for `changes` to be cheaper than the whole build."""
    unaudited = database.scalar(build, "select count(*) from audit.jobs")
    try:
        jobs = database.scalar(build, "select count(*) from marts.fct_service_jobs")
    except duckdb.CatalogException:
        return False  # the rules report the missing table
    return unaudited <= MAX_SHARE * jobs


def attach(build: duckdb.DuckDBPyConnection) -> None:
    """Create the database. It disappears with the last connection to the build."""
    scoped = {table: scope for scope in SCOPES for table in scope.tables}
    tables = build.execute(
        """
        select database_name, schema_name || '.' || table_name from duckdb_tables() where schema_name in $schemas
        union all
        select database_name, schema_name || '.' || view_name from duckdb_views() where schema_name in $schemas
        """,
        {"schemas": SCHEMAS},
    ).fetchall()
    build.execute(f"attach ':memory:' as {CATALOG} (read_write)")
    for schema in SCHEMAS:
        build.execute(f"create schema if not exists {CATALOG}.{schema}")
    for source, table in tables:
        if scope := scoped.get(table):
            build.execute(f"create table {CATALOG}.{table} as {scope.unaudited(table)}")
        else:
            build.execute(f"create view {CATALOG}.{table} as from {source}.{table}")
