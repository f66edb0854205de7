"""The tiles of the page by name."""

from dataclasses import asdict

from include.dashboard import ahead, definitions, headline, hours, morning, parties, pipeline, ranking, revenue, schedule, trend
from include.dashboard.context import QueryContext, today
from include.dashboard.filters import Filters
from include.warehouse import database, measures, paths


class NothingPublished(Exception):
    """There is no published file yet."""


def choices(context: QueryContext) -> dict:
    """The values of the filters, the definitions of figures, the date up to which all jobs are known, and whether it is empty."""
    return {
        "accounts": context.rows(
            "select distinct account from ops.freshness union select account from marts.dim_store order by all"
        ),
        "marketplaces": context.rows("""
            select marketplace_id, any_value(name) as name
            from marts.dim_marketplace semi join marts.dim_store using (marketplace_id) group by all order by name
        """),
        "stores": context.rows("""
            select account, marketplace_id, store_id, store_name from marts.dim_store
            where store_id is not null order by store_name, account, marketplace_id, store_id
        """),
        "services": context.rows(
            "select asin, any_value(service_title) as service_title from marts.dim_service group by all order by all"
        ),
        "rates": {name: asdict(rate) for name, rate in measures.rates().items()},
        "definitions": definitions.definitions(),
        "period": context.period.as_json(),
        "today": context.today.isoformat(),
        "published": context.row("""
            select max(published_at) as published_at, max_by(as_of, published_at) as as_of from ops.publications
        """),
        "is_empty": not context.row("select exists (from marts.fct_service_jobs) as filled")["filled"],
    }


TILES = {
    "choices": choices,
    "headline": headline.headline,
    "parties": parties.parties,
    "revenue": revenue.revenue,
    "ahead": ahead.ahead,
    "trend": trend.trend,
    "breaks": trend.breaks,
    "technicians": ranking.technicians,
    "stores": ranking.stores,
    "hours": hours.hours,
    "morning": morning.morning,
    "schedule": schedule.schedule,
    "pipeline": pipeline.pipeline,
    "quality": pipeline.quality,
}


def answer(tile: str, filters: Filters) -> dict:
    """Compute one tile from the published file.

    Args:
        tile: A key of `TILES`.
        filters: What the reader has chosen.

    Returns:
        Its figures, in JSON types.

    Raises:
        KeyError: There is no such tile.
        NothingPublished: There is no published file yet.
    """
    compute = TILES[tile]
    published = paths.published_database()
    if not published.exists():
        raise NothingPublished(f"{published} does not exist yet.")
    with database.connect(published, read_only=True) as connection:
        return compute(QueryContext(connection, filters, today(connection)))
