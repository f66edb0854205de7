"""Which loads a publication already shows: a run that would publish the same again need not run.

Two loads that come close together set off two runs, and the first of them often finds what both have loaded.
"""

import duckdb

from include.warehouse import database, unjudged


def begin(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Note what is loaded as a run's build begins; beginning again notes it anew."""
    unjudged.carry(connection)
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
