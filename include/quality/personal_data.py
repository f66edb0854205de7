"""Shapes of personal data that must not be in a text of the marts: e-mail addresses, phone numbers, street lines.

Street lines are looked for in places alone: a product title may well read "1 TB Solid State Drive". The expressions are
RE2, DuckDB's; braces are doubled, because Great Expectations formats queries with `str.format`.
"""

from include.quality.rules import each_once

EMAIL = r"[\w.+-]+@[\w-]+\.\w\w"
# with a country code, or in groups: a long bare number is more often a barcode
PHONE = r"\+\d[\d ().-]{{7,}}\d|\(?\b\d{{3}}\)?[ .-]\d{{3}}[ .-]\d{{4}}\b"
STREET = (
    r"^\s*\d+\w?\s+([\w.]+\s+)+(street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way)\b"
    r"|\w+(straße|strasse|str\.)\s*\d+|\b(rue|via|calle|avenida)\s+[\w ]+\d+"
)
CONTACT = f"{EMAIL}|{PHONE}"
PLACE = f"{CONTACT}|{STREET}"


def looks_personal(shape: str, *columns: str) -> str:
    """The condition that one of `columns` holds what `shape` describes."""
    return " or ".join(each_once(column, f"regexp_matches({column}, '(?i){shape}')") for column in columns)
