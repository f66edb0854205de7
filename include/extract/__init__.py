"""Reads the Services API into load packages: window -> pages -> details -> Arrow batches -> Parquet, with dlt.

A service job has no update time, so no field of the data can be the cursor. The cursor is the requested window
(`include.warehouse.loading.windows`), and a window is complete only when its listing is proven complete (`listing`). Personal
data of buyers is removed here: no file that this package writes holds it (`privacy`, `include.warehouse.api_fields`).

    runs.py          the entry points for tasks
    leftovers.py     reads what earlier runs could not read
    plan.py          chooses windows: the hour of a schedule, or a long range in pieces
    shortened.py     remembers scheduled windows that ended early
    backfill.py      the parameters of a backfill, and an estimate of its cost
    progress.py      how far a backfill has come
    listing.py       lists all jobs of a window and proves that none is missing
    details.py       fetches details of many jobs in parallel
    jobs.py          the jobs of a window: list, details, rows
    snapshots.py     reads slots and capacity target by target: slots.py, capacity.py, targets.py
    reader.py        reads payloads by the declared fields, and reports all others; fast_decode.py: the fast path
    records.py       rows and Arrow schemas
    packaging.py     extracts one window with dlt into one load package
"""

import os

# dlt: no telemetry, and no look into Airflow's Variables for its settings (it would start Airflow to do so)
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("PROVIDERS__ENABLE_AIRFLOW_SECRETS", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "WARNING")
