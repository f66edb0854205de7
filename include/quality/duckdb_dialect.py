"""SQLAlchemy on DuckDB for Great Expectations: `duckdb+buffered:///file.duckdb`, read-only.

`?catalog=name` sets another database, attached to the same file's connections, as the one that names are looked up in.

Great Expectations fetches a result after it has closed the connection, and then duckdb-engine has nothing to return.
Here a result is read whole as soon as its statement has run, so every expectation is evaluated inside DuckDB and only
its small answer comes out. No connection outlives its statement: pooled ones would keep the file from being written.
"""

from pathlib import Path
from typing import Any

from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import NullPool, Pool

from include.warehouse import database

DRIVER = "duckdb+buffered"


class BufferedExecutionContext(Dialect.execution_ctx_cls):
    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, initial_buffer=self.cursor.fetchall())


class BufferedDialect(Dialect):
    driver = "buffered"
    supports_statement_cache = False
    execution_ctx_cls = BufferedExecutionContext

    def connect(self, **url: Any) -> ConnectionWrapper:
        connection = database.connect(Path(url["database"]), read_only=True)
        if catalog := url["url_config"].get("catalog"):
            connection.execute(f"use {catalog}")
        return ConnectionWrapper(connection)

    @classmethod
    def get_pool_class(cls, url: Any) -> type[Pool]:
        return NullPool


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)
