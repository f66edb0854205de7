"""Airflow metrics for requests: count, size, duration and wait for the rate budget."""

from datetime import timedelta

from airflow.sdk.observability import stats

from include.services_api import Observation


def observe(request: Observation) -> None:
    """Send `amazon_services.requests`, `.duration`, `.waited` and `.bytes`, tagged with account, operation and status."""
    tags = {"account": request.account, "operation": request.operation, "status": str(request.status or "none")}
    stats.incr("amazon_services.requests", tags=tags)
    stats.incr("amazon_services.bytes", request.size, tags=tags)
    stats.timing("amazon_services.duration", timedelta(seconds=request.duration_seconds), tags=tags)
    stats.timing("amazon_services.waited", timedelta(seconds=request.waited_seconds), tags=tags)
