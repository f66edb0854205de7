"""What looks like personal data, and what a product or a city may well be called."""

import re

import duckdb
import pytest
import sqlalchemy

from include.privacy import shapes
from include.quality import personal_data, thresholds


def matches(shape: str, text: str) -> bool:
    found = duckdb.execute("select regexp_matches(?, ?)", [text, f"(?i){shape.format()}"]).fetchone()[0]
    if shape == personal_data.PLACE:
        # where it is read, the same is kept out
        assert shapes.is_in_place(text) is found
        assert not (found and re.search(shapes.ORDINARY_PLACE, text))
    return found


@pytest.mark.parametrize("text", [
    "write to a.buyer@example.com", "+1 206 555 0143", "+442079460000", "call (206) 555-0143", "206.555.0143",
])  # fmt: skip
def test_contacts_are_found(text):
    assert matches(personal_data.CONTACT, text)


@pytest.mark.parametrize("text", [
    "a.buyer@example.com", "+1 206 555 0143", "Seattle, (206) 555-0143",
    "12b Old Mill Road", "1600 Pennsylvania Ave NW", "Hauptstraße 5", "10 Downing St.", "Rue de Rivoli 12",
    "Flat 2, 10 Downing Street", "12 oak dr", "Am alten Weg 5", "Hauptstraße 12", "Bahnhofstr. 3", "Unter den Linden 77",
    "10 rue de la Paix", "12 bis, avenue Foch", "Via Roma 10", "Calle Mayor, 5", "ul. Marszałkowska 10", "Keizersgracht 123",
    "Storgatan 5", "Atatürk Caddesi No: 12", "PO Box 123", "2065550100", "0151 23456789", "+49 151 23456789", "555-0143",
    "\u0662\u0660\u0666\u0665\u0665\u0665\u0660\u0661\u0660\u0660",
    "\uff10\uff19\uff10\u2212\uff11\uff12\uff13\uff14\u2212\uff15\uff16\uff17\uff18",
])  # fmt: skip
def test_street_lines_are_found_in_places(text):
    assert matches(personal_data.PLACE, text)


@pytest.mark.parametrize("text", [
    "1 TB Solid State Drive", "Power bank +10000 mAh", "TV wall mount 32-75 inch", "UPC 012345678905", "2-way speaker @ home",
])  # fmt: skip
def test_titles_are_no_contacts(text):
    assert not matches(personal_data.CONTACT, text)


@pytest.mark.parametrize(
    "text",
    [
        "St. Ives",
        "Seattle",
        "Frankfurt am Main",
        "Stadt Wehlen",
        "Bourg-en-Bresse",
        "100 Mile House",
        "Street",
        "Paris 10",
        "Praha 1",
        "Lyon 3e",
        "Dublin 4",
        "Berlin 10115",
        "75001 Paris CEDEX 16",
        "Lane Cove",
        "Weggis",
        "Place Bonaventure",
        "Im Grund",
    ],
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


@pytest.mark.parametrize("text", [
    "98101", "98101-1234", "01310-100", "01310100", "100-0001", "1234-567", "111 22", "00-950", "D-10115", "SE-111 22", "1012 AB",
    "SW1A 2AA", "sw1a2aa", "M1 1AE", "K1A 0B1", "D02 X285", "110001", "110 001", "12345-6789", "C1425", "", "N/A", " 75001 ",
])  # fmt: skip
def test_postal_codes_are_postal_codes(text):
    assert matches(personal_data.POSTAL_CODE, text)
    assert shapes.is_postal_code(text)


@pytest.mark.parametrize("text", [
    "2065550100", "206-555-0100", "0151 23456789", "+4915123456789", "(206) 555-0100", "Jane Roe", "Roe", "10 Downing Street",
    "Weg 5", "Flat 2", "PO Box 12", "a@b.de", "98101 Jane", "98101\n206",
    "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
])  # fmt: skip
def test_other_things_are_no_postal_codes(text):
    assert not matches(personal_data.POSTAL_CODE, text)
    assert not shapes.is_postal_code(text)


@pytest.mark.parametrize("title", ["Call (206) 555-0143 :new", "Kit 285-753-0001 :a:b", "12:30 206-555-0143"])
def test_no_colon_is_a_parameter_of_sqlalchemy(monkeypatch, title):
    monkeypatch.setattr(thresholds, "HARMLESS_TEXTS", (title,))
    for shape, column in ((personal_data.CONTACT, "title"), (personal_data.PLACE, "title")):
        condition = sqlalchemy.text(personal_data.looks_personal(shape, column).format(batch="titles"))
        assert condition._bindparams == {}
        text = str(condition.compile())
        found = duckdb.execute(
            f"with titles as (select unnest(?) as title) from titles where {text}", [[title, "10 Oak Street 206-555-0143"]]
        )
        assert found.fetchall() == [("10 Oak Street 206-555-0143",)]
    assert sqlalchemy.text(personal_data.is_no_postal_code("code").format(batch="codes"))._bindparams == {}
