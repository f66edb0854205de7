"""Cities of stores in every marketplace, with a postal code of each; those of a country are spread over its time zones."""

from typing import NamedTuple

from include.sandbox.world.marketplaces import STATES, Marketplace


class City(NamedTuple):
    """The place of a store, as an address names it."""

    name: str
    state_or_region: str
    postal_code: str
    country_code: str


def _cities(country_code: str, *places: tuple[str, str, str]) -> tuple[City, ...]:
    return tuple(City(*place, country_code) for place in places)


CITIES = {
    "US": _cities(
        "US", ("Los Angeles", "CA", "90012"), ("New York", "NY", "10001"), ("Chicago", "IL", "60601"), ("Denver", "CO", "80202"),
        ("Seattle", "WA", "98101"), ("Houston", "TX", "77002"), ("Atlanta", "GA", "30303"), ("Phoenix", "AZ", "85004"),
    ),
    "CA": _cities("CA", ("Toronto", "ON", "M5H 2N2"), ("Vancouver", "BC", "V6B 1A1"), ("Halifax", "NS", "B3J 1S9")),
    "MX": _cities("MX", ("Ciudad de México", "CMX", "06000"), ("Tijuana", "BCN", "22000")),
    "BR": _cities("BR", ("São Paulo", "SP", "01310-100"), ("Manaus", "AM", "69005-010")),
    "UK": _cities("GB", ("Leeds", "West Yorkshire", "LS1 4AP"), ("Bristol", "Avon", "BS1 5TR"), ("London", "", "SE1 9GF")),
    "IE": _cities("IE", ("Dublin", "County Dublin", "D02 X285")),
    "DE": _cities("DE", ("Berlin", "Berlin", "10115"), ("München", "Bayern", "80331"), ("Köln", "Nordrhein-Westfalen", "50667")),
    "FR": _cities("FR", ("Paris", "Île-de-France", "75001"), ("Lyon", "Auvergne-Rhône-Alpes", "69002")),
    "IT": _cities("IT", ("Milano", "MI", "20121"), ("Roma", "RM", "00184")),
    "ES": _cities("ES", ("Madrid", "Madrid", "28013"), ("Barcelona", "Barcelona", "08002")),
    "NL": _cities("NL", ("Amsterdam", "Noord-Holland", "1012 JS")),
    "BE": _cities("BE", ("Antwerpen", "Antwerpen", "2000")),
    "SE": _cities("SE", ("Stockholm", "Stockholms län", "111 20")),
    "PL": _cities("PL", ("Warszawa", "Mazowieckie", "00-001")),
    "TR": _cities("TR", ("İstanbul", "İstanbul", "34110")),
    "AE": _cities("AE", ("Dubai", "Dubai", "00000")),
    "SA": _cities("SA", ("Riyadh", "Riyadh", "12211")),
    "EG": _cities("EG", ("Cairo", "Cairo", "11511")),
    "ZA": _cities("ZA", ("Cape Town", "Western Cape", "8001")),
    "IN": _cities("IN", ("Mumbai", "Maharashtra", "400001"), ("Bengaluru", "Karnataka", "560001")),
    "JP": _cities("JP", ("Osaka", "Osaka", "530-0001"), ("Tokyo", "Tokyo", "100-0005")),
    "SG": _cities("SG", ("Singapore", "", "018956")),
    "AU": _cities("AU", ("Sydney", "NSW", "2000"), ("Perth", "WA", "6000"), ("Brisbane", "QLD", "4000")),
}  # fmt: skip

TIME_ZONES = {(state.country_code, state.state_or_region): state.time_zone for state in STATES}


def time_zone(city: City, marketplace: Marketplace) -> str:
    """Return the time zone of a city: its state's in a country with several zones, else the marketplace's."""
    return TIME_ZONES.get((city.country_code, city.state_or_region), marketplace.time_zone)
