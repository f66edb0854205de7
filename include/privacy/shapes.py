r"""Regular expressions for e-mail addresses, phone numbers, street lines and postal codes.

They are equivalent in RE2, which DuckDB uses, and in Python with `FLAGS`. Therefore they have no lookaround, and ranges for
letters beyond ASCII, because `\w` in RE2 matches only ASCII. Case is ignored, except in `(?-i:...)`.

Street lines are searched only in places, because a product title may be "1 TB Solid State Drive".
"""

import re

FLAGS = re.IGNORECASE | re.ASCII

# digits, including those of Arabic, Persian and Japanese keyboards
DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]"
_CHARACTERS = "0-9A-Za-z_\u00c0-\u1fff\u2c00-\U0010ffff"
_UPPER = "(?-i:[A-Z\u00c0-\u00de])"
_MARKS = ".'\u2019-"
_SPACES = "\\s\u00a0\u2000-\u200b\u202f\u3000"
_GAP = f"[{_SPACES}]"
DASH = "\u2010-\u2015\u2212-"  # closes a character class

EMAIL = rf"\b[{_CHARACTERS}.+-]{{1,64}}@[{_CHARACTERS}-]{{1,64}}\.[{_CHARACTERS}]{{2}}"
# with a country code or in groups, because a long number in a title is mostly a barcode
PHONE = r"\+\d[\d ().-]{7,}\d|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"
CONTACT = f"{EMAIL}|{PHONE}"
# seven digits in any grouping do not occur in names of places
_DIGITS = f"{DIGIT}(?:[ \u00a0()./{DASH}]{{0,3}}{DIGIT}){{6}}"

_HOUSE = rf"{DIGIT}{{1,4}}[a-z]?(?:[-/]{DIGIT}{{1,4}})?(?:{_GAP}(?:bis|ter))?,?{_GAP}{{1,3}}"
_PLAIN_NAME = f"[{_CHARACTERS}{_MARKS}]{{1,40}}"
_NAME = f"{_PLAIN_NAME}{_GAP}{{1,3}}"
_CAPITALIZED = f"(?:{_UPPER}|{DIGIT})[{_CHARACTERS}{_MARKS}]{{0,40}}{_GAP}{{1,3}}"
_NUMBER = f"{_GAP}{{0,3}}(?:n[o\u00b0]?[.:]?|nr\\.?|,)?{_GAP}{{0,3}}{DIGIT}{{1,4}}"
# types of street after the name, in English; the short ones have other meanings too
_LONG = "street|avenue|road|lane|boulevard|terrace|crescent"
_SHORT = (
    "st", "ave", "rd", "dr", "drive", "ln", "blvd", "ct", "court", "way", "place", "pl", "square", "sq", "close", "parkway",
    "pkwy", "hwy", "highway", "circle", "cir", "row", "mews",
)  # fmt: skip
_SHORT_CAPITALIZED = "|".join(f"{name.title()}|{name.upper()}" for name in _SHORT)
# before the name, in Romance languages and Polish
_FRENCH = "rue|avenue|av\\.|boulevard|bd|place|chemin|all[e\u00e9\u00c9]e|impasse|quai|cours|route"
_FRENCH_ARTICLE = f"(?:de{_GAP}la|de{_GAP}l|du|des|de|d|la|le|les|l)[{_SPACES}{_MARKS[1:3]}]{{1,3}}"
_BEFORE = "Rue|Via|Viale|Piazza|Corso|Calle|Avenida|Paseo|Plaza|Rua|Travessa"
# at the end of the name, in Germanic languages
_ENDING = (
    "stra(?:ss|\u00df)e|str\\.|weg|platz|allee|gasse|chaussee|damm|ufer|steig|pfad|graben|straat|gracht|laan|plein"
    "|gatan|v[a\u00e4]gen"
)
_GERMAN = "Am|An de[rn]|Auf de[rm]|Im|In de[rn]|Zum|Zur|Unter de[rn]|Hinter de[rm]"
_TURKISH = "caddesi|cad\\.|soka\u011f\u0131|sokak|sok\\.|bulvar\u0131"

