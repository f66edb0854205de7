"""Removes personal data and secrets from free text of others, such as Amazon's error messages.

Text is cleaned on arrival, so that everything that contains it later (an error, a log line, a row, an XCom) is clean too.
Information for Amazon's support remains: ids, error codes, times, amounts. Names of persons cannot be distinguished from other
words and remain too, unless they have a label such as `buyerName:`.
"""

import re
import unicodedata

from include.privacy import shapes

LONGEST = 2_000
# more is read than kept, so that personal data at the end is recognized before it is cut
_READ = LONGEST + 500

_HIDDEN = {
    "email": "(an e-mail address)", "street": "(a street)", "phone": "(a phone number)", "name": "(a name)",
    "buyer": "(a buyer id)", "secret": "(a secret)",
}  # fmt: skip
_LABEL = r"[\"']?\s*(?:[:=]|\bis\b)\s*[\"']?"
_NAME = r"(?-i:[A-Z\u00c0-\u00de])[^\s\"',;:.(){}<>]*"
# a quoted text, or capitalized words
_PERSON = rf"(?:(?<=[\"'])[^\"']+|{_NAME}(?: {_NAME}){{0,3}})"
# Tried in this order at each position. `kept` parts are skipped as a whole, so that their digits do not match as a phone number.
_PARTS = (
    ("secret", r"Atz[ar]\|[^\s\"'<>]*|amzn1\.oa2-cs\.[\w.-]+"),
    ("email", rf"{shapes.EMAIL.replace('@', '(?:@|%40)', 1)}[\w.-]*"),
    ("buyer", rf"(?P<buyer_label>(?:buyer|customer)[ _-]?id{_LABEL})[\w-]+"),
    ("name", rf"(?P<name_label>(?:buyer|customer|recipient|contact|full|first|last)[ _-]?name{_LABEL}){_PERSON}"),
    ("kept", r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    ("kept", r"\b(?:\w{3}-\d{7}-\d{7})\b"),
    ("kept", r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?(?![\d-])"),
    ("kept", r"\b\d{1,2}[./]\d{1,2}[./]\d{4}(?![\d.])|\b\d{1,3}(?:\.\d{1,3}){3}(?![\d.-])"),
    ("kept", r"\b(?:HTTP|status|code|error)(?: code)?\W{1,2}\d{3}\b"),
    ("kept", r"\b\d+(?:\.\d+)? ?(?:bytes|[kMG]i?B|ms|s|seconds|minutes|hours)\b"),
    ("kept", r"(?-i:\bID|[a-z]I[Dd]|_id|\bid)s?[\"']?(?:\s*[:=#]\s*|\s+)[\"'\[]?[\w-]*\d[\w-]*"),
    ("street", rf"(?:\b(?:flat|apt|apartment|unit|suite|ste)\.?\s+#?\w{{1,5}},?\s+)?(?:{shapes.STREET})\w*"),
    ("kept", r"\bamzn1\.[\w.-]+|\barn:\S+"),
    ("kept", r"\b(?!(?:tel|phone|fax|call|cell|mob|mobile|handy)[\w-]*)(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]+"),
    ("phone", rf"(?:\+\s?|\()?\d+(?:[ \u00a0()./{shapes.DASH}]{{1,3}}\d+(?![a-z\d]))*(?:\s?(?:x|ext\.?)\s?\d{{1,6}})?"),
)
_ALL = re.compile("|".join(f"(?P<{name}_{place}>{part})" for place, (name, part) in enumerate(_PARTS)), re.IGNORECASE)
_LABELS = ("buyer_label", "name_label")
_NUMBER = re.compile(
    r"[2-9]\d\d[2-9]\d{6}|1[2-9]\d\d[2-9]\d{6}"  # North America
    r"|0\d{8,14}|[5-9]\d{8}|[2-9]\d{9,11}"
)
_IDENTIFIER = re.compile(r"[\w#][\w.:/#=+-]{0,199}", re.ASCII)


def cleaned(text: str) -> str:
    """Replace e-mail addresses, phone numbers, street lines, tokens, and labelled names and ids of buyers.

    Args:
        text: Text of others.

    Returns:
        At most `LONGEST` characters of the text. Cleaning them again changes nothing.
    """
    result = _ALL.sub(_replaced, text[:_READ])
    return result if len(text) <= LONGEST and len(result) <= LONGEST else f"{result[:LONGEST]}..."


def identifier(text: str) -> str:
    """An id of others, unchanged if it is one token of letters, digits and punctuation; any other text is cleaned."""
    return text if _IDENTIFIER.fullmatch(text) else cleaned(text)


def _replaced(match: re.Match) -> str:
    part, kind = match[0], (match.lastgroup or "").partition("_")[0]
    if kind == "kept" or (kind == "phone" and not _is_phone(part)):
        return part
    label = next((match[name] for name in _LABELS if match[name]), "")
    return label + _HIDDEN[kind]


def _is_phone(text: str) -> bool:
    """Whether digits, grouped or not, may be a phone number."""
    text = "".join(str(unicodedata.digit(character, character)) for character in text)
    groups = re.findall(r"\d+", text)
    count = sum(map(len, groups))
    if text[0] == "+" or groups[0].startswith("00"):
        return count >= 7
    if len(groups) == 1:
        return bool(_NUMBER.fullmatch(groups[0]))
    if count <= 15:
        return count >= 9 or (count == 8 and " " in text)
    # several adjacent numbers
    return max(map(len, groups)) < 9 or any(_NUMBER.fullmatch(group) for group in groups)
