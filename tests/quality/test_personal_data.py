"""What looks like personal data, and what a product or a city may well be called."""

import duckdb
import pytest

from include.quality import personal_data


def matches(shape: str, text: str) -> bool:
    return duckdb.execute("select regexp_matches(?, ?)", [text, f"(?i){shape.format()}"]).fetchone()[0]


@pytest.mark.parametrize("text", [
    "write to a.buyer@example.com", "+1 206 555 0143", "+442079460000", "call (206) 555-0143", "206.555.0143",
])  # fmt: skip
def test_contacts_are_found(text):
    assert matches(personal_data.CONTACT, text)


@pytest.mark.parametrize("text", [
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
