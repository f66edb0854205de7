"""The content of a version of a service job, and its hash: versions with the same hash are the same version."""

import hashlib
import json
from collections.abc import Callable, Mapping
from operator import itemgetter

import orjson

from include.warehouse.api_fields import SERVICE_JOB, raw_columns

# in the order of the hash: another order, or a new column, gives every job a new version
_COLUMNS = raw_columns(SERVICE_JOB)
_FIRST = ("marketplace_id", "service_job_id", "has_detail", "create_time", "_extra")
# in the hash only where they have a value, so that jobs without one get no new version
_LATER = ("service_type",)
CONTENT = (
    *_FIRST, *sorted((name for name in _COLUMNS if name not in (*_FIRST, *_LATER)), key=lambda name: _COLUMNS[name] == "JSON"),
)  # fmt: skip
_values, _CREATED = itemgetter(*CONTENT), CONTENT.index("create_time")


def dump(value: object) -> bytes:
    """Dump a value as JSON with sorted keys, so that equal contents are equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def dump_anything(value: object) -> bytes:
    """Dump a value like `dump`, also integers of more than 64 bits and lone surrogates."""
    try:
        return dump(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, sort_keys=True).encode("utf-8", "replace")


def content_hash(row: Mapping[str, object], dump: Callable[[object], bytes] = dump_anything) -> str:
    """Hash the columns of a job that come from the API.

    Args:
        row: A row of `raw.service_jobs`; documents are JSON texts, `create_time` is an aware time in UTC.
        dump: Dumps a value as JSON.

    Returns:
        32 hexadecimal digits.
    """
    values = [*_values(row)]
    values[_CREATED] = values[_CREATED] and str(values[_CREATED])
    values += [row[name] for name in _LATER if row.get(name) is not None]
    return hashlib.blake2b(dump(values), digest_size=16).hexdigest()
