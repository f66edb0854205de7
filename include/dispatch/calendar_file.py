"""The calendar of one technician as an iCalendar file (RFC 5545), by the library `icalendar`.

A stop keeps its `UID` when the appointment is moved, because the `UID` is made from the first appointment of the chain.
`SEQUENCE` and `LAST-MODIFIED` come from the newest version of its job. So a calendar program replaces the event that it has, and
the file of an unchanged schedule is the same to the byte.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText

from include.dispatch import time_zones
from include.dispatch.contacts import Contact
from include.dispatch.stops import JobKey, Schedule, Stop, Technician

PRODUCT = "-//Services Warehouse//Technicians' schedule//EN"
REFRESHED_EVERY = timedelta(hours=1)
# seconds since then are a SEQUENCE: they stay below 2**31 until 2088
SEQUENCES_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
# all but the line feed, which is escaped
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
END = b"END:VCALENDAR\r\n"


def render(technician: Technician, schedule: Schedule, contacts: dict[JobKey, Contact]) -> bytes:
    """Return the content of the file.

    Args:
        technician: Whose file it is.
        schedule: The stops.
        contacts: Names and addresses by job; empty where no personal data is kept.
    """
    stops = schedule.stops[technician]
    head = _head(technician).to_ical().removesuffix(END)
    events = [_event(stop, schedule.first_appointment(stop), contacts.get(stop.job, Contact())).to_ical() for stop in stops]
    return b"".join([head, *_zones(stops), *events, END])


def _head(technician: Technician) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    # the library does not know the property, and would escape nothing
    calendar.add("X-WR-CALNAME", vText(_clean(technician.name or technician.technician_id)))
    calendar.add("REFRESH-INTERVAL", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    return calendar


def _zones(stops: list[Stop]) -> list[bytes]:
    """Return a component for each time zone, for all years that the stops touch."""
    years = [moment.year for stop in stops for moment in (stop.scheduled_start_at, stop.scheduled_end_at) if moment]
    return [time_zones.component(name, min(years), max(years)) for name in sorted({stop.time_zone for stop in stops})]


def _event(stop: Stop, first_appointment: str, contact: Contact) -> Event:
    event, zone = Event(), ZoneInfo(stop.time_zone)
    event.add("UID", _uid(stop, first_appointment))
    event.add("SEQUENCE", max(0, int((stop.last_observed_at - SEQUENCES_BEGIN).total_seconds())))
    event.add("DTSTAMP", stop.last_observed_at.astimezone(UTC))
    event.add("LAST-MODIFIED", stop.last_observed_at.astimezone(UTC))
    event.add("DTSTART", _local(stop.scheduled_start_at, zone))
    if stop.scheduled_end_at:
        event.add("DTEND", _local(stop.scheduled_end_at, zone))
    event.add("SUMMARY", _clean(", ".join(filter(None, (stop.service_title or "Service appointment", contact.name)))))
    place = " ".join(filter(None, (stop.postal_code, stop.city)))
    if location := ", ".join(filter(None, (*contact.address_lines, place, stop.state_or_region))):
        event.add("LOCATION", _clean(location))
    event.add("DESCRIPTION", _clean(f"Store: {stop.store_name or stop.store_id or 'unknown'}\nJob: {stop.service_job_id}"))
    return event


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment in local time; in UTC when the local time occurs for the second time, which no file can express."""
    local = moment.astimezone(zone)
    return moment.astimezone(UTC) if local.fold else local


def _uid(stop: Stop, first_appointment: str) -> str:
    parts = (stop.account, stop.service_job_id, first_appointment, stop.technician_id)
    return f"{digest(*parts, size=16)}@services-warehouse"


def digest(*parts: str, size: int) -> str:
    """Hash texts into `2 * size` hexadecimal digits."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=size).hexdigest()


def _clean(text: str) -> str:
    """Replace what a calendar file may not hold."""
    return CONTROL.sub(" ", text)
