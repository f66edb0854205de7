"""Stands in for dbt's `adapter`: the macro of DuckDB."""

from jinja2 import pass_context
from jinja2.runtime import Context, Macro


@pass_context
def dispatch(context: Context, name: str) -> Macro:
    return context.resolve(f"duckdb__{name}")
