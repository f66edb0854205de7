"""The rows that an audit need look at, as a database of its own in memory: `changes`, beside the build.

It has the tables of the build under the same names. A table of what changes by the hour holds the rows of unjudged keys
alone, all rows of each; any other is a view of the build's. So a rule reads the same here and there, and rules on a job's
rows in several tables hold here exactly when they hold in the build.
"""

import duckdb

from include.warehouse.building.audit_state import SCOPES

CATALOG = "changes"
# Above this share of the rows of a table, looking at all of them costs no more.
MUCH = 1 / 4
TABLES = frozenset(table for scope in SCOPES for table in scope.tables)
SCHEMAS = ("raw", "staging", "ops", "intermediate", "marts")


def is_few(build: duckdb.DuckDBPyConnection) -> bool:
    """Whether few enough jobs are unjudged for it to be worthwhile."""
    (unjudged,) = build.execute("select count(*) from audit.jobs").fetchone()
    try:
        (jobs,) = build.execute("select count(*) from marts.fct_service_jobs").fetchone()
    except duckdb.CatalogException:
        return False  # the rules will say what is missing
    return unjudged <= MUCH * jobs


def attach(build: duckdb.DuckDBPyConnection) -> None:
    """Make the database; it goes with the last connection to the build."""
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
            build.execute(f"create table {CATALOG}.{table} as {scope.unjudged(table)}")
        else:
            build.execute(f"create view {CATALOG}.{table} as from {source}.{table}")
