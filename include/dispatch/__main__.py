"""The command line; see the docstring of the package."""

import argparse
from pathlib import Path

from include.dispatch import folder
from include.dispatch.stops import NoSchedule
from include.warehouse.restricted import NoKey

parser = argparse.ArgumentParser(prog="python -m include.dispatch", description="Writes files for technicians.")
parser.add_argument("what", choices=("calendar",))
parser.add_argument("folder", type=Path, nargs="?", help="default: SERVICES_CALENDAR_DIR, else calendars/ of the warehouse")
arguments = parser.parse_args()
try:
    print(folder.write(arguments.folder).sentence)
except (NoSchedule, NoKey) as error:
    raise SystemExit(str(error)) from error
