"""SQLAlchemy on DuckDB for Great Expectations: `duckdb+buffered:///file.duckdb`, read-only.

`?catalog=name` sets another database, attached to the same file's connections, as the one that names are looked up in.

Great Expectations fetches a result after it has closed the connection, when duckdb-engine can no longer return it. This dialect
reads a result as soon as its statement has run; expectations are evaluated inside DuckDB, so results are small. An engine keeps
one connection, which locks the file for writers until the engine is disposed of.
"""

from pathlib import Path
from typing import Any

from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import Pool, SingletonThreadPool
from sqlalchemy.types import NullType

from include.warehouse import database

DRIVER = "duckdb+buffered"


class BufferedExecutionContext(PGExecutionContext_psycopg2):
    """Reads the whole result of a statement right after its execution."""

    def post_exec(self) -> None:
        """Buffer the result, if the statement has one."""
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, initial_buffer=self.cursor.fetchall())


class BufferedDialect(Dialect):
    """DuckDB, read-only, with buffered results and one connection."""

    driver = "buffered"
    supports_statement_cache = False
    execution_ctx_cls = BufferedExecutionContext

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """Open the file of the URL; `cparams` are the URL's parts."""
        connection = database.connect(Path(cparams["database"]), read_only=True)
        if catalog := cparams["url_config"].get("catalog"):
            connection.execute(f"use {catalog}")
        return ConnectionWrapper(connection)

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> list[Any]:
        """Return the names of a table's columns; the inherited query for their types as well takes 60 ms a table."""
        columns = connection.exec_driver_sql(f"describe {schema}.{table_name}")
        return [{"name": name, "type": NullType()} for name, *_ in columns]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """Return no key, as no rule needs it."""
        return {"constrained_columns": []}

    @classmethod
    def get_pool_class(cls, url: Any) -> type[Pool]:
        """One connection: opening one takes as long as a simple rule."""
        return SingletonThreadPool


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)
