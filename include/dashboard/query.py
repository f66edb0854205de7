"""Prints the answer of the published file to one query: `python -m include.dashboard.query "select ..."` (or `make query`)."""

import os
import sys

import duckdb

from include.warehouse import database, paths

SHOWN_ROWS = 200


def query(sql: str) -> str:
    """Run a query and return its result as text. It can read the published file and no other.

    Raises:
        duckdb.Error: The SQL is invalid.
    """
    with database.connect(paths.published_database(), read_only=True) as connection:
        database.shut_in(connection)
        result = connection.sql(sql)
        if result is None:
            return "Done; the statement returns no rows."
        rows = result.limit(SHOWN_ROWS + 1).fetchall()
        more = f"\nThe first {SHOWN_ROWS} rows are shown; use a `limit` or an aggregate." if len(rows) > SHOWN_ROWS else ""
        return table(result.columns, rows[:SHOWN_ROWS]) + more


def table(columns: list[str], rows: list[tuple]) -> str:
    """Rows as text: columns are as wide as their content, numbers are right-aligned."""
    cells = [["" if value is None else str(value) for value in row] for row in rows]
    widths = [max(map(len, [name, *(row[place] for row in cells)])) for place, name in enumerate(columns)]
    numeric = [all(isinstance(row[place], int | float | None) for row in rows) for place in range(len(columns))]
    lines = ["  ".join(name.ljust(width) for name, width in zip(columns, widths, strict=True))]
    lines.append("  ".join("-" * width for width in widths))
    for row in cells:
        aligned = zip(row, widths, numeric, strict=True)
        lines.append("  ".join(text.rjust(width) if number else text.ljust(width) for text, width, number in aligned))
    return "\n".join(line.rstrip() for line in [*lines, "", f"{len(rows)} row{'' if len(rows) == 1 else 's'}"])


def main() -> None:
    """Print the result of the query in the arguments, or in the environment variable `SQL`."""
    sql = " ".join(sys.argv[1:]) or os.environ.get("SQL", "")
    if not sql.strip():
        sys.exit('Name a query: make query SQL="from marts.agg_account_weekly order by week_start_date desc limit 5"')
    if not paths.published_database().exists():
        sys.exit(
            f"{paths.published_database()} does not exist yet: `make demo`, or a run of amazon_services_warehouse, makes it."
        )
    try:
        print(query(sql))
    except duckdb.Error as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
