"""Bodies that orjson refuses and that can be read all the same."""

import math

import pytest

from include.services_api import lenient_json


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"title": "a\ud800b"}', "a�b"),
        (rb'{"title": "a\udc00"}', "a�"),
        (rb'{"title": "\ud800\ud800\udc00"}', "�\U00010000"),
        (rb'{"title": "\\ud800 \ud83d"}', r"\ud800 �"),
        (rb'{"title": "\uD83D\uDE00 \uD83D"}', "\U0001f600 �"),
        (b'{"title": "caf\xe9"}', "caf�"),
        (rb'{"title": 1e999}', math.inf),
    ],
)  # fmt: skip
def test_what_cannot_be_read_of_a_text_is_replaced(body, expected):
    assert lenient_json.read(body) == {"title": expected}


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": ', b"<html>", b"\xff\xfe", b"[" * 100_000, b'{"a": "b"'])
def test_what_is_no_json_stays_unreadable(body):
    assert lenient_json.read(body) is None
