"""The stops of one technician as CSV: for spreadsheets, and for route planners that read tables."""

import csv
import io

from include.dispatch.contacts import Contact
from include.dispatch.stops import JobKey, Stop

COLUMNS = (
    "service_date", "stop_number", "scheduled_start_local", "scheduled_end_local", "time_zone", "gap_minutes", "overlap_minutes",
    "is_double_booked", "outcome", "service_title", "postal_code", "city", "state_or_region", "store_id", "store_name",
    "technician_id", "technician_name", "service_job_id", "appointment_id",
)  # fmt: skip
# in installations that keep personal data
CONTACT_COLUMNS = ("contact_name", "address_line_1", "address_line_2", "address_line_3")
# a spreadsheet would compute a text that begins so
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def render(stops: list[Stop], contacts: dict[JobKey, Contact] | None) -> bytes:
    """Return the content of the file.

    Args:
        stops: The stops, in their order.
        contacts: Names and addresses by job; None where no personal data is kept, so that the file has no columns for them.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS if contacts is None else (*COLUMNS, *CONTACT_COLUMNS))
    for stop in stops:
        cells = [getattr(stop, name) for name in COLUMNS]
        if contacts is not None:
            contact = contacts.get(stop.job, Contact())
            cells += [contact.name, *(*contact.address_lines, "", "", "")[:3]]
        writer.writerow([_cell(cell) for cell in cells])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """Return a value as text that no spreadsheet takes for a formula; true and false are those of SQL."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text
