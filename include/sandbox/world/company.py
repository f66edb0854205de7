"""The stores of one service seller, their technicians with habits, and the services that they offer.

Crews grow with demand, so that capacity is neither idle nor exhausted.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from random import Random
from typing import NamedTuple
from uuid import UUID

from include.sandbox.world.marketplaces import BY_COUNTRY, Marketplace

SELLER_ID, PROVIDER_ID = "A2SELLER4LOCAL", "A3PROVIDER4LOCAL"

# fmt: off
FIRST_NAMES = ("Avery", "Blake", "Casey", "Devon", "Emery", "Finley", "Harper", "Jordan", "Kendall", "Logan", "Morgan", "Quinn")
LAST_NAMES = ("Abbott", "Barlow", "Carver", "Dalton", "Easton", "Fowler", "Garner", "Hollis", "Ingram", "Keller", "Norris")

# city, state or region, postal code, country code of the address
CITIES = {
    "US": (("Seattle", "WA", "98101", "US"), ("Portland", "OR", "97201", "US"), ("Fresno", "CA", "93701", "US")),
    "UK": (("Leeds", "West Yorkshire", "LS1 4AP", "GB"), ("Bristol", "Avon", "BS1 5TR", "GB")),
}
# fmt: on
# how technicians arrive: share of technicians, typical delay and spread in minutes, share of visits that never happen
HABITS = {"punctual": (0.55, -3, 7, 0.01), "late": (0.30, 14, 22, 0.03), "unreliable": (0.15, 6, 16, 0.14)}


class Service(NamedTuple):
    """A service; `minutes`: length of an appointment."""

    asin: str
    title: str
    skills: tuple[str, ...]
    minutes: int
    location: str  # IN_HOME, IN_STORE or ONLINE
    kind: str  # default, heavy_bulk or recurring: decides which reason codes are valid
    price: float


SERVICES = (
    Service("B07MOUNT01", "TV wall mounting", ("WALL_MOUNTING", "ELECTRONICS"), 90, "IN_HOME", "default", 129.0),
    Service("B07ASSEM02", "Furniture assembly", ("ASSEMBLY",), 120, "IN_HOME", "heavy_bulk", 99.5),
    Service("B07TIRES03", "Tire installation, set of 4", ("TIRES",), 60, "IN_STORE", "default", 79.99),
    Service("B07APPLI04", "Washer delivery and hookup", ("APPLIANCES", "PLUMBING"), 180, "IN_HOME", "heavy_bulk", 149.0),
    Service("B07LAWNS05", "Lawn care, every two weeks", ("GARDENING",), 60, "IN_HOME", "recurring", 45.0),
    Service("B07SMART06", "Smart home consultation", (), 30, "ONLINE", "default", 0.0),
    Service("B07BIKES07", "Bicycle tune-up", ("BIKES",), 60, "IN_STORE", "default", 64.9),
)


class Technician(NamedTuple):
    """A technician; `habit`: a key of `HABITS`."""

    technician_id: str
    name: str
    habit: str
    skills: frozenset[str]


class Team(NamedTuple):
    """The technicians of a visit; `habit`: that of the first one."""

    technician_ids: tuple[str, ...]
    habit: str


NOBODY = Team((), "punctual")


@dataclass(frozen=True, eq=False)
class Store:
    """A store.

    Attributes:
        opens: Local hour.
        closes: Local hour, up to 24.
        offset_minutes: Minutes after the full hour at which appointments start.
        crew: Appointments at a time.
    """

    number: int
    store_id: str
    marketplace: Marketplace
    time_zone: str
    city: tuple[str, str, str, str]
    opens: int
    closes: int
    closed_weekday: int | None
    offset_minutes: int
    crew: int
    technicians: tuple[Technician, ...]
    services: tuple[Service, ...]

    @cached_property
    def roster(self) -> dict[str, dict[str, str]]:
        """The technicians by identifier, as the API shows them."""
        return {item.technician_id: {"technicianId": item.technician_id, "name": item.name} for item in self.technicians}

    @cached_property
    def teams(self) -> tuple[Team, ...]:
        """The teams that can be sent, repeated by likelihood: one technician, or two in one of seven cases."""
        staff = self.technicians
        singles = tuple(Team((technician.technician_id,), technician.habit) for technician in staff)
        pairs = zip(staff, staff[1:] + staff[:1], strict=True)
        return singles * 6 + tuple(Team((leader.technician_id, helper.technician_id), leader.habit) for leader, helper in pairs)

    def service(self, asin: str) -> Service | None:
        """Return an offered service, or None."""
        return next((service for service in self.services if service.asin == asin), None)


def open_stores(seed: int, countries: tuple[str, ...], stores: int, jobs_per_day: float) -> tuple[Store, ...]:
    """Return the stores of a world."""
    return tuple(_open_store(seed, number, countries[number % len(countries)], jobs_per_day / stores) for number in range(stores))


def _open_store(seed: int, number: int, country: str, jobs_per_day: float) -> Store:
    random = Random(f"{seed}/store/{number}")
    marketplace = BY_COUNTRY[country]
    # a busy day has 1.6 times the average, an appointment takes 90 minutes, a store is open for ten hours
    crew = max(3, ceil(jobs_per_day * 1.6 * 1.5 / 10))
    around_the_clock = number % 5 == 4
    cities = CITIES.get(country) or ((f"{marketplace.name} City", "Central", "10000", country),)
    return Store(
        number=number,
        store_id=str(UUID(int=random.getrandbits(128))),
        marketplace=marketplace,
        # a store whose time zone is not that of its marketplace
        time_zone="America/New_York" if country == "US" and number % 6 == 2 else marketplace.time_zone,
        city=cities[number % len(cities)],
        opens=0 if around_the_clock else 8,
        closes=24 if around_the_clock else 18,
        closed_weekday=None if around_the_clock else 6,
        offset_minutes=30 if number % 3 == 1 else 0,
        crew=crew,
        technicians=tuple(_hire(random, place) for place in range(max(5, ceil(crew * 1.5)))),
        services=tuple(SERVICES[(number + step) % len(SERVICES)] for step in range(5)),
    )


def _hire(random: Random, place: int) -> Technician:
    habit = random.choices(tuple(HABITS), [share for share, *_ in HABITS.values()])[0]
    every_skill = sorted({skill for service in SERVICES for skill in service.skills})
    return Technician(
        technician_id="A1" + "".join(random.choices("0123456789BCDEFGHJKLMNPQRSTUVWXYZ", k=12)),
        name=f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}",
        habit=habit,
        # the first two technicians of a store have all skills, the others lack two
        skills=frozenset(every_skill if place < 2 else random.sample(every_skill, len(every_skill) - 2)),
    )
