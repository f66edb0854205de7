"""Every limit and every list of values that the rules compare with."""

from include.warehouse import api_fields
from include.warehouse.journal import api_writes

# Enumerations of Amazon's model of the Services API v1. A value beyond them is kept and reported, never dropped.
JOB_STATUSES, APPOINTMENT_STATUSES, ITEM_STATUSES = (
    sorted(status.values) for status in (api_fields.JOB_STATUS, api_fields.APPOINTMENT_STATUS, api_fields.ITEM_STATUS)
)
SCHEDULING_TYPES, CAPACITY_TYPES = sorted(api_fields.SCHEDULING_TYPE.values), sorted(api_fields.CAPACITY_TYPE.values)

# The write operations of the same model, and the kind of reason code that some of them require.
REASONED_WRITES = {
    "rescheduleAppointmentForServiceJobByServiceJobId": "reschedule", "cancelServiceJobByServiceJobId": "cancel",
}  # fmt: skip
WRITES = [
    *REASONED_WRITES, "completeServiceJobByServiceJobId", "addAppointmentForServiceJobByServiceJobId",
    "assignAppointmentResources", "setAppointmentFulfillmentData", "updateSchedule", "createReservation", "updateReservation",
    "cancelReservation", "createServiceDocumentUploadDestination",
]  # fmt: skip

# Domains that the marts define themselves: a value beyond them is a defect of a model.
OUTCOMES = (
    "serviced", "rescheduled", "cancelled", "unproven", "unfulfillable", "no_show", "awaiting_proof", "upcoming",
)  # fmt: skip
ARRIVAL_EVIDENCE = ("signature", "receipt", "dummy", "other", "none")
LATENESS_BANDS = (
    "early_over_30", "on_time", "late_up_to_30", "late_up_to_60", "late_over_60", "no_show", "missed_then_moved",
)  # fmt: skip
ACTIONS = [
    "schedule_appointment", "confirm_preferred_time", "offer_new_time", "assign_technician", "obtain_proof", "close_job",
    "chase_no_show", "item_late",
]  # fmt: skip
FULFILLMENT_BREAKS = ["no_show", "missed_then_moved", "unfulfillable", "late_completion", "technician_mismatch"]
RESPONSIBLE_PARTIES = ["customer", "provider", "amazon", "other", "unknown"]
# The journal of writes defines its own.
WRITE_OUTCOMES = (*api_writes.OPEN, *api_writes.DONE, *api_writes.NOT_DONE, api_writes.REPEATED)

MAX_SCHEDULED_MINUTES = 24 * 60
MAX_MINUTES_ON_SITE = 24 * 60
# A technician who comes more than a day early or a week late was at another appointment, or the proof's time is wrong.
MIN_ARRIVAL_DELAY_MINUTES = -24 * 60
MAX_ARRIVAL_DELAY_MINUTES = 7 * 24 * 60
MAX_HOURS_TO_APPOINTMENT = 365 * 24

# The fields of a buyer and of an address that are stored; all others are personal.
BUYER_FIELDS = ["buyerKey", "isPrimeMember"]
ADDRESS_FIELDS = ["city", "county", "district", "stateOrRegion", "postalCode", "countryCode"]

# Titles and names that look like an e-mail address or a phone number and are none, such as a part number. Add yours whole.
HARMLESS_TEXTS: tuple[str, ...] = ()

MAX_HOURS_BEHIND = 6

# A write whose outcome is unknown: after how many hours it is reported, and for how many days.
MAX_HOURS_UNDECIDED = 24
TELL_UNDECIDED_DAYS = 30

# Jobs created on a day, compared with the median of the same weekday: a lost half day is reported, chance in few jobs is not.
VOLUME_WEEKS = 8
VOLUME_MIN_WEEKS = 4
VOLUME_MIN_JOBS = 30
VOLUME_LOWEST = 0.55
VOLUME_HIGHEST = 2.0

# Total variation distance between the outcomes of the newest days and of the days before: 0 means equal, 1 disjoint.
DRIFT_DAYS = 8
DRIFT_BASELINE_DAYS = 56
DRIFT_MIN_APPOINTMENTS = 100
DRIFT_MAX_DISTANCE = 0.2

# Fields and values that Amazon's model does not have are reported for this long, and stay listed in ops.schema_drift.
TELL_DRIFT_DAYS = 7

# Jobs with a part that could not be read: a larger share means that the API has changed.
MAX_QUARANTINED_SHARE = 0.05
MIN_QUARANTINED_JOBS = 20
