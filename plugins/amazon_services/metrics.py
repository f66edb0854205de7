"""Every request as Airflow metrics: how many by status, how long they took, how long they waited for the rate budget."""

from datetime import timedelta

from airflow.sdk.observability import stats

from include.services_api import Observation


def observe(seen: Observation) -> None:
    """`amazon_services.requests`, `.duration`, `.waited`, `.bytes`, tagged with account, operation and status."""
    tags = {"account": seen.account, "operation": seen.operation, "status": str(seen.status or "none")}
    stats.incr("amazon_services.requests", tags=tags)
    stats.incr("amazon_services.bytes", seen.size, tags=tags)
    stats.timing("amazon_services.duration", timedelta(seconds=seen.duration_seconds), tags=tags)
    stats.timing("amazon_services.waited", timedelta(seconds=seen.waited_seconds), tags=tags)
