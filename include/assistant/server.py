"""The tools that an assistant can call. All of them only read."""

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from include.assistant import catalog, reading
from include.assistant.reading import Limits

NAME = "services-warehouse"
INSTRUCTIONS = """
The warehouse of a seller of services on Amazon (installers, cleaners, tyre shops): jobs, appointments, technicians, stores,
capacity and payments. Before the first query, call list_marts, and describe_mart for each table that you use.

- Join by the whole key: ids are unique within an account only. dim_store and dim_technician have the names.
- Never average rates: add up the counts that stand beside them, and divide. Show the counts.
- A rate of few appointments depends on chance: judge technicians and stores only with 20 scored appointments or more.
- Weeks whose agg_account_weekly.is_settled is false still change; leave them out of comparisons.
- service_date, week_start_date and other dates are local to the store; times that end in _at are UTC.
- Amounts of several currencies are never added up.
"""
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def make(limits: Limits) -> MCPServer:
    """Make the server.

    Args:
        limits: What one query may take.
    """
    server: MCPServer = MCPServer(NAME, title="Services Warehouse", instructions=INSTRUCTIONS, log_level="WARNING")
    for tool in _tools(limits):
        server.add_tool(tool, annotations=READ_ONLY, structured_output=True)
    return server


def _tools(limits: Limits) -> list[Callable[..., dict[str, Any]]]:
    def list_marts() -> dict[str, Any]:
        """List the tables with their grain, their number of rows, and the time up to which all jobs are known."""
        counted = _run("select table_name, estimated_size from duckdb_tables() where schema_name = 'marts'", limits)
        rows, tables = dict(counted.rows), _catalog()["tables"]
        known = _run("select min(as_of) from ops.freshness where entity = 'jobs'", limits)
        return {
            "as_of": known.rows[0][0],
            "marts": [
                {"table": f"marts.{name}", "description": table["description"], "rows": rows.get(name)}
                for name, table in tables.items()
            ],
        }

    def describe_mart(table: str, column: str | None = None) -> dict[str, Any]:
        """Describe the columns of a table, or one of them, and the figures that can be computed from it.

        Args:
            table: Its name, as `fct_appointments`.
            column: The name of one column; all of them by default.
        """
        found = _named(_catalog()["tables"], table.removeprefix("marts."), "table")
        columns = {name: {"type": text[0], "description": text[1]} for name, text in found["columns"].items()}
        if column:
            return {column: _named(columns, column, "column")}
        return {"description": found["description"], "columns": columns, "figures": found["figures"]}

    def run_query(sql: str) -> dict[str, Any]:
        """Run one `select` statement in DuckDB's SQL; tables are `marts.<table>` and `ops.<table>`.

        Args:
            sql: The statement.
        """
        return _as_json(_run(sql, limits))

    def list_questions() -> dict[str, Any]:
        """List the ready questions that managers ask, by name."""
        return {name: question["question"] for name, question in _catalog()["questions"].items()}

    def answer_question(name: str) -> dict[str, Any]:
        """Answer one of the ready questions, and show its SQL.

        Args:
            name: Its name in `list_questions`.
        """
        question = _named(_catalog()["questions"], name, "question")
        return question | _as_json(_run(question["sql"], limits))

    return [list_marts, describe_mart, run_query, list_questions, answer_question]


def _run(sql: str, limits: Limits) -> reading.Answer:
    try:
        return reading.run(sql, limits)
    except reading.Refused as error:
        raise ToolError(str(error)) from error


def _catalog() -> dict[str, Any]:
    try:
        return catalog.read()
    except catalog.CatalogUnavailable as error:
        raise ToolError(str(error)) from error


def _named(found: dict[str, Any], name: str, kind: str) -> Any:
    if name not in found:
        raise ToolError(f"There is no {kind} {name!r}; there are {', '.join(found)}.")
    return found[name]


def _as_json(answer: reading.Answer) -> dict[str, Any]:
    return {"columns": answer.columns, "rows": answer.rows, "is_cut": answer.is_cut}
