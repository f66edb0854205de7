"""The content of a version of a service job, and its hash: what tells one version from the next."""

import hashlib
import json
from collections.abc import Callable, Mapping
from operator import itemgetter

import orjson

# the order in which the hash takes them; a new column belongs at the end, and gives every job a new version
CONTENT = (
    "marketplace_id", "service_job_id", "has_detail", "create_time", "_extra", "service_job_status", "service_order_id",
    "store_id", "scope_of_work", "seller", "service_job_provider", "preferred_appointment_times", "appointments",
    "product_order_ids", "tracking_ids", "buyer", "associated_items", "service_location", "payments",
)  # fmt: skip
_values, _CREATED = itemgetter(*CONTENT), CONTENT.index("create_time")


def dump(value: object) -> bytes:
    """JSON with sorted keys, so that equal contents are equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def dump_anything(value: object) -> bytes:
    """The same also of whole numbers of more than 64 bits, and of halves of surrogate pairs."""
    try:
        return dump(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, sort_keys=True).encode("utf-8", "replace")


def content_hash(row: Mapping[str, object], dump: Callable[[object], bytes] = dump_anything) -> str:
    """The hash of all that the API said of a job, and of nothing else.

    Args:
        row: A row of `raw.service_jobs`; documents are texts, `create_time` is an aware time in UTC.
        dump: Writes JSON.
    """
    values = [*_values(row)]
    values[_CREATED] = values[_CREATED] and str(values[_CREATED])
    return hashlib.blake2b(dump(values), digest_size=16).hexdigest()
