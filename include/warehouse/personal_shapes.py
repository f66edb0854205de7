"""What personal data looks like in a text: e-mail addresses, phone numbers, street lines. It is kept out where it is read, and
looked for once more before anything is published.

Street lines are looked for in places alone: a product title may well read "1 TB Solid State Drive". The expressions mean the
same to RE2, which is DuckDB's, and to Python; upper and lower case are one.
"""

import re

EMAIL = r"[\w.+-]+@[\w-]+\.\w\w"
# with a country code, or in groups: a long bare number is more often a barcode
PHONE = r"\+\d[\d ().-]{7,}\d|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"
STREET = (
    r"^\s*\d+\w?\s+([\w.]+\s+)+(street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way)\b"
    r"|\w+(straße|strasse|str\.)\s*\d+|\b(rue|via|calle|avenida)\s+[\w ]+\d+"
)
CONTACT = f"{EMAIL}|{PHONE}"
PLACE = f"{CONTACT}|{STREET}"
# what none of the above can do without
ORDINARY_PLACE = r"\A[^0-9@]*\Z"

_FLAGS = re.IGNORECASE | re.ASCII
_EMAIL, _PLACE = re.compile(EMAIL + r"[\w.-]*", _FLAGS), re.compile(PLACE, _FLAGS)


def is_in_place(text: str) -> bool:
    """Whether somebody wrote a street, a phone number or an e-mail address where a city or a region belongs."""
    return bool(_PLACE.search(text))


def without_email(text: str) -> str:
    """What somebody else has written, such as the API in an error."""
    return _EMAIL.sub("(an e-mail address)", text)
