"""Rows of `raw` and of the quarantine, and the Arrow batches they travel in.

The types are those of `include.warehouse.schema`: one table of columns for what is written and what is loaded.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import orjson
import pyarrow as pa

from include.extract import model
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.warehouse.schema import OPS_TABLES, PERSONAL_DATA, RAW_TABLES, SNAPSHOT_TABLES
from include.warehouse.windows import JOBS, Window

QUARANTINE = "quarantined_records"
PERSONAL = "personal_data"
_ARROW = {
    "VARCHAR": pa.string(), "JSON": pa.string(), "BOOLEAN": pa.bool_(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}  # fmt: skip
_NOT_SAID = ("account", "observed_at", "window_start", "window_end")
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
    return pa.Table.from_pylist(rows, schema=SCHEMAS[table])


@dataclass
class Read:
    """What reading one payload gave: a row (None where it has no identity), and quarantine rows."""

    row: dict | None
    quarantined: list[dict]
    unknown: set[str]
    personal: dict | None = None


def job(window: Window, payload: object, has_detail: bool, observed_at: datetime, keys: BuyerKeys) -> Read:
    """A service job as a row of `raw.service_jobs`."""
    reading = Reading(keys)
    clean = reading.whole(payload, model.SERVICE_JOB) or {}
    job_id = clean.get("serviceJobId")
    if not job_id:
        reading.problems.append(Problem("serviceJobId", "a service job without an id cannot be told from others", clean))
    quarantined = quarantine(window.account, JOBS, job_id, reading.problems, observed_at)
    if not job_id:
        return Read(None, quarantined, reading.unknown)
    row = {
        "account": window.account,
        "marketplace_id": clean.get("marketplaceId") or window.marketplace_id,
        "service_job_id": job_id,
        "observed_at": observed_at,
        "window_start": window.start,
        "window_end": window.end,
        "has_detail": has_detail,
        "create_time": moment(clean.get("createTime")),
        "_extra": _document(reading.extra or None),
    }
    row |= {column: clean.get(name) for column, name in _JOB_FIELDS.items()}
    row |= {column: _document(clean.get(name)) for column, name in _JOB_DOCUMENTS.items()}
    row["content_hash"] = _hash(row)
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
    """What could not be read, as rows of `ops.quarantined_records`."""
    return [
        {
            "account": account, "entity": entity, "record_key": key, "field": problem.field, "reason": problem.reason,
            "payload": _document(problem.original), "observed_at": observed_at,
        }
        for problem in problems
    ]  # fmt: skip


def moment(text: str | None) -> datetime | None:
    """A canonical time as a datetime."""
    return datetime.fromisoformat(text) if text else None


def _hash(row: dict) -> str:
    """Of all that the API said of a job, and of nothing else."""
    said = [value for name, value in row.items() if name not in _NOT_SAID]
    return hashlib.blake2b(
        _dump([str(value) if isinstance(value, datetime) else value for value in said]), digest_size=16
    ).hexdigest()


def _document(value: object) -> str | None:
    return None if value is None else _dump(value).decode()


def _dump(value: object) -> bytes:
    """JSON with sorted keys, so that equal contents are equal bytes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # whole numbers of more than 64 bits, and halves of surrogate pairs: rare, and kept all the same
        return json.dumps(value, sort_keys=True).encode("utf-8", "replace")
