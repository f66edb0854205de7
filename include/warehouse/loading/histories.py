"""How each table of `raw` keeps its history: what a row is about, and which columns make a new version of it."""

from dataclasses import dataclass

from include.warehouse.loading.package import Package


@dataclass(frozen=True)
class Snapshots:
    """Responses that are complete for a range: what lies in the range and is not in the response has vanished.

    Attributes:
        table: The table of packages with the ranges that were read.
        scope: The columns that identify what a range was read of.
        start: The column that is not before the start of the range.
        end: The column that is not after its end.
        is_start_outside: Whether what has the start of the range in that column is not in the response.
    """

    table: str
    scope: tuple[str, ...]
    start: str
    end: str
    is_start_outside: bool = False


@dataclass(frozen=True)
class History:
    """How one table of `raw` keeps history.

    Attributes:
        table: Its name, the same in packages and in `raw`.
        key: The columns that identify what a row is about.
        content: The columns that make it a new version when they change; all null when it has vanished.
        snapshots: How its snapshots are recorded, if it has any.
    """

    table: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    snapshots: Snapshots | None = None

    def is_in(self, package: Package) -> bool:
        """Whether a package has observations or snapshots of this table."""
        return bool(package.files(self.table) or (self.snapshots and package.files(self.snapshots.table)))


_SLOT = ("slot_start_at", "slot_end_at")
HISTORIES = (
    History("service_jobs", ("account", "service_job_id"), ("content_hash",)),
    History(
        "appointment_slots",
        ("account", "marketplace_id", "store_id", "asin", *_SLOT),
        ("capacity", "scheduling_type"),
        Snapshots("appointment_slot_snapshots", ("account", "marketplace_id", "store_id", "asin"), *_SLOT),
    ),
    History(
        "job_appointment_slots",
        ("account", "marketplace_id", "service_job_id", *_SLOT),
        ("capacity", "scheduling_type"),
        Snapshots("job_appointment_slot_snapshots", ("account", "marketplace_id", "service_job_id"), *_SLOT),
    ),
    History(
        "resource_capacity",
        ("account", "marketplace_id", "resource_id", "slot_start_at", "slot_minutes"),
        ("scheduled_capacity", "available_capacity", "encumbered_capacity", "reserved_capacity"),
    ),
    # the end identifies a range of capacity: its start moves with the present
    History(
        "resource_capacity_ranges",
        ("account", "marketplace_id", "resource_id", "capacity_type", "range_end_at"),
        ("capacity", "range_start_at"),
        # a range that ends where a reading starts is over: it keeps its last version
        Snapshots(
            "resource_capacity_range_snapshots", ("account", "marketplace_id", "resource_id"), "range_end_at", "range_end_at",
            is_start_outside=True,
        ),
    ),
)  # fmt: skip
