"""One reading of a range, and loading it: the process that `test_kills` kills.

python -m tests.end_to_end.reading URL START END      exits with 0 when every window of the range is read and loaded
"""

import sys
from datetime import datetime

from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database
from include.warehouse.loading.load import load_packages
from tests.local_api import MARKETPLACES, LocalApi


def main(url: str, start: str, end: str) -> None:
    with ServicesClient(LocalApi(url).account(marketplace_ids=MARKETPLACES)) as client:
        try:
            runs.backfill(client, Backfill.from_params({"start": start, "end": end}), datetime.fromisoformat(end), "kills")
        finally:
            with database.connect() as connection:
                load_packages(connection)


if __name__ == "__main__":
    main(*sys.argv[1:])
