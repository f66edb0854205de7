"""What looks like personal data, and what a product or a city may well be called."""

import re

import duckdb
import pytest

from include.quality import personal_data, thresholds
from include.warehouse import personal_shapes


def matches(shape: str, text: str) -> bool:
    found = duckdb.execute("select regexp_matches(?, ?)", [text, f"(?i){shape.format()}"]).fetchone()[0]
    if shape == personal_data.PLACE:
        # where it is read, the same is kept out
        assert personal_shapes.is_in_place(text) is found
        assert not (found and re.search(personal_shapes.ORDINARY_PLACE, text))
    return found


@pytest.mark.parametrize("text", [
    "write to a.buyer@example.com", "+1 206 555 0143", "+442079460000", "call (206) 555-0143", "206.555.0143",
])  # fmt: skip
def test_contacts_are_found(text):
    assert matches(personal_data.CONTACT, text)


@pytest.mark.parametrize("text", [
    "a.buyer@example.com", "+1 206 555 0143", "Seattle, (206) 555-0143",
    "12b Old Mill Road", "1600 Pennsylvania Ave NW", "Hauptstraße 5", "10 Downing St.", "Rue de Rivoli 12",
])  # fmt: skip
def test_street_lines_are_found_in_places(text):
    assert matches(personal_data.PLACE, text)


@pytest.mark.parametrize("text", [
    "1 TB Solid State Drive", "Power bank +10000 mAh", "TV wall mount 32-75 inch", "UPC 012345678905", "2-way speaker @ home",
])  # fmt: skip
def test_titles_are_no_contacts(text):
    assert not matches(personal_data.CONTACT, text)


@pytest.mark.parametrize(
    "text", ["St. Ives", "Seattle", "Frankfurt am Main", "Stadt Wehlen", "Bourg-en-Bresse", "100 Mile House"]
)
def test_cities_are_no_street_lines(text):
    assert not matches(personal_data.PLACE, text)


def test_a_text_that_was_found_harmless_is_none(monkeypatch):
    titles = ["Filter 285-753-0001 {new}, 5' long", "Call (206) 555-0143"]
    monkeypatch.setattr(thresholds, "HARMLESS_TEXTS", (titles[0],))
    condition = personal_data.looks_personal(personal_data.CONTACT, "title").format(batch="titles")
    found = duckdb.execute(
        f"with titles as (select unnest(?) as title) select title from titles where {condition}", [titles]
    ).fetchall()
    assert found == [(titles[1],)]
