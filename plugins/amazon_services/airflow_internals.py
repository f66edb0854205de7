"""Interfaces of Airflow that are not public, as they are in Airflow 3.3.2: check them when Airflow is upgraded.

`executors` is the only other module that depends on internals. Imports are inside functions, because they are slow.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def show_map_index(text: str) -> None:
    """Set the name of the running mapped task in the UI now; Airflow renders `map_index_template` only when the task ends."""
    from airflow.sdk.execution_time import task_runner
    from airflow.sdk.execution_time.comms import SetRenderedMapIndex

    try:
        task_runner.SUPERVISOR_COMMS.send(SetRenderedMapIndex(rendered_map_index=text))
    except Exception as error:
        # the task can run without a name
        log.warning("The name of the task cannot be set: %s", error)


def require_dag_access(dag_id: str):
    """A FastAPI dependency: the user is logged in to Airflow and may read the DAG."""
    from airflow.api_fastapi.core_api.security import requires_access_dag
    from fastapi import Depends

    return Depends(requires_access_dag("GET", param_dag_id=dag_id))


def new_session() -> "AbstractContextManager[Session]":
    """A session of Airflow's database, committed at the end."""
    from airflow.utils.session import create_session

    return create_session()


def session_of(dag_run) -> "AbstractContextManager[Session]":
    """The session of a run; a new one for the detached runs of `airflow dags test`."""
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    return nullcontext(session) if session else new_session()


def audit_log_text() -> "Column":
    """The column of the audit log with bodies of requests and command lines; the table has a column `dag_id`."""
    from airflow.models.log import Log

    return Log.__table__.c.extra


def run_note_text() -> "Column":
    """The column with the notes of runs; the table has a column `dag_run_id`."""
    from airflow.models.dagrun import DagRunNote

    return DagRunNote.__table__.c.content


def text_columns() -> "Iterator[Column]":
    """Columns of all tables that can contain text of users: JSON and strings, except keys and ids."""
    from airflow import models
    from airflow.models.base import Base
    from sqlalchemy import JSON, String

    models.import_all_models()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_key = column.primary_key or column.foreign_keys or column.unique or column.name.endswith("_id")
            if isinstance(plain_type(column), JSON | String) and not is_key:
                yield column


def plain_type(column: "Column") -> object:
    """The SQLAlchemy type of a column, without Airflow's wrapper."""
    return getattr(column.type, "impl", column.type)


def vacuum_sqlite() -> None:
    """Remove overwritten text from the free pages and the write-ahead log of SQLite. PostgreSQL has autovacuum."""
    from airflow.settings import engine

    if engine is None or engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.exec_driver_sql(statement)


def log_folder() -> Path:
    """The folder of task logs."""
    from airflow.configuration import conf

    return Path(conf.get("logging", "base_log_folder"))
