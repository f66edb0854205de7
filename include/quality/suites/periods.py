"""The rules that every history shares: each version has a period, and the newest one is current."""

from collections.abc import Sequence

from great_expectations.expectations.expectation import Expectation

from include.quality.rules import grain, never, no_rows, stop


def periods(prefix: str, subject: Sequence[str]) -> list[Expectation]:
    """`subject` are the columns of what has the history, such as a job."""
    key = (*subject, "valid_from")
    columns = ", ".join(subject)
    overlapping = f"""
        select {columns}, valid_from
        from (select *, lead(valid_from) over (partition by {columns} order by valid_from) as next_from from {{batch}})
        where next_from < valid_to or (next_from is not null and valid_to is null)
    """
    return [
        *grain(prefix, key),
        stop(f"{prefix}_period_invalid", "A period ends after it starts, and only the current one has no end.",
             never(key, "valid_to <= valid_from or is_current is distinct from (valid_to is null)")),
        stop(f"{prefix}_periods_overlap", "A period ends before the next one starts.", no_rows(overlapping)),
    ]  # fmt: skip
