"""The time zone of a store, in which its local hours are meant."""

import logging
from functools import cache
from zoneinfo import ZoneInfo

from include.services_api.errors import InvalidParameter
from include.warehouse import database, paths
from include.writes import guide

log = logging.getLogger(__name__)


def zone_of(account: str, marketplace_id: str, store_id: str) -> ZoneInfo:
    """Return the time zone of a store: that of the published `dim_store`, or its marketplace's if the store is not there yet.

    Raises:
        InvalidParameter: Neither is known.
    """
    name = _published(account, marketplace_id).get(store_id)
    if name is None:
        name = guide.time_zone(marketplace_id)
        log.warning("%s is not in marts.dim_store: its hours are taken as those of its marketplace, %s.", store_id, name)
    if name is None:
        raise InvalidParameter(f"the time zone of {store_id} is not known: give time_zone. Nothing was sent.")
    return ZoneInfo(name)


def _published(account: str, marketplace_id: str) -> dict[str, str]:
    file = paths.published_database()
    if not file.exists():
        return {}
    # a new publication replaces the file
    return _read(account, marketplace_id, str(file), file.stat().st_mtime_ns)


@cache
def _read(account: str, marketplace_id: str, file: str, _changed_at: int) -> dict[str, str]:
    with database.connect(paths.published_database(), read_only=True) as connection:
        zones = connection.execute(
            "select store_id, time_zone from marts.dim_store where account = ? and marketplace_id = ?", [account, marketplace_id]
        ).fetchall()
    return {store_id: name for store_id, name in zones if name}
