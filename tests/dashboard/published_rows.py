"""A published file of a few rows: the marts have the columns of the contract, which are NULL where a test names none."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import yaml

from include.warehouse import paths, schema

ACCOUNT, MARKET = "north", "ATVPDKIKX0DER"
KEYS = {"account": ACCOUNT, "marketplace_id": MARKET}


class Rows:
    """Adds rows to the published file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.columns: dict[str, list[str]] = {}

    def create(self, table: str) -> None:
        """Create a mart from the columns that its model declares."""
        [model] = yaml.safe_load((paths.dbt_project_dir() / "models" / "marts" / f"{table}.yml").read_text())["models"]
        declared = {column["name"]: column["data_type"] for column in model["columns"]}
        self.columns[table] = list(declared)
        self.connection.execute(f"create table marts.{table} ({', '.join(f'{name} {kind}' for name, kind in declared.items())})")

    def add(self, table: str, **values: object) -> None:
        """Add a row."""
        row = {name: value for name, value in KEYS.items() if name in self.columns[table]} | values
        places = ", ".join("?" for _ in row)
        self.connection.execute(f"insert into marts.{table} ({', '.join(row)}) values ({places})", list(row.values()))

    def known_up_to(self, as_of: str) -> None:
        """Set the instant up to which all jobs are known."""
        values = [ACCOUNT, MARKET, as_of]
        self.connection.execute(
            "insert into ops.freshness (account, marketplace_id, entity, as_of) values (?, ?, 'jobs', ?)", values
        )


@contextmanager
def published_rows() -> Iterator[Rows]:
    """The published file of the warehouse in use, with empty marts."""
    file = paths.published_database()
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create schema raw; create schema marts")
        schema.ensure(connection)
        rows = Rows(connection)
        for model in sorted((paths.dbt_project_dir() / "models" / "marts").glob("*.sql")):
            rows.create(model.stem)
        yield rows
