"""The rules that every aggregate of appointments shares: its rates follow from its counts, and its counts from each other."""

from collections.abc import Sequence

from great_expectations.expectations.expectation import Expectation

from include.quality.rules import grain, never, stop
from include.warehouse import measures

RATES = ("on_time_rate", "window_completion_rate", "no_show_rate", "missed_rate", "proof_coverage", "verified_on_time_rate")


def figures(prefix: str, key: Sequence[str], *, nullable: Sequence[str] = ()) -> list[Expectation]:
    defined = measures.rates()
    wrong_rates = " or ".join(
        f"abs({name} - {rate.part} / {rate.whole}) > 1e-9 or ({name} is null) <> ({rate.whole} = 0)"
        for name, rate in ((name, defined[name]) for name in RATES)
    )
    return [
        *grain(prefix, key, nullable=nullable),
        stop(f"{prefix}_rate_wrong", "A rate is a count over the appointments that it is about, and unknown without any.",
             never(key, wrong_rates)),
        stop(f"{prefix}_count_impossible", "Of the appointments some are scored, and of these some are on time or missed.",
             never(key, "not coalesce(least(on_time, completed_in_window, no_shows, missed, unproven, awaiting_proof, "
                        "verified_on_time, minutes_on_site) >= 0 "
                        "and greatest(scored, window_scored, missed_known) <= appointments "
                        "and on_time + no_shows <= scored and completed_in_window + no_shows <= window_scored "
                        "and no_shows <= missed and missed + serviced <= missed_known "
                        "and provable = serviced + unproven + no_shows and provable + awaiting_proof <= appointments "
                        "and verified_on_time + no_shows <= verified_scored and verified_scored <= serviced + no_shows, false)")),
    ]  # fmt: skip
