"""Reads what is JSON to others and not to orjson: halves of surrogate pairs, NaN and Infinity, bytes that are not UTF-8.

One such character in the title of one job must not make a whole page unreadable. A character that cannot be read becomes the
replacement character, U+FFFD, by which readers of the payload recognize it.
"""

import json
import re

REPLACEMENT = "\ufffd"
# a whole pair, half of one, or any other escape: a backslash that is escaped itself begins none
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.", re.DOTALL)
_HALF = len(r"\ud800")


def read(content: bytes) -> object:
    """Read a body that orjson refuses; None where nobody can read it."""
    text = _ESCAPE.sub(_whole, content.decode("utf-8", "replace"))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(escape: re.Match) -> str:
    return REPLACEMENT if len(escape[0]) == _HALF else escape[0]
