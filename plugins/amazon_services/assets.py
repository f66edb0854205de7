"""Names of the assets that connect the DAGs, and of the pool for tasks that write to the warehouse."""

from airflow.sdk import Asset

JOBS_LOADED = Asset("amazon_services_jobs_loaded")
AVAILABILITY_LOADED = Asset("amazon_services_availability_loaded")
WAREHOUSE_PUBLISHED = Asset("amazon_services_warehouse_published")

# one slot: a DuckDB file has one writer
WRITER_POOL = "services_warehouse_writer"
