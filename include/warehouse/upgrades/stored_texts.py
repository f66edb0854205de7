"""Applies the rules of `include.privacy` to what an earlier version of this code has stored, once for each version of the rules.

A place or a postal code that is refused today is removed from `raw.service_jobs`, and dbt models the loads that held it again.
Amazon's words in `ops` are cleaned as they are today when they arrive.
"""

import hashlib
import inspect
import json
import logging

import duckdb

from include.privacy import shapes, words

log = logging.getLogger(__name__)

PLACES = ("city", "county", "district", "stateOrRegion")
WORDS = {"extract_windows": ("error",), "quarantined_records": ("reason",), "api_writes": ("error",)}
WARNINGS = ("api_writes", "warnings")


def clean(build: duckdb.DuckDBPyConnection) -> None:
    """Clean what is stored, unless that was done by the same rules before.

    Args:
        build: The build database; the tables of `raw` and `ops` are there.
    """
    rules = hashlib.blake2b((shapes.PLACE + shapes.POSTAL_CODE + inspect.getsource(words)).encode(), digest_size=16).hexdigest()
    build.execute("create schema if not exists audit")
    build.execute("create table if not exists audit.privacy_rules (rules varchar primary key)")
    if build.execute("from audit.privacy_rules where rules = ?", [rules]).fetchone():
        return
    changed = _clean_places(build) + _clean_words(build)
    build.execute("insert into audit.privacy_rules values (?)", [rules])
    if changed:
        log.info("Personal data was removed from %s stored texts, by rules that are newer than they are", changed)


def _clean_places(build: duckdb.DuckDBPyConnection) -> int:
    place = f"regexp_matches(said, '{shapes.SIGN_OF_CONTACT}') and regexp_matches(said, {_literal(f'(?i){shapes.PLACE}')})"
    wrong = dict.fromkeys(PLACES, place) | {"postalCode": f"not regexp_matches(said, {_literal(shapes.POSTAL_CODE)})"}
    loads: list[str] = []
    for name, condition in wrong.items():
        said = f"service_location -> 'address' ->> '{name}'"
        different = f"select distinct {said} as said from raw.service_jobs"
        removed = build.execute(
            f"""
            update raw.service_jobs set service_location = json_merge_patch(service_location, ?)
            where ({said}) in (select said from ({different}) where {condition})
            returning _dlt_load_id
            """,
            [json.dumps({"address": {name: None}})],
        )
        loads += [load for (load,) in removed.fetchall()]
    if (
        loads
        and build.execute("from duckdb_tables() where schema_name = 'intermediate' and table_name = 'built_loads'").fetchone()
    ):
        # dbt takes a load of another number of rows for a new one
        build.execute("update intermediate.built_loads set row_count = -1 where load_id in (select unnest(?))", [loads])
    return len(loads)


def _clean_words(build: duckdb.DuckDBPyConnection) -> int:
    changed = 0
    for table, column, cleaned in (
        *((table, column, words.cleaned) for table, columns in WORDS.items() for column in columns),
        (*WARNINGS, _cleaned_json),
    ):
        for (text,) in build.execute(f"select distinct {column} from ops.{table} where {column} is not null").fetchall():
            if (clean_text := cleaned(text)) != text:
                build.execute(f"update ops.{table} set {column} = ? where {column} = ?", [clean_text, text])
                changed += 1
    return changed


def _cleaned_json(text: str) -> str:
    found = json.loads(text)
    return json.dumps([{name: words.cleaned(str(value)) for name, value in one.items()} for one in found])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
