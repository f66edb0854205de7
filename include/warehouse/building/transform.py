"""Runs dbt once for all models, in this process, on `build.duckdb`."""

import json
import logging
from typing import TYPE_CHECKING, Any

from include.warehouse import database, paths, schema, stores
from include.warehouse.building import dbt_commands, definitions
from include.warehouse.upgrades import stored_database

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

log = logging.getLogger(__name__)


class ModelsFailed(Exception):
    """dbt could not build or test some nodes."""


def build_models(*, full_refresh: bool = False) -> dict[str, int]:
    """Build and test every dbt model.

    Args:
        full_refresh: Build all of it anew, as is also done when the definitions are not those of the last complete build.

    Returns:
        The number of nodes by status.

    Raises:
        ModelsFailed: Some nodes failed; the message has their names and dbt's messages.
    """
    manifest = _succeeded(_invoke("parse", "--no-write-json"))
    definition = definitions.fingerprint(manifest, paths.dbt_project_dir())
    with database.connect() as connection:
        schema.ensure(connection)
        stores.refresh(connection)
        if not full_refresh and not definitions.is_as_built(connection, definition):
            log.info("Models, macros, variables or seeds are not those of the last complete build: all models are built anew")
            full_refresh = True
    # unit tests check code, not data: the project's tests run them
    command = ["build", "--exclude-resource-type", "unit_test", "--vars", json.dumps({"definition": definition})]
    result = _invoke(*command, *(["--full-refresh"] if full_refresh else []), manifest=manifest)
    statuses = _statuses(result)
    stored_database.compact(paths.build_database())
    return statuses


def _invoke(*arguments: str, manifest: "Manifest | None" = None) -> "dbtRunnerResult":
    options = ("--log-format", "text", "--no-use-colors")
    return dbt_commands.invoke(*arguments, *options, target=paths.dbt_target_dir(), logs=paths.dbt_log_dir(), manifest=manifest)


def _succeeded(result: "dbtRunnerResult") -> Any:
    """Return the result of a dbt command.

    Raises:
        ModelsFailed: dbt itself failed.
    """
    if result.exception:
        raise ModelsFailed(f"dbt stopped: {result.exception}. Its log is {paths.dbt_log_dir() / 'dbt.log'}") from result.exception
    return result.result


def _statuses(result: "dbtRunnerResult") -> dict[str, int]:
    statuses: dict[str, int] = {}
    failed = []
    for node in _succeeded(result):
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
