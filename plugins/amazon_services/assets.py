"""The assets by which the DAGs know of each other, and the pool that keeps their writers apart: names in one place."""

from airflow.sdk import Asset

JOBS_LOADED = Asset("amazon_services_jobs_loaded")
AVAILABILITY_LOADED = Asset("amazon_services_availability_loaded")
WAREHOUSE_PUBLISHED = Asset("amazon_services_warehouse_published")

# one slot: a DuckDB file has one writer
WRITER_POOL = "services_warehouse_writer"
