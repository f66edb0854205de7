"""Runs a query that somebody else wrote on the published file. It can read that file and nothing else, within limits."""

from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from threading import Timer
from typing import Any

import duckdb
from pydantic_core import to_json, to_jsonable_python

from include.warehouse import database, paths

MEMORY = "1GB"


class Refused(Exception):
    """The query cannot be run, or exceeds a limit; the message says what to do."""


@dataclass(frozen=True)
class Limits:
    """What one query may take.

    Attributes:
        rows: Rows of an answer; a longer one is cut.
        seconds: Seconds until a query is interrupted.
        answer_bytes: Bytes of an answer as JSON.
    """

    rows: int = 500
    seconds: float = 30
    answer_bytes: int = 1_000_000


@dataclass(frozen=True)
class Answer:
    """The rows of a query.

    Attributes:
        columns: Their types by name.
        rows: The values, as JSON types, in the order of the columns.
        is_cut: Whether there are more rows.
    """

    columns: dict[str, str]
    rows: list[list[Any]]
    is_cut: bool


def run(sql: str, limits: Limits) -> Answer:
    """Run one `select` on the newest publication.

    Args:
        sql: One statement; tables are `marts.<table>` and `ops.<table>`.
        limits: What it may take.

    Raises:
        Refused: It is no single `select`, is invalid, or exceeds a limit; or nothing is published yet.
    """
    with closing(_open()) as connection:
        timer = Timer(limits.seconds, connection.interrupt)
        timer.start()
        try:
            return _answer(connection, _select(connection, sql), limits)
        except duckdb.InterruptException as error:
            raise Refused(
                f"The query was interrupted after {limits.seconds:g} seconds. Read fewer dates, or an aggregate."
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise Refused(f"The query needs more than {MEMORY} of memory. Read fewer dates, or an aggregate.") from error
        except duckdb.Error as error:
            raise Refused(str(error)) from error
        finally:
            timer.cancel()


def _open() -> duckdb.DuckDBPyConnection:
    """Attach the published file to a database of its own, so that no query can wait for or change another one."""
    published = paths.published_database()
    if not published.exists():
        raise Refused(f"{published} does not exist yet: `make demo`, or a run of amazon_services_warehouse, makes it.")
    connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": ""})
    try:
        file = str(published).replace("'", "''")
        connection.execute(f"attach '{file}' as published (read_only)")
        connection.execute("use published")
        connection.execute("set timezone = 'UTC'")
        database.shut_in(connection)
    except duckdb.Error as error:
        connection.close()
        raise Refused(f"{published} cannot be read: {error}") from error
    return connection


def _select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refused("Send one `select` statement; nothing can be written.")
    return statements[0].query


def _answer(connection: duckdb.DuckDBPyConnection, query: str, limits: Limits) -> Answer:
    relation = connection.sql(query).limit(limits.rows + 1)
    columns = dict(zip(relation.columns, map(str, relation.types), strict=True))
    rows, size = [], 0
    while row := relation.fetchone():
        rows.append(to_jsonable_python(list(map(_number, row)), bytes_mode="base64", inf_nan_mode="null", fallback=str))
        size += len(to_json(rows[-1]))
        if size > limits.answer_bytes:
            raise Refused(f"The answer is larger than {limits.answer_bytes:,} bytes. Choose fewer columns or rows.")
    return Answer(columns, rows[: limits.rows], len(rows) > limits.rows)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
