"""Decides whether a run has anything new to publish.

Two loads in short sequence trigger two runs, and the first of them often publishes what both have loaded.
"""

import logging

import duckdb

from include.warehouse import database
from include.warehouse.building import audit_state, transform

log = logging.getLogger(__name__)


def begin(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Record what is loaded when a run's build begins; a second call replaces the record."""
    audit_state.carry(connection)
    with database.transaction(connection):
        connection.execute("delete from ops.builds where run_id = ?", [run_id])
        connection.execute("insert into ops.builds select ?, max(loaded_at) from ops.extract_windows", [run_id])


def is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a window was loaded that is not published yet."""
    return _is_loaded_since(connection, "run_id in (select publication_id from ops.publications)")


def catch_up(run_id: str) -> bool:
    """Build again if a window was loaded since a run's build began, so that the audit compares the models with their sources.

    A load can run between the build of a run and its audit, because tasks take turns at the database.

    Args:
        run_id: The run whose build is about to be audited.

    Returns:
        Whether it was built again.

    Raises:
        ModelsFailed: dbt could not build or test some nodes.
    """
    with database.connect() as connection:
        if not _is_loaded_since(connection, "run_id = ?", run_id):
            return False
        log.info("A window was loaded since the build of run %s: it is built again before its audit.", run_id)
        begin(connection, run_id)
    transform.build_models()
    return True


def _is_loaded_since(connection: duckdb.DuckDBPyConnection, builds: str, *parameters: str) -> bool:
    """Whether a window was loaded since the last of the builds that a condition chooses, or there is no such build."""
    loaded_until = f"select max(loaded_until) from ops.builds where {builds}"
    query = f"select coalesce(max(loaded_at) > ({loaded_until}), true) from ops.extract_windows"
    return database.scalar(connection, query, parameters)
