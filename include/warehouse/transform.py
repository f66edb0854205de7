"""Runs dbt: once for all models, inside this process, on `build.duckdb`."""

import logging
import os

from include.warehouse import database, paths, schema

log = logging.getLogger(__name__)


class ModelsFailed(Exception):
    """dbt could not build or test some nodes."""


def build_models(*, full_refresh: bool = False) -> dict[str, int]:
    """Build and test every dbt model. Returns how many nodes ended in which status.

    :raises ModelsFailed: names the nodes that failed and dbt's words for it.
    """
    # seconds to import: only where it runs
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    with database.connect() as connection:
        schema.ensure(connection)
    # how dbt learns the path of the database (profiles.yml)
    os.environ["SERVICES_WAREHOUSE_DIR"] = str(paths.warehouse_dir())
    os.environ["DO_NOT_TRACK"] = "1"
    # unit tests judge the models' code, not the data: they run with the project's tests
    command = ["build", "--exclude-resource-type", "unit_test", "--log-format", "text", "--no-use-colors"]
    command += ["--full-refresh"] if full_refresh else []
    command += ["--project-dir", str(paths.dbt_project_dir()), "--profiles-dir", str(paths.dbt_project_dir())]
    command += ["--target-path", str(paths.dbt_target_dir()), "--log-path", str(paths.dbt_log_dir())]
    try:
        result = dbtRunner().invoke(command)
    finally:
        # dbt's adapter would hold the file until this process ends
        DuckDBConnectionManager.close_all_connections()
    if result.exception:
        raise ModelsFailed(f"dbt stopped: {result.exception}. Its log is {paths.dbt_log_dir() / 'dbt.log'}") from result.exception
    statuses: dict[str, int] = {}
    failed = []
    for node in result.result:
        statuses[str(node.status)] = statuses.get(str(node.status), 0) + 1
        if node.status in ("error", "fail"):
            failed.append(f"{node.node.unique_id}: {(node.message or '').strip()}")
    if not result.success:
        shown = "\n".join(f"- {line}" for line in failed[:10])
        raise ModelsFailed(
            f"{len(failed)} of dbt's nodes failed; nothing is published. The log is {paths.dbt_log_dir() / 'dbt.log'}\n{shown}"
        )
    log.info("dbt: %s", ", ".join(f"{count} {status}" for status, count in sorted(statuses.items())))
    return statuses
