"""The stores, services and jobs whose availability is read: from the published warehouse, and from the connection.

The published file is read because it is never locked. Before the first publication only the connection counts.
"""

from dataclasses import dataclass

from include.services_api import Account
from include.warehouse import database, paths

SEEN_IN_DAYS = 90


@dataclass(frozen=True)
class Targets:
    """The targets of one marketplace: `services` are pairs of store id and ASIN, `resources` store ids, `jobs` job ids."""

    services: tuple[tuple[str, str], ...]
    resources: tuple[str, ...]
    jobs: tuple[str, ...]


def targets(account: Account, marketplace_id: str) -> Targets:
    """The targets of an account in a marketplace: stores of jobs of the last `SEEN_IN_DAYS` days, and the connection's."""
    published, waiting = _published(account.name, marketplace_id)
    services = {(store, asin) for store, asin in published if asin} | {
        (store, asin) for store in account.store_ids for asin in account.asins
    }
    resources = {store for store, _ in published} | set(account.store_ids) | set(account.resource_ids)
    return Targets(tuple(sorted(services)), tuple(sorted(resources)), waiting)


def _published(account: str, marketplace_id: str) -> tuple[list[tuple[str, str | None]], tuple[str, ...]]:
    """Pairs of store and ASIN, and jobs that wait to be scheduled."""
    if not paths.published_database().exists():
        return [], ()
    filters = {"account": account, "marketplace_id": marketplace_id}
    with database.connect(paths.published_database(), read_only=True) as published:
        services = published.execute(
            """
            select distinct store_id, asin
            from marts.fct_service_jobs
            where account = $account and marketplace_id = $marketplace_id and store_id is not null
              and created_at >= (select max(created_at) from marts.fct_service_jobs) - to_days($days)
            """,
            filters | {"days": SEEN_IN_DAYS},
        ).fetchall()
        jobs = published.execute(
            """
            select service_job_id
            from marts.fct_service_jobs
            where account = $account and marketplace_id = $marketplace_id and job_status = 'PENDING_SCHEDULE'
            order by service_job_id
            """,
            filters,
        ).fetchall()
        return services, tuple(job_id for (job_id,) in jobs)
