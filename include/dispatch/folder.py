"""Writes the files of all technicians into one folder, where readers find each of them whole."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from include.dispatch import calendar_file, contacts, stop_table, stops
from include.dispatch.stops import Technician
from include.warehouse import ownership, paths, restricted

ODD = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST_ID = 60
# of the owner alone where names and addresses are in the files
PRIVATE, SHARED = 0o600, 0o644


@dataclass(frozen=True)
class Written:
    """How many technicians and stops there are, and how many files were written, left as they were, and removed."""

    technicians: int
    stops: int
    written: int
    unchanged: int
    removed: int

    @property
    def sentence(self) -> str:
        """The counts in words."""
        return (
            f"Technicians: {self.technicians:,}, stops: {self.stops:,}. Files written: {self.written:,}, unchanged: "
            f"{self.unchanged:,}, removed: {self.removed:,}."
        )


def write(folder: Path | None = None) -> Written:
    """Write a calendar and a table for each technician with stops, and remove those of all others.

    Args:
        folder: By default `paths.calendars_dir()`. Files in it that this function did not write stay.

    Raises:
        NoSchedule: The published file has no schedule.
        NoKey: The key of the personal data is missing or wrong.
    """
    folder = folder or paths.calendars_dir()
    folder.mkdir(parents=True, exist_ok=True)
    # two runs at once would take each other's unfinished files for leftovers
    with FileLock(folder / ".calendars.lock"):
        schedule = stops.read()
        of_jobs = contacts.read(stop.job for of_one in schedule.stops.values() for stop in of_one)
        is_kept, written = restricted.is_kept(), 0
        current: set[str] = set()
        for technician, of_one in schedule.stops.items():
            name = file_name(technician)
            content = {
                f"{name}.ics": calendar_file.render(technician, schedule, of_jobs),
                f"{name}.csv": stop_table.render(of_one, of_jobs if is_kept else None),
            }
            current.update(content)
            written += sum(_replace(folder / file, text, PRIVATE if is_kept else SHARED) for file, text in content.items())
        old = [file for file in paths.calendar_files(folder) if file.name not in current]
        for file in old:
            ownership.remove(file)
    count = sum(map(len, schedule.stops.values()))
    return Written(len(schedule.stops), count, written, len(current) - written, len(old))


def file_name(technician: Technician) -> str:
    """Return the name of a technician's files, without its ending: it is valid everywhere, and never changes.

    The hash tells apart ids that differ only in odd characters, in case, or in their account.
    """
    readable = ODD.sub("-", technician.technician_id)[:LONGEST_ID].strip("-") or "x"
    return f"technician-{readable}-{calendar_file.digest(technician.account, technician.technician_id, size=6)}"


def _replace(file: Path, content: bytes, mode: int) -> bool:
    """Replace a file at once if its content or its permissions change; return whether they did.

    Nothing is synced to the disk: the next run repairs a file that was lost in a crash of the machine.
    """
    try:
        if file.stat().st_mode & 0o777 == mode and file.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as handle:
        os.fchmod(descriptor, mode)
        handle.write(content)
    partial.replace(file)
    return True
