"""The part of JSON Schema that the published model uses, and its checks of query parameters and bodies."""

import re
from typing import Any
from urllib.parse import parse_qsl

from include.sandbox.api.errors import missing_or_invalid
from include.sandbox.world.times import from_iso

Schema = dict[str, Any]
TYPES: dict[str, tuple[type[Any], ...]] = {
    "string": (str,), "array": (list,), "object": (dict,), "integer": (int,), "number": (int, float),
}  # fmt: skip


def text(**rules: Any) -> Schema:
    """Return the schema of a string."""
    return {"type": "string"} | rules


def array(items: Schema, most: int | None = None, least: int = 1) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": items, "minItems": least} | ({"maxItems": most} if most else {})


def record(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return the schema of an object."""
    return {"type": "object", "required": required, "properties": properties}


NAME = text(minLength=1, maxLength=100)
TIME = text(format="date-time")
MARKETPLACE = array(text(minLength=1), 1)


def read_query(query: str, schema: Schema) -> tuple[dict[str, Any], list[str]]:
    """Return typed values by parameter, and the names of unknown parameters. Lists are comma-separated or repeated."""
    values: dict[str, Any] = {}
    unknown = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        rule = schema["properties"].get(name)
        if rule is None:
            unknown.append(name)
        elif rule["type"] == "array":
            values.setdefault(name, []).extend(value.split(","))
        elif rule["type"] == "integer":
            values[name] = int(value) if re.fullmatch(r"-?[0-9]{1,9}", value) else value
        else:
            values[name] = value
    return values, unknown


def check(value: Any, schema: Schema) -> None:
    """Raise a 400 that names all parts of a value that are missing or invalid."""
    if names := problems(value, schema):
        raise missing_or_invalid(*names)


def problems(value: Any, schema: Schema, name: str = "") -> list[str]:
    """Return the dotted names of missing or invalid parts of a value. `name`: that of the value itself."""
    if not isinstance(value, TYPES[schema["type"]]) or isinstance(value, bool):
        return [name or "body"]
    if schema["type"] == "object":
        prefix = f"{name}." if name else ""
        names = [prefix + key for key in schema["required"] if key not in value]
        for key, rule in schema["properties"].items():
            if key in value:
                names += problems(value[key], rule, prefix + key)
        return names
    if schema["type"] == "array":
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return [name]
        return [name] if any(problems(item, schema["items"], name) for item in value) else []
    return [] if _scalar_is_valid(value, schema) else [name]


def _scalar_is_valid(value: Any, schema: Schema) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if schema["type"] == "string":
        return (
            schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
            and re.search(schema.get("pattern", ""), value) is not None
            and (schema.get("format") != "date-time" or is_time(value))
        )
    return schema.get("minimum", value) <= value <= schema.get("maximum", value) and value % schema.get("multipleOf", 1) == 0


def is_time(value: str) -> bool:
    """Return whether a text is an ISO-8601 time."""
    try:
        from_iso(value)
    except (ValueError, OverflowError):
        return False
    return True
