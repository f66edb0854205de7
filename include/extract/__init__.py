"""From the Services API to load packages: window -> pages -> details -> Arrow batches -> Parquet, by dlt.

A service job has no update time, so nothing in the data can serve as a cursor: the window that was asked for is the
cursor (`include.warehouse.loading.windows`), and a window is done only when it is proven complete (`listing`). Personal data of
buyers ends here: what this package writes to disk does not hold it (`privacy`, `model`).

    runs.py          what a task can ask for
    leftovers.py     what earlier runs have left unread
    plan.py          which windows: an hour of a schedule, a long range cut into pieces
    backfill.py      what a backfill may ask for, and what it would cost
    progress.py      how far a backfill is, on disk and in words
    listing.py       all jobs of a window, with the proof that none is missing
    details.py       details of many jobs at once
    jobs.py          jobs of a window: list, details, rows
    snapshots.py     what lies ahead, target by target: slots.py, capacity.py
    model.py         the fields that are known, their types, and which are personal
    reader.py        reads a payload by that model: tolerant, nothing dropped unseen
    records.py       rows and Arrow schemas
    packaging.py     the dlt pipeline that turns one window into one load package
"""

import os

# dlt: no telemetry, and no look into Airflow's Variables for its settings (it would start Airflow to do so)
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("PROVIDERS__ENABLE_AIRFLOW_SECRETS", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "WARNING")
