"""Which loads a publication already shows: a run that would publish the same again need not run.

Two loads that come close together set off two runs, and the first of them often finds what both have loaded.
"""

import logging

import duckdb

from include.warehouse import database
from include.warehouse.building import audit_state, transform

log = logging.getLogger(__name__)


def begin(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Note what is loaded as a run's build begins; beginning again notes it anew."""
    audit_state.carry(connection)
    with database.transaction(connection):
        connection.execute("delete from ops.builds where run_id = ?", [run_id])
        connection.execute("insert into ops.builds select ?, max(loaded_at) from ops.extract_windows", [run_id])


def is_due(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether something was loaded that no publication shows."""
    return connection.execute("""
        select coalesce(
            max(loaded_at) > (
                select max(loaded_until) from ops.builds where run_id in (select publication_id from ops.publications)
            ),
            true
        )
        from ops.extract_windows
    """).fetchone()[0]


def catch_up(run_id: str) -> bool:
    """Build again if something was loaded since a run's build began, so that its audit compares the models with what they read.

    Tasks take turns at the database: a load can come between the build of a run and its audit.

    Args:
        run_id: The run whose build is about to be audited.

    Returns:
        Whether it was built again.

    Raises:
        ModelsFailed: dbt could not build or test some nodes.
    """
    with database.connect() as connection:
        is_behind = connection.execute(
            """
            select coalesce(max(loaded_at) > (select loaded_until from ops.builds where run_id = ?), true)
            from ops.extract_windows
            """,
            [run_id],
        ).fetchone()[0]
        if not is_behind:
            return False
        log.info("Something was loaded since the build of run %s; it is built again before its audit.", run_id)
        begin(connection, run_id)
    transform.build_models()
    return True
