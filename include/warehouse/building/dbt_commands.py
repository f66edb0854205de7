"""Runs dbt's commands on the project, in this process."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from include.warehouse import paths

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest


def invoke(*arguments: str, target: Path, logs: Path, manifest: "Manifest | None" = None) -> "dbtRunnerResult":
    """Run one command of dbt on the warehouse.

    Args:
        arguments: The command and its options.
        target: The folder for what dbt writes.
        logs: The folder for dbt's log.
        manifest: The parsed project, if it was parsed before.
    """
    # take seconds to import
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    # profiles.yml reads the path of the database from it
    os.environ["SERVICES_WAREHOUSE_DIR"] = str(paths.warehouse_dir())
    os.environ["DO_NOT_TRACK"] = "1"
    project = str(paths.dbt_project_dir())
    places = {"--project-dir": project, "--profiles-dir": project, "--target-path": str(target), "--log-path": str(logs)}
    try:
        return dbtRunner(manifest=manifest).invoke([*arguments, *(text for option in places.items() for text in option)])
    finally:
        # dbt's adapter keeps the file open otherwise
        DuckDBConnectionManager.close_all_connections()
