"""Rows of `raw` and of the quarantine, and the Arrow batches they travel in.

The types are those of `include.warehouse.schema`: one table of columns for what is written and what is loaded.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter

import orjson
import pyarrow as pa

from include.extract import model, shortcut
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.privacy.words import cleaned
from include.warehouse.schema import OPS_TABLES, PERSONAL_DATA, RAW_TABLES, SNAPSHOT_TABLES
from include.warehouse.windows import JOBS, Window

Dump = Callable[[object], bytes]

QUARANTINE = "quarantined_records"
PERSONAL = "personal_data"
_ARROW = {
    "VARCHAR": pa.string(), "JSON": pa.string(), "BOOLEAN": pa.bool_(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}  # fmt: skip
_JOB_FIELDS = {
    "service_job_status": "serviceJobStatus", "service_order_id": "serviceOrderId", "store_id": "storeId",
}  # fmt: skip
_JOB_DOCUMENTS = {
    "scope_of_work": "scopeOfWork", "seller": "seller", "service_job_provider": "serviceJobProvider",
    "preferred_appointment_times": "preferredAppointmentTimes", "appointments": "appointments",
    "product_order_ids": "productOrderIds", "tracking_ids": "trackingIds", "buyer": "buyer",
    "associated_items": "associatedItems", "service_location": "serviceLocation", "payments": "payments",
}  # fmt: skip


def _schema(columns: dict[str, str]) -> pa.Schema:
    # dlt adds its load id itself
    return pa.schema([(name, _ARROW[kind]) for name, kind in columns.items() if name != "_dlt_load_id"])


SCHEMAS = {
    **{name: _schema(columns) for name, columns in (RAW_TABLES | SNAPSHOT_TABLES).items()},
    QUARANTINE: _schema(OPS_TABLES[QUARANTINE]),
    PERSONAL: _schema(PERSONAL_DATA),
}


def batch(table: str, rows: list[dict]) -> pa.Table:
    """Rows of one table as an Arrow table in that table's own schema."""
    schema = SCHEMAS[table]
    values = itemgetter(*schema.names)
    try:
        told = [*map(values, rows)]
    except KeyError:  # what is not there is not known
        blank = dict.fromkeys(schema.names)
        told = [values(blank | row) for row in rows]
    columns = zip(*told, strict=True)
    return pa.table([_column(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)


def _column(values: tuple, kind: pa.DataType) -> pa.Array:
    # the window, the seller and what is never said are the same in all rows: converting one of them is enough
    if values.count(values[0]) == len(values):
        return pa.repeat(pa.scalar(values[0], kind), len(values))
    return pa.array(values, kind)


@dataclass
class Read:
    """What reading one payload gave: a row (None where it has no identity), and quarantine rows."""

    row: dict | None
    quarantined: list[dict]
    unknown: set[str]
    personal: dict | None = None


def job(window: Window, payload: object, has_detail: bool, observed_at: datetime, keys: BuyerKeys) -> Read:
    """A service job as a row of `raw.service_jobs`."""
    read = partial(_read, window, has_detail, observed_at, keys)
    try:
        return read(shortcut.read(payload, model.SERVICE_JOB, keys), Reading(keys), _dump)
    except (shortcut.Unusual, orjson.JSONEncodeError):
        reading = Reading(keys)
        return read(reading.read(payload, model.SERVICE_JOB) or {}, reading, _dump_anything)


def _read(
    window: Window, has_detail: bool, observed_at: datetime, keys: BuyerKeys, clean: dict, reading: Reading, dump: Dump
) -> Read:
    """What `reading` made of a payload, as a row and what else there is to tell. `dump` writes JSON."""
    job_id = clean.get("serviceJobId")
    if not job_id:
        reading.problems.append(Problem("serviceJobId", "a service job without an id cannot be told from others", clean))
    quarantined = quarantine(window.account, JOBS, job_id, reading.problems, observed_at)
    if not job_id:
        return Read(None, quarantined, reading.unknown)
    create_time = moment(clean.get("createTime"))
    said = {
        "marketplace_id": clean.get("marketplaceId") or window.marketplace_id,
        "service_job_id": job_id,
        "has_detail": has_detail,
        "create_time": create_time and str(create_time),
        "_extra": dump(reading.extra).decode() if reading.extra else None,
    }
    for column, name in _JOB_FIELDS.items():
        said[column] = clean.get(name)
    for column, name in _JOB_DOCUMENTS.items():
        value = clean.get(name)
        said[column] = None if value is None else dump(value).decode()
    row = said | {
        "account": window.account,
        "observed_at": observed_at,
        "window_start": window.start,
        "window_end": window.end,
        "create_time": create_time,
        # of all that the API said, and of nothing else
        "content_hash": hashlib.blake2b(dump([*said.values()]), digest_size=16).hexdigest(),
    }
    return Read(row, quarantined, reading.unknown, _sealed(row, clean, reading, keys))


def _sealed(row: dict, clean: dict, reading: Reading, keys: BuyerKeys) -> dict | None:
    """What is personal of a job, as one text that only the loader opens."""
    if not reading.personal:
        return None
    identity = {name: row[name] for name in ("account", "marketplace_id", "service_job_id", "observed_at")}
    return identity | {"buyer_key": (clean.get("buyer") or {}).get("buyerKey"), "sealed": keys.seal(reading.personal)}


def missing_job(window: Window, job_id: str, observed_at: datetime) -> Read:
    """A job that somebody named and that the API does not know."""
    problem = Problem("serviceJobId", "the API knows no service job with this id", job_id)
    return Read(None, quarantine(window.account, JOBS, job_id, [problem], observed_at), set())


def quarantine(account: str, entity: str, key: str | None, problems: list[Problem], observed_at: datetime) -> list[dict]:
    """What could not be read, as rows of `ops.quarantined_records`; what is personal in it is nobody's business."""
    return [
        {
            "account": account, "entity": entity, "record_key": key, "field": problem.field, "reason": problem.reason,
            "payload": None if problem.original is None else cleaned(_dump_anything(problem.original).decode()),
            "observed_at": observed_at,
        }
        for problem in problems
    ]  # fmt: skip


def moment(text: str | None) -> datetime | None:
    """A canonical time as a datetime."""
    return datetime.fromisoformat(text) if text else None


def _dump(value: object) -> bytes:
    """JSON with sorted keys, so that equal contents are equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _dump_anything(value: object) -> bytes:
    """The same also of whole numbers of more than 64 bits, and of halves of surrogate pairs."""
    try:
        return _dump(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, sort_keys=True).encode("utf-8", "replace")
