"""The report that the demonstration prints at its end, read from the published file."""

from pathlib import Path

import duckdb

from include.warehouse import database, measures, paths

# rates, the mart that each is computed from, its name in the report, and what it is a part of
RATES = (
    ("on_time_rate", "fct_appointments", "On-time arrival", "scored appointments"),
    ("no_show_rate", "fct_appointments", "No-shows", "scored appointments"),
    ("window_completion_rate", "fct_appointments", "Completed in window", "scored appointments"),
    ("utilization", "fct_demand_capacity_hourly", "Utilization", "hours of capacity that can be booked"),
)


def report(published: Path) -> str:
    """Rows per mart and the headline figures, each with its counts."""
    with database.connect(published, read_only=True) as connection:
        tables = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts' order by table_name"
        ).fetchall()
        as_of = database.scalar(
            connection, "select strftime(max_by(as_of, published_at), '%Y-%m-%d %H:%M UTC') from ops.publications"
        )
        rates = [_rate(connection, *rate) for rate in RATES]
    width = max(len(name) for name, _ in tables)
    lines = ["", f"Service jobs as of {as_of}", "", *(f"  {name:<{width}} {rows:>9,} rows" for name, rows in tables), ""]
    lines += [
        *rates,
        "",
        f"  The file for your BI tool: {published}",
        f"  Validation report:         {paths.data_docs_dir() / 'index.html'}",
    ]
    return "\n".join(lines)


def _rate(connection: duckdb.DuckDBPyConnection, rate: str, mart: str, name: str, of: str) -> str:
    """A line of the report: a rate over all rows of its mart."""
    parts = measures.rates()[rate]
    [(part, whole)] = connection.execute(
        f"select {measures.columns(mart, (parts.part, parts.whole))} from marts.{mart}"
    ).fetchall()
    if part is None or not whole:
        return f"  {name:<20}      -   no {of}"
    return f"  {name:<20} {part / whole:6.1%}   {part:,.0f} of {whole:,.0f} {of}"
