"""The report that the demonstration prints at its end, read from the published file."""

from pathlib import Path

from include.warehouse import database, paths


def report(published: Path) -> str:
    """Rows per mart and the headline figures, each with its counts."""
    with database.connect(published, read_only=True) as connection:
        tables = connection.execute(
            "select table_name, estimated_size from duckdb_tables() where schema_name = 'marts' order by table_name"
        ).fetchall()
        [(on_time, scored, no_shows, in_window)] = connection.execute("""
            select
                count(*) filter (is_on_time_arrival) as on_time,
                count(is_on_time_arrival) as scored,
                count(*) filter (outcome = 'no_show') as no_shows,
                count(*) filter (is_completed_in_window) as completed_in_window
            from marts.fct_appointments
        """).fetchall()
        [(encumbered, usable, as_of)] = connection.execute("""
            select sum(encumbered_capacity), sum(scheduled_capacity - reserved_capacity),
                (select strftime(max_by(as_of, published_at), '%Y-%m-%d %H:%M UTC') from ops.publications)
            from marts.fct_demand_capacity_hourly
        """).fetchall()
    width = max(len(name) for name, _ in tables)
    lines = ["", f"Service jobs as of {as_of}", "", *(f"  {name:<{width}} {rows:>9,} rows" for name, rows in tables), ""]
    lines += [
        _rate("On-time arrival", on_time, scored, "scored appointments"),
        _rate("No-shows", no_shows, scored, "scored appointments"),
        _rate("Completed in window", in_window, scored, "scored appointments"),
        _rate("Utilization", encumbered, usable, "hours of capacity that can be booked"),
        "",
        f"  The file for your BI tool: {published}",
        f"  Validation report:         {paths.data_docs_dir() / 'index.html'}",
    ]
    return "\n".join(lines)


def _rate(name: str, part: float | None, whole: float | None, of: str) -> str:
    if part is None or not whole:
        return f"  {name:<20}      -   no {of}"
    return f"  {name:<20} {part / whole:6.1%}   {part:,.0f} of {whole:,.0f} {of}"
