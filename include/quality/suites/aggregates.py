"""The rules that every aggregate of appointments shares: its rates follow from its counts, and its counts from each other."""

from collections.abc import Sequence

from great_expectations.expectations.expectation import Expectation

from include.quality.rules import grain, never, stop
from include.warehouse import measures

RATES = ("on_time_rate", "window_completion_rate", "no_show_rate")


def figures(prefix: str, key: Sequence[str], *, nullable: Sequence[str] = ()) -> list[Expectation]:
    defined = measures.rates()
    wrong_rates = " or ".join(
        f"abs({name} - {rate.part} / {rate.whole}) > 1e-9 or ({name} is null) <> ({rate.whole} = 0)"
        for name, rate in ((name, defined[name]) for name in RATES)
    )
    return [
        *grain(prefix, key, nullable=nullable),
        stop(f"{prefix}_rate_wrong", "A rate is its count over the scored appointments, and unknown where none was scored.",
             never(key, wrong_rates)),
        stop(f"{prefix}_count_impossible", "Of the appointments some are scored, and of these some are on time or missed.",
             never(key, "not coalesce(on_time >= 0 and completed_in_window >= 0 and no_shows >= 0 and minutes_on_site >= 0 "
                        "and scored <= appointments and greatest(on_time, completed_in_window) + no_shows <= scored, false)")),
    ]  # fmt: skip
