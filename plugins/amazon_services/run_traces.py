"""Removes the id of a buyer who is to be forgotten from what Airflow stores about a run.

A run of `amazon_services_retention` with a `buyer_id` has that id in its configuration (`dag_run.conf`), in the audit log
(`log.extra`: the body of the REST call or of the form, or the whole command line) and in a note. The listeners of this module run
in the scheduler. When a run starts, before its first task is queued, they replace the id by the buyer's key, so that tasks, their
logs and XComs never contain the id. `airflow dags test` calls them when the run has ended.

Other places, such as a trigger that was rejected, are cleaned by hand, any number of times::

    python -m amazon_services.run_traces < file_with_the_id

Airflow has no public interface to change its audit log: see `airflow_internals`.
"""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

from amazon_services import airflow_internals

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

DAG_ID = "amazon_services_retention"
HIDDEN = "(a buyer who was forgotten)"
# a shorter text may be part of any other text
SHORTEST_ID = 6


@hookimpl
def on_dag_run_running(dag_run, msg: str) -> None:
    """Called by the scheduler when it starts a run."""
    hide_buyer(dag_run, has_ended=False)


@hookimpl
def on_dag_run_success(dag_run, msg: str) -> None:
    """Called when a run has succeeded, also by `airflow dags test`."""
    hide_buyer(dag_run, has_ended=True)


@hookimpl
def on_dag_run_failed(dag_run, msg: str) -> None:
    """Called when a run has failed. With the key instead of the id, it can be cleared and run again."""
    hide_buyer(dag_run, has_ended=False)


def hide_buyer(dag_run, *, has_ended: bool) -> None:
    """Replace the id in the configuration of a run by the buyer's key, and mask it in the audit log and in the run's note.

    Args:
        dag_run: The run. Its own session is used.
        has_ended: The run needs neither id nor key any more. Otherwise it keeps an id whose key cannot be computed.
    """
    conf = dag_run.conf if dag_run.dag_id == DAG_ID and isinstance(dag_run.conf, dict) else {}
    buyer_id = conf.get("buyer_id")
    if not buyer_id or not isinstance(buyer_id, str):
        return
    from include.extract.privacy import existing_buyer_keys

    keys = existing_buyer_keys()
    if keys is None and not has_ended:
        log.warning("%s: the buyer's key cannot be computed here; the run keeps the id until it has succeeded", dag_run.run_id)
        return
    with airflow_internals.session_of(dag_run) as session:
        _mask(session, airflow_internals.audit_log_text(), buyer_id, dag_id=DAG_ID)
        _mask(session, airflow_internals.run_note_text(), buyer_id, dag_run_id=dag_run.id)
    others = {name: value for name, value in conf.items() if name != "buyer_id"}
    dag_run.conf = others | ({"buyer_key": keys.key(buyer_id.strip())} if keys else {})


def clean_everywhere(buyer_id: str) -> dict[str, int]:
    """Mask an id in every text of Airflow's database, and vacuum the database if it is SQLite.

    Args:
        buyer_id: Amazon's id of the buyer.

    Returns:
        The number of rows with the id for each `table.column`, and as `files` the number of log files with it, which are left
        unchanged.

    Raises:
        ValueError: The text is too short to be an id.
    """
    if len(buyer_id) < SHORTEST_ID:
        raise ValueError(
            f"A buyer's id has {SHORTEST_ID} characters or more, but this one has {len(buyer_id)}. Nothing was changed."
        )
    counts: dict[str, int] = {}
    with airflow_internals.new_session() as session:
        for column in airflow_internals.text_columns():
            if count := _mask(session, column, buyer_id):
                counts[f"{column.table.name}.{column.name}"] = count
    airflow_internals.vacuum_sqlite()
    if files := sum(1 for _ in _files_with(buyer_id)):
        counts["files"] = files
    return counts


def _mask(session: "Session", column: "Column", buyer_id: str, **filters: object) -> int:
    """Replace an id by `HIDDEN`, in plain and in JSON spelling.

    Args:
        session: A session of Airflow's database.
        column: A column of one of its tables.
        buyer_id: The id.
        filters: Values of other columns that the rows must have.

    Returns:
        The number of rows with the id.
    """
    import sqlalchemy

    # a table of these columns only: Airflow's own would update others too, such as the time of the last update
    table = sqlalchemy.table(column.table.name, *map(sqlalchemy.column, dict.fromkeys((column.name, *filters))))
    text, count = sqlalchemy.cast(table.c[column.name], sqlalchemy.Text), 0
    is_json = isinstance(airflow_internals.plain_type(column), sqlalchemy.JSON)
    is_cast = is_json and session.get_bind().dialect.name != "sqlite"
    for spelling in dict.fromkeys((buyer_id, json.dumps(buyer_id)[1:-1], json.dumps(json.dumps(buyer_id)[1:-1])[1:-1])):
        replaced = sqlalchemy.func.replace(text, spelling, HIDDEN)
        masked = sqlalchemy.cast(replaced, column.type) if is_cast else replaced
        rows = [text.contains(spelling, autoescape=True), *(table.c[name] == value for name, value in filters.items())]
        update = sqlalchemy.update(table).where(*rows).values({column.name: masked})
        count += session.connection().execute(update).rowcount
    return count


def _files_with(buyer_id: str) -> Iterator[Path]:
    for file in airflow_internals.log_folder().rglob("*"):
        if file.is_file() and buyer_id.encode() in file.read_bytes():
            log.warning("%s contains the id", file)
            yield file


if __name__ == "__main__":
    try:
        print(json.dumps(clean_everywhere(sys.stdin.read().strip())))
    except ValueError as error:
        sys.exit(str(error))
