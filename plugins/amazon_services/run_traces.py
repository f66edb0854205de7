"""Takes the id of a buyer who is to be forgotten out of what Airflow itself keeps of a run.

A run of `amazon_services_retention` that was given a `buyer_id` leaves that id in its configuration (`dag_run.conf`), in the
audit log (`log.extra`: the body of the REST call or of the form, or the whole command line) and in a note. The listeners here are
called by the scheduler: when the run starts, the buyer's key is put in place of the id, before the first task is queued, so that
tasks, their logs and XComs never see the id. `airflow dags test` calls them when the run has ended.

What this leaves out, such as a trigger that was refused, is cleaned by hand, as often as one likes::

    python -m amazon_services.run_traces < file_with_the_id

Airflow has no public interface that changes its audit log. This module alone uses Airflow's models, as they are in Airflow 3.3.2.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)

DAG_ID = "amazon_services_retention"
HIDDEN = "(a buyer who was forgotten)"
# a shorter text could stand anywhere
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
    """Called when a run has failed: with its key instead of the id, it can be cleared and run again."""
    hide_buyer(dag_run, has_ended=False)


def hide_buyer(dag_run, *, has_ended: bool) -> None:
    """Replace the id in a run's configuration by the buyer's key, and hide it in the audit log and in the run's note.

    Args:
        dag_run: The run; the session that it is attached to is used.
        has_ended: The run needs neither id nor key any more. Otherwise an id stays where its key cannot be made.
    """
    conf = dag_run.conf if dag_run.dag_id == DAG_ID and isinstance(dag_run.conf, dict) else {}
    buyer_id = conf.get("buyer_id")
    if not buyer_id or not isinstance(buyer_id, str):
        return
    from airflow.utils.session import create_session
    from sqlalchemy.orm import object_session

    from include.extract.privacy import existing_buyer_keys

    keys = existing_buyer_keys()
    if keys is None and not has_ended:
        log.warning("%s: the key of the buyer cannot be made here; the run keeps the id until it has succeeded", dag_run.run_id)
        return
    # `airflow dags test` hands out a run that no session holds at this moment
    with nullcontext(object_session(dag_run)) if object_session(dag_run) else create_session() as session:
        _hide_in_log(session, dag_run.id, buyer_id)
    others = {name: value for name, value in conf.items() if name != "buyer_id"}
    dag_run.conf = others | ({"buyer_key": keys.key(buyer_id.strip())} if keys else {})


def clean_everywhere(buyer_id: str) -> dict[str, int]:
    """Hide an id in every text of Airflow's database, and give back the room where it stood, where the database is SQLite.

    Args:
        buyer_id: Amazon's id of the buyer.

    Returns:
        How many rows of which `table.column` held the id, and under `files` how many log files hold it; those stay as they are.

    Raises:
        ValueError: The text is too short to be an id.
    """
    if len(buyer_id) < SHORTEST_ID:
        raise ValueError(
            f"A buyer's id has {SHORTEST_ID} characters or more; what came has {len(buyer_id)}. Nothing was changed."
        )
    from airflow.utils.session import create_session

    found: dict[str, int] = {}
    with create_session() as session:
        for column in _texts():
            if count := _replace(session, column, buyer_id):
                found[f"{column.table.name}.{column.name}"] = count
    _give_back_room()
    if files := sum(1 for _ in _files_with(buyer_id)):
        found["files"] = files
    return found


def _hide_in_log(session, dag_run_id: int, buyer_id: str) -> None:
    from airflow.models.dagrun import DagRunNote
    from airflow.models.log import Log

    _replace(session, Log.__table__.c.extra, buyer_id, dag_id=DAG_ID)
    _replace(session, DagRunNote.__table__.c.content, buyer_id, dag_run_id=dag_run_id)


def _replace(session, column, buyer_id: str, **only: object) -> int:
    """Put `HIDDEN` in the place of an id, as it is and as JSON spells it. Returns how many rows held it.

    Args:
        session: Where it is done.
        column: A column of one of Airflow's tables.
        buyer_id: The id.
        only: Columns of the table and the values that its rows must have.
    """
    import sqlalchemy

    # a table of these columns alone: Airflow's own would fill in others, such as the time of the last update
    bare = sqlalchemy.table(column.table.name, *map(sqlalchemy.column, dict.fromkeys((column.name, *only))))
    text, count = sqlalchemy.cast(bare.c[column.name], sqlalchemy.Text), 0
    is_cast = isinstance(_kind(column), sqlalchemy.JSON) and session.get_bind().dialect.name != "sqlite"
    for form in dict.fromkeys((buyer_id, json.dumps(buyer_id)[1:-1], json.dumps(json.dumps(buyer_id)[1:-1])[1:-1])):
        clean = sqlalchemy.func.replace(text, form, HIDDEN)
        found = sqlalchemy.update(bare).where(text.contains(form, autoescape=True), *(bare.c[k] == v for k, v in only.items()))
        clean = sqlalchemy.cast(clean, column.type) if is_cast else clean
        count += session.execute(found.values({column.name: clean})).rowcount
    return count


def _kind(column) -> object:
    """The type of a column, below what Airflow puts around it."""
    return getattr(column.type, "impl", column.type)


def _texts() -> Iterator:
    """Columns of Airflow's tables that can hold what people write; keys and what refers to them stay as they are."""
    from airflow import models
    from airflow.models.base import Base
    from sqlalchemy import JSON, String

    models.import_all_models()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_key = column.primary_key or column.foreign_keys or column.unique or column.name.endswith("_id")
            if isinstance(_kind(column), JSON | String) and not is_key:
                yield column


def _give_back_room() -> None:
    """SQLite keeps what was overwritten in free pages and in its write-ahead log; PostgreSQL's autovacuum sees to its own."""
    from airflow.settings import engine

    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.exec_driver_sql(statement)


def _files_with(buyer_id: str) -> Iterator[Path]:
    from airflow.configuration import conf

    for file in Path(conf.get("logging", "base_log_folder")).rglob("*"):
        if file.is_file() and buyer_id.encode() in file.read_bytes():
            log.warning("%s holds the id", file)
            yield file


if __name__ == "__main__":
    try:
        print(json.dumps(clean_everywhere(sys.stdin.read().strip())))
    except ValueError as error:
        sys.exit(str(error))
