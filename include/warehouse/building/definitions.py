"""Hashes the definitions of the models: when the hash changes, all models are built anew.

Incremental models add only what changed since the last build, so after a change of a definition their old rows would stay beside
rows with another meaning. The hash covers all models, seeds and sources, the measures and metrics of the semantic models, the
macros that the models use, directly or through other macros (also dbt's own, so that an update of dbt counts where it matters),
and the variables and environment variables in them.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import yaml

from include.warehouse import database
from include.warehouse.api_fields import SERVICE_JOB, json_shapes

_NAMES = re.compile(r"\w+")
_ENVIRONMENT = re.compile(r"env_var\(\s*['\"](\w+)['\"]")
# dbt calls these by name: no model refers to them
_NAMED_BY_DBT = ("generate_database_name", "generate_schema_name", "generate_alias_name")


def fingerprint(manifest: Any, project: Path) -> str:
    """Hash the definitions of a parsed dbt project.

    Args:
        manifest: What `dbt parse` returns.
        project: The project's folder, whose `dbt_project.yml` has the variables.

    Returns:
        64 hexadecimal digits, the same for the same definitions on every machine.
    """
    nodes = [node for node in manifest.nodes.values() if node.resource_type in ("model", "seed")]
    macros = _macros_of(manifest, nodes)
    code = [node.raw_code for node in nodes] + [macro.macro_sql for macro in macros.values()]
    return _hash({
        "nodes": {node.unique_id: _definition(node) for node in nodes},
        "sources": {source.unique_id: source.relation_name for source in manifest.sources.values()},
        "macros": {name: macro.macro_sql for name, macro in macros.items()},
        "figures": _figures(manifest),
        "shapes": json_shapes(SERVICE_JOB),
        "variables": _variables(project, code),
        "environment": {name: os.environ.get(name) for text in code for name in _ENVIRONMENT.findall(text)},
    })  # fmt: skip


def is_as_built(connection: duckdb.DuckDBPyConnection, definition: str) -> bool:
    """Whether the last complete build has this fingerprint."""
    if not database.has_table(connection, "intermediate.built_settings"):
        return False
    return connection.execute("select fingerprint from intermediate.built_settings").fetchall() == [(definition,)]


def _definition(node: Any) -> list:
    """Return the content, configuration and contract (the types of the columns) of a node."""
    contract = getattr(node, "contract", None)
    return [node.checksum.checksum, node.relation_name, node.config.to_dict(), contract and contract.checksum]


def _figures(manifest: Any) -> dict[str, Any]:
    """Return the formulas of the measures, and the measures of each metric, which the macro `figure` reads."""
    measures = [measure for model in manifest.semantic_models.values() for measure in model.measures]
    formulas = {measure.name: [measure.agg.value, measure.expr] for measure in measures}
    return {"measures": formulas, "metrics": {metric.name: metric.type_params.to_dict() for metric in manifest.metrics.values()}}


def _macros_of(manifest: Any, nodes: list) -> dict[str, Any]:
    """Return the macros that any of the nodes uses, directly or not, by id."""
    found: dict[str, Any] = {}
    pending = [name for node in nodes for name in _used_by(manifest, node)]
    while pending:
        name = pending.pop()
        if name not in found and name in manifest.macros:
            found[name] = manifest.macros[name]
            pending += found[name].depends_on.macros
    return found


def _used_by(manifest: Any, node: Any) -> Iterator[str]:
    yield from node.depends_on.macros
    # `depends_on` lacks what a model calls only when it is executed
    words = set(_NAMES.findall(node.raw_code))
    words |= {f"get_incremental_{node.config.get('incremental_strategy')}_sql", *_NAMED_BY_DBT}
    words |= {f"materialization_{node.config.materialized}_{adapter}" for adapter in ("duckdb", "default")}
    yield from (name for name, macro in manifest.macros.items() if macro.name in words)


def _variables(project: Path, code: list[str]) -> dict[str, Any]:
    """Return the project's variables whose names occur in the code, and those of packages."""
    declared = yaml.safe_load((project / "dbt_project.yml").read_text()).get("vars") or {}
    words = {word for text in code for word in _NAMES.findall(text)}
    return {name: value for name, value in declared.items() if name in words or isinstance(value, dict)}


def _hash(content: dict) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
