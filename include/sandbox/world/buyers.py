"""Buyers: a pool of households, each a pure function of its number. All of it is personal data."""

from functools import lru_cache
from typing import NamedTuple

HOUSEHOLDS = 5_000
# fmt: off
FIRST_NAMES = (
    "Ilse", "Zoë", "Tomás", "Anneke", "Björn", "Chiara", "Dénes", "Edda",
    "Fatima", "Giorgos", "Hélène", "Ingrid", "Jürgen", "Karin", "Leïla", "Mirela",
)
LAST_NAMES = (
    "Brightwater", "Czernik", "Delacroix", "Eichhorn", "Fjellstad", "Gwynedd",
    "Hawksmoor", "Ivanková", "Juhász", "Kowalczyk", "Løvland", "Mäkinen",
)
STREETS = (
    "Juniper Hollow Lane", "Old Quarry Road", "Saltmarsh Crescent", "Windlass Court",
    "Pear Orchard Drive", "Lantern Hill Way", "Coopersmith Row",
)
# fmt: on


class Buyer(NamedTuple):
    """A buyer and the address of the household."""

    buyer_id: str
    name: str
    phone: str
    street_lines: tuple[str, ...]
    is_prime: bool


@lru_cache(maxsize=HOUSEHOLDS)
def buyer(number: int) -> Buyer:
    """Return the buyer with this number."""
    name = f"{FIRST_NAMES[number % 16]} {LAST_NAMES[number // 16 % 12]}"
    street = f"{100 + number} {STREETS[number % 7]}"
    return Buyer(
        buyer_id=f"A9BUYER{number:05d}X",
        name=name,
        phone=f"+1555{number:07d}",
        street_lines=(street, f"Apartment {number % 40 + 1}B-{number}") if number % 3 == 0 else (street,),
        is_prime=number % 5 < 3,
    )


def buyer_of(dice: memoryview) -> Buyer:
    """Return the buyer of the job with these dice."""
    return buyer(dice[-1] % HOUSEHOLDS)
