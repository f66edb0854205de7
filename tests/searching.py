"""Looks for texts in every file below a folder: in its bytes, and in what DuckDB, Parquet and Arrow have packed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq


def found(folder: Path, texts: Iterable[str]) -> list[tuple[str, str]]:
    """(file, text) of every text that is in a file, in plain or packed."""
    needles = [(text, text.encode()) for text in texts]
    places = []
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        content, values = file.read_bytes(), "".join(_values(file))
        places += [(str(file.relative_to(folder)), text) for text, raw in needles if raw in content or text in values]
    return places


def _values(file: Path) -> Iterator[str]:
    if file.suffix == ".parquet":
        yield str(pq.read_table(file).to_pylist())
    elif file.suffix == ".arrow":
        with pa.OSFile(str(file)) as source:
            yield str(pa.ipc.open_file(source).read_all().to_pylist())
    elif file.suffix == ".duckdb" and file.name != "restricted.duckdb":
        with duckdb.connect(str(file), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                yield str(connection.execute(f'from "{schema}"."{table}"').fetchall())
