"""How the company, its customers and its technicians behave: every rate and delay of the generated world.

The company is healthy: most visits are on time and proven, few are cancelled or moved. A few stores and technicians are clearly
worse. Shares are from 0 to 1, and times in seconds unless a name says otherwise.
"""

from typing import NamedTuple

from include.sandbox.world.times import DAY, HOUR, MINUTE


class Habit(NamedTuple):
    """How a technician works.

    Attributes:
        delay_minutes: Typical arrival after the scheduled start.
        spread_minutes: Deviation from it.
        absent: Share of visits that never happen.
        uploads: Whether proofs of appointment are ever uploaded.
    """

    delay_minutes: int
    spread_minutes: int
    absent: float
    uploads: bool = True


HABITS = {
    "punctual": Habit(-3, 10, 0.008),
    "relaxed": Habit(5, 13, 0.012),
    "late": Habit(16, 20, 0.03),
    "unreliable": Habit(9, 18, 0.2),
    "silent": Habit(-2, 10, 0.008, uploads=False),
}
# the habits of a store's technicians in turn; about one technician in ten is silent
HEALTHY_ROSTER = (
    "punctual", "relaxed", "punctual", "relaxed", "punctual", "silent", "relaxed", "punctual", "late", "punctual",
)  # fmt: skip
TROUBLED_ROSTER = ("relaxed", "late", "unreliable", "silent", "late")
TROUBLED_STORES = (3, 5)  # of eight

# the share of capacity that appointments take, at which crews are sized, and the share of jobs that take any
TARGET_UTILIZATION, TAKES_CAPACITY = 0.6, 0.92
# times as many orders go to a store that is open around the clock
AROUND_THE_CLOCK_ORDERS = 2

# orders: shares of all jobs
PAYMENT_DECLINED, HELD, HELD_FOR_GOOD, ENDED_UNBOOKED, NEVER_BOOKED = 0.01, 0.02, 0.004, 0.02, 0.012
HAS_PREFERRED_TIMES, HAS_ITEMS, BOOKED_AT_ONCE, BOOKED_AS_PREFERRED, ASSIGNED = 0.6, 0.6, 0.35, 0.6, 0.96

# the chance that an appointment is moved, moved again, and a third time; that a booked job ends, and that it is cancelled then
MOVED_AGAIN = (0.08, 0.25, 0.25)
ENDED_BOOKED, ENDS_CANCELLED = 0.05, 0.75
# of moved and cancelled appointments: before the scheduled time, and within it; the others afterwards
BEFORE_WINDOW, WITHIN_WINDOW = 0.76, 0.12
LONGEST_AFTER_WINDOW = 30 * HOUR
# of moves and cancellations: written by this seller, with a reason code
BY_SELLER = 0.5
# of jobs that end without a visit: the appointment stays ACTIVE
LEFT_ACTIVE = {"CANCELLED": 0.2, "NOT_FULFILLABLE": 0.6}

# what follows a missed visit: moved, NOT_FULFILLABLE, cancelled; else nothing. In a troubled store most are left alone.
AFTER_MISSED, AFTER_MISSED_IN_TROUBLE = (0.4, 0.2, 0.1), (0.15, 0.15, 0.05)

# proofs: share of visits up to which the upload takes from so long to so long after the visit
PROOF_DELAYS = (
    (0.74, 2 * MINUTE, 40 * MINUTE),
    (0.87, 40 * MINUTE, 7 * HOUR),
    (0.93, 12 * HOUR, 16 * HOUR),
    (0.97, 30 * HOUR, 34 * HOUR),
    (1.0, 60 * HOUR, 66 * HOUR),
)
POA_KINDS = ("CUSTOMER_SIGNATURE",) * 11 + ("POA_RECEIPT",) * 5 + ("NO_SIGNATURE_DUMMY_POS", "DUMMY_RECEIPT", None)
# completed without a proof, or with one that has no time; of a silent technician's visits: completed at all
UNPROVEN, PROOF_WITHOUT_TIME, COMPLETED_IN_SILENCE = 0.03, 0.4, 0.97
OTHER_TECHNICIANS, PROOF_WITHOUT_TECHNICIANS = 0.04, 0.08

# arrivals: exactly on a border, more than 30 minutes early, or delayed by a long tail; the others are near the typical delay
ON_A_BORDER, EARLY, DELAYED = 0.04, 0.03, 0.05
EARLY_MINUTES, TAIL_MINUTES = (31, 75), 40
# delays in seconds around which the warehouse judges differently: the grace period and the ends of the lateness bands
BORDERS = tuple(minutes * MINUTE + second for minutes in (0, 15, 30, 60) for second in (-1, 0, 1))

# after a visit: a second one; the job is never closed, or days later
SECOND_VISIT, NEVER_CLOSED, CLOSED_LATE = 0.04, 0.01, 0.05
CLOSED_LATE_AFTER = (DAY, 4 * DAY)

# payments: none; of the others: a part as a gift card, a gift card in another currency, a day later
UNPAID, PAID_IN_PARTS, PAID_IN_TWO_CURRENCIES, PAID_LATER = 0.1, 0.12, 0.03, 0.2
INSTRUMENTS = ("CREDIT_CARD", "GIFT_CARD", "BANK_ACCOUNT")

# serviceType of a job's service, and the share of jobs that show it: at the job, or in the scope of work
SERVICE_TYPES = {"default": "default", "heavy_bulk": "heavybulky", "recurring": "recurring"}
TYPE_AT_JOB, TYPE_IN_SCOPE = 0.4, 0.2
