"""Upgrades rows that were read before `include.privacy.minimization` had its rule.

A row becomes what extraction makes of the same payload today, with the hash of that content. So a job that is read again
without a change does not get a new version because of the upgrade.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from include.privacy import minimization
from include.privacy.minimization import MOST_UNKNOWN, Leaf, anywhere, leaf, leaves
from include.warehouse.content import CONTENT, content_hash, dump_anything

# the path of an object of the model; the rest of a path is one name, with any characters
_MODEL_PATH = re.compile(
    r"(?:(?:scopeOfWork|seller|serviceJobProvider|serviceProvider|serviceLocation|(?:preferredAppointmentTimes|appointments"
    r"|associatedItems|payments|appointmentSlots|capacities)\[\d*\])"
    r"(?:\.(?:appointmentTime|poa|itemDelivery|itemDeliveryPromise|amount|(?:assignedTechnicians|technicians|slots)\[\d*\]))*\.)?"
)
DOCUMENTS = ("appointments", "associated_items", "service_location")
_ENUMERATIONS = {"appointment_slots": "scheduling_type", "job_appointment_slots": "scheduling_type"}
QUARANTINE, JOBS, RANGES = "quarantined_records", "service_jobs", "resource_capacity_ranges"
TABLES = (QUARANTINE, JOBS, RANGES, *_ENUMERATIONS)


def minimized(table: str, rows: pa.Table, keep: frozenset[str]) -> pa.Table:
    """Apply the rule to rows of a table of `raw` or of the quarantine. Repeating it changes nothing.

    Args:
        table: One of `TABLES`.
        rows: Rows with the columns of that table; a JSON column is a text.
        keep: The paths whose values the operator keeps.

    Returns:
        The rows in the same order. Ranges of capacity whose type is not a token are left out, as
        extraction does.
    """
    if table == JOBS:
        return _replaced(rows, (*CONTENT, "content_hash"), lambda row: StoredJob(row, keep).minimized())
    if table == QUARANTINE:
        return _replaced(rows, ("field", "payload"), lambda row: _quarantined(row, keep))
    if table == RANGES:
        return rows.filter(pa.array([_enumerated(value, "", keep) is not None for value in rows["capacity_type"].to_pylist()]))
    column = _ENUMERATIONS[table]
    return _replaced(rows, (column,), lambda row: {column: _enumerated(row[column], "schedulingType", keep)})


class StoredJob:
    """A row of `raw.service_jobs`.

    Attributes:
        met: The unknown fields that `minimized` found in it.
    """

    def __init__(self, row: dict, keep: frozenset[str]) -> None:
        self._row, self._keep = row, keep
        self._extra: dict[str, object] = {}
        self.met: list[Leaf] = []

    def minimized(self) -> dict:
        """Return the row by the rule, with the hash of its content; the same row where it follows the rule."""
        for path, value in _parsed(self._row["_extra"], {}).items():
            if minimization.is_shape(value):
                self._extra.setdefault(_safe(path), value)
            else:
                self._unknown(_safe(path), value)
        documents = {name: _parsed(self._row[name]) for name in DOCUMENTS}
        for position, item in enumerate(documents["associated_items"] or [], start=1):
            self._item(item or {}, f"associatedItems[{position}]")
        for position, appointment in enumerate(documents["appointments"] or [], start=1):
            where = f"appointments[{position}]"
            self._enumeration(appointment or {}, "appointmentStatus", where)
            self._enumeration((appointment or {}).get("poa") or {}, "poaType", f"{where}.poa")
        self._enumeration(documents["service_location"] or {}, "serviceLocationType", "serviceLocation")
        new = self._row | {name: _text(document) for name, document in documents.items()}
        new["_extra"] = _text(self._extra or None)
        new["service_job_status"] = _enumerated(new["service_job_status"], "serviceJobStatus", self._keep)
        is_changed = any(new[name] != self._row[name] for name in CONTENT)
        return new | {"content_hash": content_hash(new)} if is_changed else self._row

    def _unknown(self, path: str, value: object) -> None:
        for found in leaves(path, value, self._keep):
            if len(self._extra) < MOST_UNKNOWN:
                self._extra.setdefault(found.path, found.stored)
                self.met.append(found)

    def _enumeration(self, document: dict, name: str, path: str) -> None:
        if document.get(name) is not None:
            document[name] = _enumerated(document[name], f"{path}.{name}", self._keep)

    def _item(self, item: dict, path: str) -> None:
        self._enumeration(item, "itemStatus", path)
        assets = item.get("linkedAssets") or []
        for position, asset in enumerate(assets, start=1):
            assets[position - 1] = self._asset(asset, f"{path}.linkedAssets[{position}]")

    def _asset(self, asset: object, path: str) -> dict | None:
        """Minimize a linked asset: it was stored as it came."""
        if not isinstance(asset, dict):
            return None
        result: dict[str, object] = {}
        for name, value in asset.items():
            if name in ("assetType", "assetName"):
                is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
                result[name] = str(value) if is_text else None
            elif name == "additionalAttributes":
                result[name] = self._attributes(value, f"{path}.{name}")
            else:
                self._unknown(minimization.joined(path, name), value)
        return result

    def _attributes(self, value: object, path: str) -> dict | None:
        if not isinstance(value, dict):
            return None
        result = {}
        for name, inner in value.items():
            if minimization.is_field_name(name) and leaf(f"{path}.{name}", inner, self._keep).is_kept:
                result[name] = inner
            else:
                self._unknown(minimization.joined(path, name), inner)
        return result


def _enumerated(value: object, path: str, keep: frozenset[str]) -> object:
    is_kept = isinstance(value, str) and (minimization.is_token(value) or anywhere(path) in keep)
    return value if is_kept else None


def _quarantined(row: dict, keep: frozenset[str]) -> dict:
    field, payload = row["field"] and _safe(row["field"]), row["payload"]
    if payload is None:
        return {"field": field, "payload": None}
    try:
        value = json.loads(payload)
    except ValueError:
        value = payload
    stored = value if minimization.is_shape(value) else leaf(field or "", value, keep).stored
    return {"field": field, "payload": dump_anything(stored).decode()}


def _safe(path: str) -> str:
    """Make a path of before the rule safe: its last name can hold any characters."""
    if minimization.is_path(path):
        return path
    found = _MODEL_PATH.match(path)
    known = found[0] if found else ""
    return minimization.joined(known.rstrip("."), path[len(known) :])


def _parsed(text: str | None, default: object = None) -> Any:
    return default if text is None else json.loads(text)


def _text(document: object) -> str | None:
    return None if document is None else dump_anything(document).decode()


def _replaced(rows: pa.Table, columns: tuple[str, ...], change: Callable[[dict], dict]) -> pa.Table:
    """Replace `columns` by what `change` makes of them, row by row."""
    before = rows.select(columns).to_pylist()
    after = [change(row) for row in before]
    for name in columns:
        if any(new[name] != row[name] for new, row in zip(after, before, strict=True)):
            values = pa.array([row[name] for row in after], rows.schema.field(name).type)
            rows = rows.set_column(rows.column_names.index(name), name, values)
    return rows
