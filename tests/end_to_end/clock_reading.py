"""One reading by the clock of the process, and loading it: the process whose clock `test_clocks` sets.

python -m tests.end_to_end.clock_reading URL hour              the hour that ends now
python -m tests.end_to_end.clock_reading URL days COUNT        a backfill of so many days
python -m tests.end_to_end.clock_reading URL jobs ID...        a backfill of these jobs
"""

import sys
from datetime import UTC, datetime, timedelta

from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database
from include.warehouse.loading.load import load_packages
from tests.end_to_end.shifted_clock import sleep_by_duration
from tests.local_api import MARKETPLACES, LocalApi


def main(url: str, kind: str, *about: str) -> None:
    sleep_by_duration()
    now = datetime.now(UTC)
    with ServicesClient(LocalApi(url).account(marketplace_ids=MARKETPLACES)) as client:
        try:
            if kind == "hour":
                runs.scheduled_jobs(client, now - timedelta(hours=1), now, "hour")
            elif kind == "days":
                # the same range whenever it is asked for: it ends at the API's clock
                start = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=int(about[0]))
                params = {"start": start.isoformat(), "end": "2030-01-01T00:00:00Z"}
                runs.backfill(client, Backfill.from_params(params), now, "days")
            else:
                runs.backfill(client, Backfill.from_params({"job_ids": list(about)}), now, "jobs")
        finally:
            with database.connect() as connection:
                load_packages(connection)


if __name__ == "__main__":
    main(*sys.argv[1:])
