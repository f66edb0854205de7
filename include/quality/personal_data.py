"""SQL conditions that find personal data in texts of the marts (`include.privacy.shapes`)."""

import re

from include.privacy import shapes
from include.quality import thresholds
from include.quality.rules import each_once

# a bind parameter as SQLAlchemy recognizes it; the colon of `(?-i:...)` begins none
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


def braced(text: str) -> str:
    """Escape a pattern for Great Expectations, which formats queries with `str.format`, and for SQLAlchemy's parameters."""
    return text.replace("{", "{{").replace("}", "}}").replace("(?:", "(")


EMAIL, CONTACT, PLACE, POSTAL_CODE = map(braced, (shapes.EMAIL, shapes.CONTACT, shapes.PLACE, shapes.POSTAL_CODE))


def looks_personal(shape: str, *columns: str) -> str:
    """The condition that one of `columns` matches the pattern `shape`."""
    harmless = ", ".join(_literal(braced(text)) for text in ("", *thresholds.HARMLESS_TEXTS))
    sign, looked_for = _literal(shapes.SIGN_OF_CONTACT), _literal(f"(?i){shape}")

    def wrong(column: str) -> str:
        # first a quick pattern that all shapes share: most texts do not match it
        return f"regexp_matches({column}, {sign}) and regexp_matches({column}, {looked_for}) and {column} not in ({harmless})"

    return " or ".join(each_once(column, wrong(column)) for column in columns)


def is_no_postal_code(column: str) -> str:
    """The condition that `column` holds something that does not look like a postal code."""
    return each_once(column, f"not regexp_matches({column}, {_literal(POSTAL_CODE)})")


def _literal(text: str) -> str:
    """A text as an SQL literal for SQLAlchemy, which takes a colon before a word for a parameter."""
    return "'" + _PARAMETER.sub("' || chr(58) || '", text.replace("'", "''")) + "'"