_STREETS = (
    # 10 rue de la Paix
    rf"\b{_HOUSE}(?:{_FRENCH}){_GAP}{{1,3}}(?:{_FRENCH_ARTICLE})?{_UPPER}[{_CHARACTERS}{_MARKS}]{{0,40}}",
    # 10 Downing Street; 12b Oak Dr, but not "5 hours on the way"
    rf"\b{_HOUSE}(?:{_NAME}){{0,3}}(?:{_LONG})\b",
    rf"\b{_HOUSE}(?:{_CAPITALIZED}){{1,4}}(?-i:{_SHORT_CAPITALIZED})\b",
    rf"\b{DIGIT}{{1,5}}{_GAP}(?-i:Broadway)\b",
    # Via Roma 10; ul. Marszalkowska 10; not "via e-mail 10 times"
    rf"\b(?:(?-i:{_BEFORE})|rue|ul\.|al\.){_GAP}{{1,3}}(?:{_NAME}){{0,4}}{_PLAIN_NAME}{_NUMBER}",
    # Hauptstrasse 12; Am alten Weg 5; Unter den Linden 77
    rf"(?:\b(?-i:{_GERMAN}){_GAP}(?:{_NAME}){{0,2}})?\b[{_CHARACTERS}-]{{0,40}}(?:{_ENDING}){_NUMBER}",
    rf"\b(?-i:{_GERMAN}){_GAP}{_UPPER}[{_CHARACTERS}-]{{1,40}}{_NUMBER}\b",
    rf"\b{_PLAIN_NAME}{_GAP}(?:{_TURKISH}){_NUMBER}",
    rf"\b(?:p\.?{_GAP}?o\.?{_GAP}?box|postfach|packstation){_GAP}{DIGIT}+",
)
STREET = "|".join(_STREETS)
# in a field for a place, lower case and abbreviations count too
_STREET_ALONE = rf"^{_GAP}{{0,3}}{_HOUSE}(?:{_NAME}){{1,6}}(?:{_LONG}|{'|'.join(_SHORT)})\b"
PLACE = f"{EMAIL}|{PHONE}|{_DIGITS}|{_STREET_ALONE}|{STREET}"
# a text without these characters does not match PLACE
SIGN_OF_CONTACT = f"[@{DIGIT[1:-1]}]"
ORDINARY_PLACE = rf"\A[^@{DIGIT[1:-1]}]*\Z"

# of all countries with a marketplace, with or without a country prefix; empty for countries without postal codes
_POSTAL_CODES = (
    r"[0-9]{3,8}",
    # 98101-1234, 01310-100, 1234-567, 100-0001, 111 22, 00-950
    r"(?:[a-z]{1,2}[ -])?(?:[0-9]{5}[ -][0-9]{3,4}|[0-9]{4}[ -][0-9]{3}|[0-9]{3}[ -][0-9]{2,4}|[0-9]{2}[ -][0-9]{3})",
    r"[a-z]{1,2}[ -]?[0-9]{3,8}",
    # 1012 AB; SW1A 2AA; K1A 0B1; D02 X285
    r"(?:nl[ -]?)?[0-9]{4} ?[a-z]{2}",
    r"[a-z]{1,2}[0-9][a-z0-9]?(?: ?[0-9][a-z]{2})?",
    r"[a-z][0-9][a-z](?:[ -]?[0-9][a-z][0-9])?",
    r"[a-z][0-9][0-9w] ?[a-z0-9]{4}",
    r"-|n/?a|",
)
POSTAL_CODE = rf"(?i)^[ \t\r\n]*(?:{'|'.join(_POSTAL_CODES)})[ \t\r\n]*$"

_PLACE_SHAPE = re.compile(PLACE, FLAGS)
_POSTAL_CODE_SHAPE = re.compile(POSTAL_CODE)


def is_in_place(text: str) -> bool:
    """Whether the name of a place contains a street line, a phone number or an e-mail address."""
    return bool(_PLACE_SHAPE.search(text))


def is_postal_code(text: str) -> bool:
    """Whether a text has the form of a postal code."""
    return bool(_POSTAL_CODE_SHAPE.search(text))
