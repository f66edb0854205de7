"""Amazon's marketplaces: identifier, country, name, region, currency and time zone."""

from typing import NamedTuple


class Marketplace(NamedTuple):
    """A marketplace; `region`: na, eu or fe."""

    country: str
    marketplace_id: str
    name: str
    region: str
    currency: str
    time_zone: str


MARKETPLACES = tuple(
    Marketplace(*row)
    for row in (
        ("US", "ATVPDKIKX0DER", "United States", "na", "USD", "America/Los_Angeles"),
        ("CA", "A2EUQ1WTGCTBG2", "Canada", "na", "CAD", "America/Toronto"),
        ("MX", "A1AM78C64UM0Y8", "Mexico", "na", "MXN", "America/Mexico_City"),
        ("BR", "A2Q3Y263D00KWC", "Brazil", "na", "BRL", "America/Sao_Paulo"),
        ("UK", "A1F83G8C2ARO7P", "United Kingdom", "eu", "GBP", "Europe/London"),
        ("IE", "A28R8C7NBKEWEA", "Ireland", "eu", "EUR", "Europe/Dublin"),
        ("DE", "A1PA6795UKMFR9", "Germany", "eu", "EUR", "Europe/Berlin"),
        ("FR", "A13V1IB3VIYZZH", "France", "eu", "EUR", "Europe/Paris"),
        ("IT", "APJ6JRA9NG5V4", "Italy", "eu", "EUR", "Europe/Rome"),
        ("ES", "A1RKKUPIHCS9HS", "Spain", "eu", "EUR", "Europe/Madrid"),
        ("NL", "A1805IZSGTT6HS", "Netherlands", "eu", "EUR", "Europe/Amsterdam"),
        ("BE", "AMEN7PMS3EDWL", "Belgium", "eu", "EUR", "Europe/Brussels"),
        ("SE", "A2NODRKZP88ZB9", "Sweden", "eu", "SEK", "Europe/Stockholm"),
        ("PL", "A1C3SOZRARQ6R3", "Poland", "eu", "PLN", "Europe/Warsaw"),
        ("TR", "A33AVAJ2PDY3EV", "Turkey", "eu", "TRY", "Europe/Istanbul"),
        ("AE", "A2VIGQ35RCS4UG", "United Arab Emirates", "eu", "AED", "Asia/Dubai"),
        ("SA", "A17E79C6D8DWNP", "Saudi Arabia", "eu", "SAR", "Asia/Riyadh"),
        ("EG", "ARBP9OOSHTCHU", "Egypt", "eu", "EGP", "Africa/Cairo"),
        ("ZA", "AE08WJ6YKNBMC", "South Africa", "eu", "ZAR", "Africa/Johannesburg"),
        ("IN", "A21TJRUUN4KGV", "India", "eu", "INR", "Asia/Kolkata"),
        ("JP", "A1VC38T7YXB528", "Japan", "fe", "JPY", "Asia/Tokyo"),
        ("SG", "A19VAU5U5O7RUS", "Singapore", "fe", "SGD", "Asia/Singapore"),
        ("AU", "A39IBJ37TRP1C6", "Australia", "fe", "AUD", "Australia/Sydney"),
    )
)
BY_COUNTRY = {marketplace.country: marketplace for marketplace in MARKETPLACES}
BY_ID = {marketplace.marketplace_id: marketplace for marketplace in MARKETPLACES}
