"""Upgrades texts that an earlier version of this code stored, once for each version of the rules of `include.privacy`.

Places and postal codes that the rules refuse are removed from `raw.service_jobs`, and dbt models their loads again. Texts of
Amazon in `ops` are cleaned as new ones are.
"""

import hashlib
import inspect
import json
import logging

import duckdb

from include.privacy import shapes, words
from include.warehouse import database

log = logging.getLogger(__name__)

PLACES = ("city", "county", "district", "stateOrRegion")
WORDS = {"extract_windows": ("error",), "quarantined_records": ("reason",), "api_writes": ("error",)}
WARNINGS = ("api_writes", "warnings")


def clean(build: duckdb.DuckDBPyConnection) -> None:
    """Clean the stored texts, unless the same rules were applied before.

    Args:
        build: The build database, with the tables of `raw` and `ops`.
    """
    rules = hashlib.blake2b((shapes.PLACE + shapes.POSTAL_CODE + inspect.getsource(words)).encode(), digest_size=16).hexdigest()
    build.execute("create schema if not exists audit")
    build.execute("create table if not exists audit.privacy_rules (rules varchar primary key)")
    if build.execute("from audit.privacy_rules where rules = ?", [rules]).fetchone():
        return
    changed = _clean_places(build) + _clean_words(build)
    build.execute("insert into audit.privacy_rules values (?)", [rules])
    if changed:
        log.info("Personal data was removed from %s stored texts, which are older than the present rules", changed)


def _clean_places(build: duckdb.DuckDBPyConnection) -> int:
    place = f"regexp_matches(value, '{shapes.SIGN_OF_CONTACT}') and regexp_matches(value, {_literal(f'(?i){shapes.PLACE}')})"
    wrong = dict.fromkeys(PLACES, place) | {"postalCode": f"not regexp_matches(value, {_literal(shapes.POSTAL_CODE)})"}
    loads: list[str] = []
    for name, condition in wrong.items():
        value = f"service_location -> 'address' ->> '{name}'"
        different = f"select distinct {value} as value from raw.service_jobs"
        removed = build.execute(
            f"""
            update raw.service_jobs set service_location = json_merge_patch(service_location, ?)
            where ({value}) in (select value from ({different}) where {condition})
            returning _dlt_load_id
            """,
            [json.dumps({"address": {name: None}})],
        )
        loads += [load for (load,) in removed.fetchall()]
    database.model_again(build, loads)
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
    return json.dumps([{name: words.cleaned(str(value)) for name, value in item.items()} for item in json.loads(text)])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
