"""Reads names and addresses of the places of service, in installations that keep personal data."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from include.dispatch.stops import JobKey
from include.warehouse import paths, restricted

CONTACTS = f"""
    select
        {", ".join(restricted.KEY)}, coalesce(nullif(recipient_name, ''), buyer_name),
        address_line_1, address_line_2, address_line_3
    from {restricted.TABLE}
    semi join wanted using ({", ".join(restricted.KEY)})
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is to be visited, and the lines of the street address."""

    name: str = ""
    address_lines: tuple[str, ...] = ()


def read(jobs: Iterable[JobKey]) -> dict[JobKey, Contact]:
    """Read the contacts of jobs. Without `SERVICES_PERSONAL_DATA=keep` there are none.

    Raises:
        NoKey: The key of the personal data is missing or wrong.
    """
    if not restricted.is_kept() or not paths.restricted_database().exists():
        return {}
    wanted = pa.table(
        [pa.array(column, pa.string()) for column in zip(*sorted(set(jobs)), strict=True)] or [pa.array([], pa.string())] * 3,
        names=list(restricted.KEY),
    )
    with restricted.opened(read_only=True) as vault:
        vault.register("wanted", wanted)
        rows = vault.execute(CONTACTS).fetchall()
    return {(account, place, job): Contact(name or "", tuple(filter(None, lines))) for account, place, job, name, *lines in rows}
