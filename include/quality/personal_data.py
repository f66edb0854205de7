"""The conditions that a text of the marts holds personal data (`include.warehouse.personal_shapes`)."""

from include.quality import thresholds
from include.quality.rules import each_once
from include.warehouse import personal_shapes


def braced(text: str) -> str:
    """Great Expectations formats queries with `str.format`."""
    return text.replace("{", "{{").replace("}", "}}")


EMAIL, CONTACT, PLACE = map(braced, (personal_shapes.EMAIL, personal_shapes.CONTACT, personal_shapes.PLACE))


def looks_personal(shape: str, *columns: str) -> str:
    """The condition that one of `columns` holds what `shape` describes."""
    harmless = ", ".join("'" + braced(text).replace("'", "''") + "'" for text in ("", *thresholds.HARMLESS_TEXTS))
    return " or ".join(
        each_once(column, f"regexp_matches({column}, '(?i){shape}') and {column} not in ({harmless})") for column in columns
    )
