"""What the tables of a build are made by, as one hash: when it changes, nothing that was built before can be kept.

dbt rebuilds what it is told to. Incremental models compute what changed since the last build, so after a change of a definition
their old rows would stay beside rows of another meaning. The hash holds every model, seed and source, the macros that these use,
directly and through other macros (dbt's own too, so that an update of dbt counts where it matters), and the variables and
environment variables that any of this names.
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

from include.warehouse import schema

_NAMES = re.compile(r"\w+")
_ENVIRONMENT = re.compile(r"env_var\(\s*['\"](\w+)['\"]")
# dbt looks these up by their names: no model names them
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
        "variables": _variables(project, code),
        "environment": {name: os.environ.get(name) for text in code for name in _ENVIRONMENT.findall(text)},
    })  # fmt: skip


def is_as_built(connection: duckdb.DuckDBPyConnection, definition: str) -> bool:
    """Whether the last complete build was made by this very definition."""
    if not schema.exists(connection, "intermediate.built_settings"):
        return False
    return connection.execute("select fingerprint from intermediate.built_settings").fetchall() == [(definition,)]


def _definition(node: Any) -> list:
    """Content, configuration and, where the types of columns are part of it, the contract."""
    contract = getattr(node, "contract", None)
    return [node.checksum.checksum, node.relation_name, node.config.to_dict(), contract and contract.checksum]


def _macros_of(manifest: Any, nodes: list) -> dict[str, Any]:
    """The macros that any of the nodes uses, directly or not, by their id."""
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
    # what a model calls only when it is executed is not among these
    words = set(_NAMES.findall(node.raw_code))
    words |= {f"get_incremental_{node.config.get('incremental_strategy')}_sql", *_NAMED_BY_DBT}
    words |= {f"materialization_{node.config.materialized}_{adapter}" for adapter in ("duckdb", "default")}
    yield from (name for name, macro in manifest.macros.items() if macro.name in words)


def _variables(project: Path, code: list[str]) -> dict[str, Any]:
    """The project's variables whose names stand anywhere in the code, and those of packages."""
    declared = yaml.safe_load((project / "dbt_project.yml").read_text()).get("vars") or {}
    words = {word for text in code for word in _NAMES.findall(text)}
    return {name: value for name, value in declared.items() if name in words or isinstance(value, dict)}


def _hash(content: dict) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
