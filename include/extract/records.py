"""Rows of `raw` and of the quarantine, and Arrow tables of them, with the types of `include.warehouse.schema`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from operator import itemgetter

import orjson
import pyarrow as pa

from include.extract import drift, fast_decode
from include.extract.coerce import REPLACEMENT
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.privacy.words import cleaned
from include.warehouse import api_fields
from include.warehouse.api_fields import SERVICE_JOB
from include.warehouse.content import content_hash, dump, dump_anything
from include.warehouse.loading.drift import TABLE as DRIFT
from include.warehouse.loading.ledger import NAMELESS
from include.warehouse.loading.missing_details import FIELD as DETAIL
from include.warehouse.loading.windows import IDS, JOBS, Window
from include.warehouse.schema import OPS_TABLES, PERSONAL_DATA, RAW_TABLES, SNAPSHOT_TABLES

Dump = Callable[[object], bytes]

QUARANTINE = "quarantined_records"
PERSONAL = "personal_data"
_ARROW = {
    "VARCHAR": pa.string(), "JSON": pa.string(), "BOOLEAN": pa.bool_(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}  # fmt: skip
# columns of a job with the names of their fields; its ids are set separately
_COLUMNS = {api_fields.column_of(name): name for name in SERVICE_JOB.fields if name not in ("serviceJobId", "marketplaceId")}
_KINDS = {column: RAW_TABLES["service_jobs"][column] for column in _COLUMNS}
_TIMES = [(column, name) for column, name in _COLUMNS.items() if _KINDS[column] == "TIMESTAMPTZ"]
_DOCUMENTS = [(column, name) for column, name in _COLUMNS.items() if _KINDS[column] == "JSON"]
_VALUES = [(column, name) for column, name in _COLUMNS.items() if _KINDS[column] not in ("TIMESTAMPTZ", "JSON")]
# left out of the quarantine of a job without an id, in which a buyer who is to be forgotten would not be found
_ABOUT_PEOPLE = {"buyer", "serviceLocation"}


def _schema(columns: dict[str, str]) -> pa.Schema:
    # dlt adds its load id itself
    return pa.schema([(name, _ARROW[kind]) for name, kind in columns.items() if name != "_dlt_load_id"])


SCHEMAS = {
    **{name: _schema(columns) for name, columns in (RAW_TABLES | SNAPSHOT_TABLES).items()},
    QUARANTINE: _schema(OPS_TABLES[QUARANTINE]),
    DRIFT: _schema(OPS_TABLES[DRIFT]),
    PERSONAL: _schema(PERSONAL_DATA),
}


def batch(table: str, rows: list[dict]) -> pa.Table:
    """Rows of one table as an Arrow table in the schema of that table."""
    schema = SCHEMAS[table]
    values = itemgetter(*schema.names)
    try:
        rows_values = [*map(values, rows)]
    except KeyError:  # missing values are null
        blank = dict.fromkeys(schema.names)
        rows_values = [values(blank | row) for row in rows]
    columns = zip(*rows_values, strict=True)
    return pa.table([_column(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)


def _column(values: tuple, kind: pa.DataType) -> pa.Array:
    # constant and all-null columns are converted once
    if values.count(values[0]) == len(values):
        return pa.repeat(pa.scalar(values[0], kind), len(values))
    return pa.array(values, kind)


@dataclass
class Read:
    """The rows of one payload: of `raw` (None if it has no id), the quarantine, the schema drift, and kept personal data."""

    row: dict | None
    quarantined: list[dict]
    drift: list[dict] = field(default_factory=list)
    personal: dict | None = None


def job(window: Window, payload: object, has_detail: bool, observed_at: datetime, keys: BuyerKeys) -> Read:
    """Read a service job into a row of `raw.service_jobs`; with `has_detail` false, from the fields of a list only."""
    read = partial(_read, window, has_detail, observed_at, keys)
    try:
        quick = read(fast_decode.read(payload, SERVICE_JOB, keys), Reading(keys, keep=frozenset()), dump)
        if not any(isinstance(value, str) and REPLACEMENT in value for value in (quick.row or {}).values()):
            return quick
    except (fast_decode.Unusual, orjson.JSONEncodeError):
        pass
    reading = Reading(keys)
    return read(reading.careful(payload, SERVICE_JOB), reading, dump_anything)


def _read(
    window: Window, has_detail: bool, observed_at: datetime, keys: BuyerKeys, clean: dict, reading: Reading, dump: Dump
) -> Read:
    """Make the rows of a payload from its canonical form and the findings of `reading`. `dump` writes JSON."""
    job_id, met = clean.get("serviceJobId") or None, drift.rows(window, reading, observed_at)
    if not job_id:
        impersonal = {name: value for name, value in clean.items() if name not in _ABOUT_PEOPLE}
        reading.problems.append(Problem("serviceJobId", NAMELESS, impersonal))
    marketplace_id = clean.get("marketplaceId") or window.marketplace_id
    if marketplace_id != window.marketplace_id and window.filter != IDS:
        reading.problems.append(Problem("marketplaceId", "another marketplace than the one that was asked for", None))
    quarantined = quarantine(window.account, JOBS, job_id, reading.problems, observed_at)
    if not job_id:
        return Read(None, quarantined, met)
    row = {
        "account": window.account,
        "marketplace_id": marketplace_id,
        "service_job_id": job_id,
        "observed_at": observed_at,
        "mode": window.mode,
        "filter": window.filter,
        "window_start": window.start,
        "window_end": window.end,
        "has_detail": has_detail,
        "_extra": dump(reading.extra).decode() if reading.extra else None,
    }
    for column, name in _VALUES:
        row[column] = clean.get(name)
    for column, name in _TIMES:
        row[column] = moment(clean.get(name))
    for column, name in _DOCUMENTS:
        value = clean.get(name)
        row[column] = None if value is None else dump(value).decode()
    row["content_hash"] = content_hash(row, dump)
    # the list has fewer contact fields than a detail that may be stored already
    return Read(row, quarantined, met, _sealed(row, clean, reading, keys) if has_detail else None)


def _sealed(row: dict, clean: dict, reading: Reading, keys: BuyerKeys) -> dict | None:
    """The row of a job's personal data: one encrypted text, which only the loader opens."""
    if not reading.personal or keys.seal is None:
        return None
    identity = {name: row[name] for name in ("account", "marketplace_id", "service_job_id", "observed_at")}
    return identity | {"buyer_key": (clean.get("buyer") or {}).get("buyerKey"), "sealed": keys.seal(reading.personal)}


def missing_job(window: Window, job_id: str, observed_at: datetime) -> Read:
    """The result for a named job that the API does not know."""
    problem = Problem("serviceJobId", "the API knows no service job with this id", None)
    return Read(None, quarantine(window.account, JOBS, job_id, [problem], observed_at))


def unread_job(window: Window, job_id: str, reason: str, observed_at: datetime) -> Read:
    """The result for a job whose detail could not be read."""
    return Read(None, quarantine(window.account, JOBS, job_id, [Problem(DETAIL, reason, None)], observed_at))


def quarantine(account: str, entity: str, key: str | None, problems: list[Problem], observed_at: datetime) -> list[dict]:
    """Values that could not be read, as rows of `ops.quarantined_records` without personal data."""
    return [
        {
            "account": account, "entity": entity, "record_key": key, "field": problem.field, "reason": problem.reason,
            "payload": None if problem.original is None else cleaned(dump_anything(problem.original).decode()),
            "observed_at": observed_at,
        }
        for problem in problems
    ]  # fmt: skip


def moment(text: str | None) -> datetime | None:
    """A canonical time as a datetime."""
    return datetime.fromisoformat(text) if text else None
