"""The stores of one service seller, their technicians with habits, and the services that they offer.

Crews grow with demand, so that capacity is neither idle nor exhausted.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from random import Random
from typing import NamedTuple
from uuid import UUID

from include.sandbox.world import behavior
from include.sandbox.world.marketplaces import BY_COUNTRY, Marketplace
from include.sandbox.world.places import CITIES, City, time_zone

SELLER_ID, PROVIDER_ID = "A2SELLER4LOCAL", "A3PROVIDER4LOCAL"

# fmt: off
FIRST_NAMES = ("Avery", "Blake", "Casey", "Devon", "Emery", "Finley", "Harper", "Jordan", "Kendall", "Logan", "Morgan", "Quinn")
LAST_NAMES = ("Abbott", "Barlow", "Carver", "Dalton", "Easton", "Fowler", "Garner", "Hollis", "Ingram", "Keller", "Norris")
# fmt: on


class Service(NamedTuple):
    """A service; `minutes`: length of an appointment."""

    asin: str
    title: str
    skills: tuple[str, ...]
    minutes: int
    location: str  # IN_HOME, IN_STORE or ONLINE
    kind: str  # default, heavy_bulk or recurring: decides which reason codes are valid
    price: float

    @property
    def scheduling_type(self) -> str:
        """Whether Amazon confirms its appointments at once, as `schedulingType` of its slots says."""
        return "REAL_TIME_SCHEDULING" if self.location != "ONLINE" else "NON_REAL_TIME_SCHEDULING"


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
    """A technician; `habit`: a key of `behavior.HABITS`."""

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
        orders: Orders, as a multiple of another store's.
        is_troubled: Whether it is clearly worse than the others.
        crew: Appointments at a time.
    """

    number: int
    store_id: str
    marketplace: Marketplace
    time_zone: str
    city: City
    opens: int
    closes: int
    closed_weekday: int | None
    offset_minutes: int
    orders: int
    is_troubled: bool
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
    """Return the stores of a world; `countries` in turn, so that one that is named twice has more stores."""
    placed = [countries[number % len(countries)] for number in range(stores)]
    orders = [behavior.AROUND_THE_CLOCK_ORDERS if _is_around_the_clock(number) else 1 for number in range(stores)]
    return tuple(
        _open_store(seed, number, country, placed[:number].count(country), jobs_per_day * orders[number] / sum(orders))
        for number, country in enumerate(placed)
    )


def pool(stores: tuple[Store, ...]) -> tuple[Store, ...]:
    """Return the stores, repeated by their share of orders."""
    return tuple(store for store in stores for _ in range(store.orders))


def _is_around_the_clock(number: int) -> bool:
    return number % 5 == 4


def _open_store(seed: int, number: int, country: str, place: int, jobs_per_day: float) -> Store:
    random = Random(f"{seed}/store/{number}")
    marketplace, city = BY_COUNTRY[country], CITIES[country][place % len(CITIES[country])]
    store_id = str(UUID(int=random.getrandbits(128)))
    is_always_open, is_troubled = _is_around_the_clock(number), number % 8 in behavior.TROUBLED_STORES
    services = tuple(SERVICES[(number + step) % len(SERVICES)] for step in range(5))
    offset_minutes = 30 if number % 3 == 1 else 0
    crew = _crew(jobs_per_day, services, offset_minutes, 7 * 24 if is_always_open else 6 * 10)
    return Store(
        number=number,
        store_id=store_id,
        marketplace=marketplace,
        time_zone=time_zone(city, marketplace),
        city=city,
        opens=0 if is_always_open else 8,
        closes=24 if is_always_open else 18,
        closed_weekday=None if is_always_open else 6,
        offset_minutes=offset_minutes,
        orders=behavior.AROUND_THE_CLOCK_ORDERS if is_always_open else 1,
        is_troubled=is_troubled,
        crew=crew,
        technicians=tuple(_hire(random, number, hired, is_troubled) for hired in range(max(5, ceil(crew * 1.5)))),
        services=services,
    )


def _crew(jobs_per_day: float, services: tuple[Service, ...], offset_minutes: int, open_hours: int) -> int:
    """Return the crew whose utilization is nearest to the target; an appointment takes every hour that it overlaps."""
    hours = sum(ceil((offset_minutes % 60 + service.minutes) / 60) for service in services) / len(services)
    needed = 7 * jobs_per_day * behavior.TAKES_CAPACITY * hours / open_hours
    fewer = max(2, floor(needed / behavior.TARGET_UTILIZATION))
    return min((fewer, fewer + 1), key=lambda crew: abs(needed / crew - behavior.TARGET_UTILIZATION))


def _hire(random: Random, store: int, place: int, is_troubled: bool) -> Technician:
    roster = behavior.TROUBLED_ROSTER if is_troubled else behavior.HEALTHY_ROSTER
    every_skill = sorted({skill for service in SERVICES for skill in service.skills})
    return Technician(
        technician_id="A1" + "".join(random.choices("0123456789BCDEFGHJKLMNPQRSTUVWXYZ", k=12)),
        name=f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}",
        habit=roster[(3 * store + place) % len(roster)],
        # the first two technicians of a store have all skills, the others lack two
        skills=frozenset(every_skill if place < 2 else random.sample(every_skill, len(every_skill) - 2)),
    )
