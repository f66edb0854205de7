"""A month of hours that goes on where it was interrupted: each day's end is kept as a whole, or not at all."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.end_to_end.hourly import BEGIN, disturb, past_windows
from tests.end_to_end.truth import Reading, scheduled
from tests.local_api import LocalApi


@dataclass
class Month:
    """What is known at the end of a day.

    Attributes:
        folder: Where it is kept.
        readings: The readings so far, the backfill's first.
        costs: Seconds of processor of each hour.
        sizes: Size of the warehouse at the end of each day.
    """

    folder: Path
    readings: list[Reading] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    sizes: list[dict[str, int]] = field(default_factory=list)

    @classmethod
    def in_folder(cls, folder: Path) -> "Month":
        """The month as it was kept last, or a new one."""
        month = cls(folder)
        if month.kept.exists():
            content = json.loads((month.kept / "month.json").read_text())
            month.costs, month.sizes = content["costs"], content["sizes"]
            month.readings = [Reading(moment, *map(datetime.fromisoformat, wall)) for moment, *wall in content["readings"]]
        return month

    @property
    def kept(self) -> Path:
        return self.folder / "kept"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    @property
    def first_day(self) -> Path:
        return self.folder / "first_day"

    def keep(self, api: LocalApi) -> None:
        """Keep the day that has ended, with what the local API knows of it."""
        new, old = self.folder / "new", self.folder / "old"
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.warehouse, new / "warehouse")
        readings = [(reading.moment, reading.began.isoformat(), reading.ended.isoformat()) for reading in self.readings]
        content = {"readings": readings, "costs": self.costs, "sizes": self.sizes}
        (new / "month.json").write_text(json.dumps(content))
        (new / "flaws.json").write_text(json.dumps(api.control("GET", "flaws")))
        if not self.first_day.exists():
            shutil.copytree(self.warehouse, self.first_day)
        if self.kept.exists():
            self.kept.replace(old)
        new.replace(self.kept)

    def restore(self, api: LocalApi) -> None:
        """Bring the warehouse and a local API at its beginning to the end of the last day."""
        shutil.rmtree(self.warehouse, ignore_errors=True)
        shutil.copytree(self.kept / "warehouse", self.warehouse)
        api.control("PUT", "flaws", json.loads((self.kept / "flaws.json").read_text()))
        past, *hours_read = self.readings
        note(api, past, past_windows(BEGIN), availability=False)
        disturb(api)
        for reading in hours_read:
            note(api, reading, [scheduled(datetime.fromisoformat(reading.moment))], availability=True)


def note(api: LocalApi, reading: Reading, windows: list[list[str]], availability: bool) -> None:
    """Tell the local API of a reading again."""
    api.control("POST", "clock", {"now": reading.moment})
    received = {"received": reading.ended.isoformat()}
    api.control("POST", "reading", {"availability": availability, "windows": windows, **received})
