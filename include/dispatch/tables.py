"""Tables that people bring (CSV, Parquet, a table of a DuckDB file) and reports that they get back (CSV)."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from include.services_api.parameters import refuse
from include.warehouse import paths


def read(file: str, columns: tuple[str, ...], optional: tuple[str, ...] = (), table: str | None = None) -> list[dict[str, str]]:
    """The rows of a file as texts, empty ones as empty texts; other columns are left out.

    :param table: for a DuckDB file, `schema.table` in it.
    :raises InvalidParameter: there is no such file or table, or it lacks a column.
    """
    if not file or not Path(file).is_file():
        raise refuse("file", "the path of a CSV, Parquet or DuckDB file that is there", file)
    name = str(file).replace("'", "''")
    try:
        if table:
            if not re.fullmatch(r"\w+(\.\w+)?", table):
                raise refuse("table", "schema.table of the DuckDB file", table)
            connection, source = duckdb.connect(str(file), read_only=True), table
        else:
            kind = "read_parquet" if Path(file).suffix.lower() == ".parquet" else "read_csv"
            options = "" if kind == "read_parquet" else ", all_varchar = true, header = true"
            connection, source = duckdb.connect(), f"{kind}('{name}'{options})"
        with connection:
            known = [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]
            missing = [column for column in columns if column not in known]
            if missing:
                raise refuse("file", f"one with the columns {', '.join(columns)}", f"one without {', '.join(missing)}")
            wanted = [column for column in (*columns, *optional) if column in known]
            texts = ", ".join(f"""coalesce(trim(cast("{column}" as varchar)), '')""" for column in wanted)
            return [dict(zip(wanted, row, strict=True)) for row in connection.execute(f"select {texts} from {source}").fetchall()]
    except duckdb.Error as error:
        raise refuse("file", "one that DuckDB can read", f"{file}: {str(error).splitlines()[0]}") from None


def write_report(name: str, rows: Iterable[dict]) -> Path:
    """A CSV beside the journal, in one step; the same name replaces it."""
    file = paths.writes_dir() / "reports" / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    partial = file.with_suffix(".partial")
    with partial.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["nothing"])
        writer.writeheader()
        writer.writerows(rows)
    partial.rename(file)
    return file
