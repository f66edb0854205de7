"""The weeks of scorecards. A week is settled (`agg_account_weekly.is_settled`) when only late proofs change its figures."""

from dataclasses import dataclass
from datetime import date, timedelta

from include.dashboard.context import QueryContext, today
from include.dashboard.filters import Filters
from include.dashboard.tiles import NothingPublished
from include.warehouse import database, paths


@dataclass(frozen=True)
class Week:
    """A week of one account and marketplace, or of all of them.

    Attributes:
        start: Its Monday.
        account: None for all accounts.
        marketplace: Id of the marketplace; None for all marketplaces.
        country: Name of the marketplace.
        is_settled: Whether only late proofs change its figures.
    """

    start: date
    account: str | None = None
    marketplace: str | None = None
    country: str | None = None
    is_settled: bool = True

    @property
    def end(self) -> date:
        """Its Sunday."""
        return self.start + timedelta(days=6)

    def as_json(self) -> dict[str, str | None]:
        """A settled week of an account and marketplace in JSON types."""
        return {
            "start": self.start.isoformat(),
            "account": self.account,
            "marketplace": self.marketplace,
            "country": self.country,
        }

    @classmethod
    def from_json(cls, week: dict) -> "Week":
        """The week that `as_json` describes."""
        return cls(date.fromisoformat(week["start"]), week["account"], week["marketplace"], week["country"])


def newest_of_each() -> list[tuple[str, str, Week | None]]:
    """Each account and marketplace with jobs, and its newest settled week, None if there is none yet.

    Raises:
        NothingPublished: There is no published file yet.
    """
    found = _rows("""
        select account, marketplace_id, any_value(marketplaces.name) as country,
            max(week_start_date) filter (is_settled) as start
        from marts.agg_account_weekly as weeks
        left join marts.dim_marketplace as marketplaces using (marketplace_id)
        where marketplace_id is not null
        group by account, marketplace_id order by account, marketplace_id
    """)
    return [(row["account"], row["marketplace_id"], _week(row) if row["start"] else None) for row in found]


def newest_of_all(account: str | None = None) -> Week:
    """The newest week that is settled in every marketplace with figures in it; the last whole week if none is settled.

    Args:
        account: One account; all of them by default.

    Raises:
        NothingPublished: There is no published file yet.
    """
    [row] = _rows(
        """
        with weeks as (
            select week_start_date, bool_and(is_settled) as is_settled
            from marts.agg_account_weekly where account = coalesce($account, account) group by all
        )
        select max(week_start_date) filter (is_settled) as start, $account as account from weeks
        """,
        account,
    )
    return _week(row) if row["start"] else Week(_last_whole_week(), account, is_settled=False)


def _week(row: dict) -> Week:
    return Week(date.fromisoformat(row["start"]), row["account"], row.get("marketplace_id"), row.get("country"))


def _last_whole_week() -> date:
    with database.connect(paths.published_database(), read_only=True) as connection:
        known = today(connection)
    return known - timedelta(days=known.weekday() + 7)


def _rows(sql: str, account: str | None = None) -> list[dict]:
    published = paths.published_database()
    if not published.exists():
        raise NothingPublished(f"{published} does not exist yet.")
    with database.connect(published, read_only=True) as connection:
        return QueryContext(connection, Filters(account=account), today(connection)).rows(sql)
