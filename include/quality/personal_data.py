"""The conditions that a text of the marts holds personal data (`include.privacy.shapes`)."""

import re

from include.privacy import shapes
from include.quality import thresholds
from include.quality.rules import each_once

# as SQLAlchemy finds them; the colon of `(?-i:...)` is none
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


def braced(text: str) -> str:
    """Great Expectations formats queries with `str.format`, and to SQLAlchemy a colon before a name is a parameter."""
    return text.replace("{", "{{").replace("}", "}}").replace("(?:", "(")


EMAIL, CONTACT, PLACE, POSTAL_CODE = map(braced, (shapes.EMAIL, shapes.CONTACT, shapes.PLACE, shapes.POSTAL_CODE))


def looks_personal(shape: str, *columns: str) -> str:
    """The condition that one of `columns` holds what `shape` describes."""
    harmless = ", ".join(_literal(braced(text)) for text in ("", *thresholds.HARMLESS_TEXTS))
    sign, looked_for = _literal(shapes.SIGN_OF_CONTACT), _literal(f"(?i){shape}")

    def wrong(column: str) -> str:
        # what all shapes have in common is looked for first: it is quick, and most texts lack it
        return f"regexp_matches({column}, {sign}) and regexp_matches({column}, {looked_for}) and {column} not in ({harmless})"

    return " or ".join(each_once(column, wrong(column)) for column in columns)


def is_no_postal_code(column: str) -> str:
    """The condition that `column` holds something that does not look like a postal code."""
    return each_once(column, f"not regexp_matches({column}, {_literal(POSTAL_CODE)})")


def _literal(text: str) -> str:
    """A text as SQL that SQLAlchemy reads: a colon before a word, as in a title, would be a parameter there."""
    return "'" + _PARAMETER.sub("' || chr(58) || '", text.replace("'", "''")) + "'"
