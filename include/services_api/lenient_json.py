"""Parses JSON that orjson rejects: unpaired surrogates, NaN and Infinity, bytes that are not UTF-8.

One such character in the title of one job must not make a whole page unreadable. Each becomes the replacement character, U+FFFD.
"""

import json
import re

REPLACEMENT = "\ufffd"
# a surrogate pair, an unpaired surrogate, or any other escape, so that an escaped backslash starts none
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.", re.DOTALL)
_UNPAIRED = len(r"\ud800")


def read(content: bytes) -> object:
    """Parse a body that orjson rejects; None if it is not JSON."""
    text = _ESCAPE.sub(_replace_unpaired, content.decode("utf-8", "replace"))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _replace_unpaired(escape: re.Match) -> str:
    return REPLACEMENT if len(escape[0]) == _UNPAIRED else escape[0]
