"""Calendars and tables of technicians: read back by another library, replaced whole, and without a buyer unless they are kept."""

import csv
import io
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import ics
import pyarrow as pa
import pytest
from airflow.sdk.exceptions import AirflowSkipException
from dateutil import tz

from include.dispatch import folder, time_zones
from include.dispatch.stops import NoSchedule, Technician
from include.warehouse import paths, restricted
from include.warehouse.retention import clearing, retention
from tests.dags.test_manners import load
from tests.dashboard.published_rows import ACCOUNT, MARKET, published_rows

NAME, OTHER_NAME, STREET, PHONE = "Jane Q. Public", "John Doe", "12b Old Mill Road", "+1 206 555 0143"
LOS_ANGELES = "America/Los_Angeles"


def stop(start: str, minutes: int | None = 60, **fields: object) -> dict:
    begin = datetime.fromisoformat(start)
    known = {
        "technician_id": "T1", "technician_name": "Ada", "store_name": "Main Street", "stop_number": 1, "outcome": "upcoming",
        "service_job_id": "J1", "appointment_id": "A1", "service_title": "TV mounting; wall, 55\"", "city": "Seattle",
        "state_or_region": "WA", "postal_code": "98101", "time_zone": LOS_ANGELES, "is_double_booked": False,
        "last_observed_at": "2026-03-01T00:00:00Z", "service_date": begin.date(), "scheduled_start_at": begin,
        "scheduled_end_at": None if minutes is None else begin + timedelta(minutes=minutes), "scheduled_start_local": begin,
    }  # fmt: skip
    return known | fields


def publish(*stops: dict, replaced: tuple[tuple[str, str], ...] = ()) -> None:
    paths.published_database().unlink(missing_ok=True)
    with published_rows() as rows:
        for each in stops:
            rows.add("rpt_technician_schedule", **each)
        for old, new in replaced:
            rows.add("fct_appointments", service_job_id="J1", appointment_id=new, replaces_appointment_id=old)


def files() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in paths.calendars_dir().iterdir() if not file.name.startswith(".")}


def calendar(technician_id: str = "T1") -> str:
    name = folder.file_name(Technician(ACCOUNT, technician_id, None))
    return (paths.calendars_dir() / f"{name}.ics").read_bytes().decode()


def events(technician_id: str = "T1") -> list[ics.Event]:
    return sorted(ics.Calendar(calendar(technician_id)).events, key=lambda event: event.begin)


def field(name: str, technician_id: str = "T1") -> list[str]:
    lines = calendar(technician_id).replace("\r\n ", "").splitlines()
    return [line.partition(":")[2] for line in lines if line.partition(":")[0].partition(";")[0] == name]


def table(technician_id: str = "T1") -> list[dict]:
    name = folder.file_name(Technician(ACCOUNT, technician_id, None))
    return list(csv.DictReader(io.StringIO((paths.calendars_dir() / f"{name}.csv").read_text())))


def test_another_library_reads_what_was_written(warehouse):
    publish(stop("2026-03-02T18:00:00Z"), stop("2026-03-02T20:00:00Z", None, stop_number=2, service_job_id="J2"))
    assert folder.write() == folder.Written(technicians=1, stops=2, written=2, unchanged=0, removed=0)
    first, second = events()
    assert (first.name, first.location) == ('TV mounting; wall, 55"', "98101 Seattle, WA")
    assert first.description == "Store: Main Street\nJob: J1"
    assert (first.begin.datetime, first.end.datetime) == tuple(datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (18, 19))
    assert second.begin.datetime == datetime(2026, 3, 2, 20, tzinfo=UTC)
    assert first.uid != second.uid
    assert [row["service_job_id"] for row in table()] == ["J1", "J2"]
    assert all(len(line.encode()) <= 75 for line in calendar().splitlines())


LOCAL_STARTS = [
    (LOS_ANGELES, "2026-03-08T09:30:00Z", "20260308T013000"),
    (LOS_ANGELES, "2026-03-08T10:00:00Z", "20260308T030000"),
    (LOS_ANGELES, "2026-03-09T16:00:00Z", "20260309T090000"),
    ("Europe/Berlin", "2026-03-28T08:00:00Z", "20260328T090000"),
    ("Europe/Berlin", "2026-03-29T07:00:00Z", "20260329T090000"),
    ("Europe/Berlin", "2026-10-25T00:30:00Z", "20261025T023000"),
    # the hour that occurs twice: the second one has no local time of its own
    ("Europe/Berlin", "2026-10-25T01:30:00Z", "20261025T013000Z"),
    ("Europe/Berlin", "2026-10-25T08:00:00Z", "20261025T090000"),
    ("Australia/Lord_Howe", "2026-04-04T22:00:00Z", "20260405T083000"),
    ("Asia/Kolkata", "2026-12-31T23:00:00Z", "20270101T043000"),
]


def test_times_are_local_across_changes_of_summer_time(warehouse):
    publish(*(stop(start, time_zone=zone, technician_id=f"T{place}") for place, (zone, start, _) in enumerate(LOCAL_STARTS)))
    folder.write()
    for place, (zone, start, local) in enumerate(LOCAL_STARTS):
        assert field("DTSTART", f"T{place}")[-1] == local
        (event,) = events(f"T{place}")
        begin, end = (each.datetime.astimezone(UTC) for each in (event.begin, event.end))
        assert (begin, end) == (datetime.fromisoformat(start), begin + timedelta(hours=1))
        assert field("TZID", f"T{place}") == [zone]


@pytest.mark.parametrize("name", [LOS_ANGELES, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"])
def test_the_rules_in_a_file_are_those_of_its_time_zone(name):
    read = tz.tzical(io.StringIO(time_zones.component(name, 2026, 2027).decode().replace("\r\n", "\n"))).get(name)
    hours = [datetime(2026, 1, 1, 0, 30) + timedelta(hours=hour) for hour in range(2 * 365 * 24)]
    different = [
        each for each in hours if each.replace(tzinfo=read).utcoffset() != each.replace(tzinfo=ZoneInfo(name)).utcoffset()
    ]
    # an hour that does not occur when summer time begins
    assert len(different) <= 2 and all(each.month in (3, 10) for each in different)


def test_an_appointment_that_moves_stays_one_event(warehouse):
    publish(stop("2026-03-02T18:00:00Z"))
    folder.write()
    uid, sequence, changed = (field(name)[0] for name in ("UID", "SEQUENCE", "LAST-MODIFIED"))
    moved = stop("2026-03-04T18:00:00Z", appointment_id="A3", last_observed_at="2026-03-02T00:00:00Z")
    publish(moved, replaced=(("A1", "A2"), ("A2", "A3")))
    folder.write()
    assert field("UID") == [uid]
    assert int(field("SEQUENCE")[0]) - int(sequence) == 86_400 and field("LAST-MODIFIED")[0] > changed
    assert field("SEQUENCE")[0].isdigit() and int(field("SEQUENCE")[0]) < 2**31


def test_a_chain_that_bites_its_tail_ends(warehouse):
    publish(stop("2026-03-02T18:00:00Z"), replaced=(("A1", "A2"), ("A2", "A1")))
    folder.write()
    assert len(field("UID")) == 1


def test_what_has_not_changed_is_not_written(warehouse):
    publish(stop("2026-03-02T18:00:00Z"), stop("2026-03-02T18:00:00Z", technician_id="T2"))
    folder.write()
    before, stats = files(), {file.name: file.stat().st_mtime_ns for file in paths.calendars_dir().iterdir()}
    publish(stop("2026-03-02T18:00:00Z"), stop("2026-03-02T19:00:00Z", technician_id="T2"))
    assert folder.write() == folder.Written(technicians=2, stops=2, written=2, unchanged=2, removed=0)
    same = {name for name, content in files().items() if before[name] == content}
    assert {name.split("-")[1] for name in same} == {"T1"}
    assert all((paths.calendars_dir() / name).stat().st_mtime_ns == stats[name] for name in same)


def test_technicians_without_stops_have_no_files_and_files_of_others_stay(warehouse):
    publish(stop("2026-03-02T18:00:00Z"), stop("2026-03-02T18:00:00Z", technician_id="T2"))
    folder.write()
    theirs = ("holidays.ics", "technician-notes.csv", "technician-T2-0123456789AB.ics")
    for name in theirs:
        (paths.calendars_dir() / name).write_text("theirs")
    (paths.calendars_dir() / ".technician-T1-0123456789ab.ics.partial").write_text("of a run that was killed")
    publish(stop("2026-03-02T18:00:00Z", technician_id=None))
    assert folder.write() == folder.Written(technicians=0, stops=0, written=0, unchanged=0, removed=5)
    assert set(files()) == set(theirs)


ODD_IDS = [
    "../../etc/passwd", "CON", "a/b\\c:d*e?f", "", " ", ".hidden", "x" * 500, "Zoë\r\nBEGIN:VEVENT", "t1", "T1", "\u202etxt.exe",
]  # fmt: skip


def test_file_names_and_contents_are_safe(warehouse):
    publish(*(stop("2026-03-02T18:00:00Z", technician_id=each, technician_name='A "; \r\nX:1,\x07 \u2028') for each in ODD_IDS))
    assert folder.write().written == 2 * len(ODD_IDS)
    names = [file.name for file in paths.calendars_dir().iterdir() if file.name != ".calendars.lock"]
    assert len({name.lower() for name in names}) == 2 * len(ODD_IDS)
    assert all(name.isascii() and len(name) < 100 and " " not in name for name in names)
    assert all(paths.calendars_dir().joinpath(name).resolve().parent == paths.calendars_dir().resolve() for name in names)
    for each in ODD_IDS:
        assert len(events(each)) == 1
        assert field("X-WR-CALNAME", each) == ['A "\\;  \\nX:1\\,   ']


def test_ids_that_differ_in_odd_characters_have_files_of_their_own():
    odd = [Technician(account, name, None) for account in ("a", "b") for name in ("T/1", "T-1", "T\\1", "t-1", "T 1")]
    assert len({folder.file_name(each).lower() for each in odd}) == len(odd)
    # the name of a person is no part of it: links to a calendar stay valid
    assert folder.file_name(Technician("a", "T1", "Ada")) == folder.file_name(Technician("a", "T1", "Ada L."))


def test_a_spreadsheet_takes_no_cell_for_a_formula(warehouse):
    publish(stop("2026-03-02T18:00:00Z", service_title="=cmd|' /C calc'!A0", store_name="+1", city="@x", gap_minutes=5))
    folder.write()
    (row,) = table()
    assert [row[name] for name in ("service_title", "store_name", "city")] == ["'=cmd|' /C calc'!A0", "'+1", "'@x"]
    assert (row["gap_minutes"], row["overlap_minutes"], row["is_double_booked"]) == ("5", "", "false")
    assert row["scheduled_start_local"] == "2026-03-02 18:00:00"


def keep_contact(monkeypatch) -> None:
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "keep")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "a key of 32 characters or more, for tests")
    sealed = {"buyer.name": NAME, "buyer.phone": PHONE, "serviceLocation.address.name": OTHER_NAME}
    document = restricted.sealer()(
        sealed | {path: STREET for name, path in restricted.FIELDS.items() if name == "address_line_1"}
    )
    row = {"account": ACCOUNT, "marketplace_id": MARKET, "service_job_id": "J1", "buyer_key": "b" * 32, "sealed": document,
           "observed_at": datetime(2026, 3, 1, tzinfo=UTC)}  # fmt: skip
    assert restricted.keep(pa.Table.from_pylist([row])) == 1


def test_names_and_addresses_are_those_that_are_kept(warehouse, monkeypatch):
    keep_contact(monkeypatch)
    publish(stop("2026-03-02T18:00:00Z"), stop("2026-03-02T20:00:00Z", stop_number=2, service_job_id="J2"))
    folder.write()
    known, unknown = events()
    assert (known.name, known.location) == (f'TV mounting; wall, 55", {OTHER_NAME}', f"{STREET}, 98101 Seattle, WA")
    assert unknown.location == "98101 Seattle, WA"
    assert [(row["contact_name"], row["address_line_1"]) for row in table()] == [(OTHER_NAME, STREET), ("", "")]
    assert PHONE.encode() not in b"".join(files().values())
    for file in paths.calendar_files():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_personal_data_nothing_of_a_buyer_is_in_any_file(warehouse, monkeypatch):
    """Neither from a database that an earlier setting left, nor in the files that it left."""
    keep_contact(monkeypatch)
    publish(stop("2026-03-02T18:00:00Z"))
    folder.write()
    assert OTHER_NAME.encode() in b"".join(files().values()), "nothing to look for: this would prove nothing"
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "none")
    assert folder.write().written == 2
    everything = b"".join(file.read_bytes() for file in paths.calendars_dir().rglob("*")).replace(b"\r\n ", b"")
    assert [each for each in (NAME, OTHER_NAME, STREET, PHONE) if each.encode() in everything] == []
    assert b"J1" in everything


def test_who_asks_to_be_forgotten_is_in_no_calendar(warehouse, monkeypatch):
    keep_contact(monkeypatch)
    publish(stop("2026-03-02T18:00:00Z"))
    folder.write()
    assert retention.forget_buyer("b" * 32, "run")["calendars"] == 2
    assert files() == {}
    folder.write()
    assert STREET.encode() not in b"".join(files().values())


def test_files_that_nobody_writes_any_more_go(warehouse):
    publish(stop("2026-03-02T18:00:00Z"))
    folder.write()
    assert clearing.clear("run", datetime.now(UTC) + timedelta(days=8))["calendars"] == 0
    assert clearing.clear("run", datetime.now(UTC) + timedelta(days=10))["calendars"] == 2
    assert files() == {}


def test_a_reader_never_finds_half_a_file(warehouse, monkeypatch):
    publish(stop("2026-03-02T18:00:00Z"))
    folder.write()
    before = files()
    publish(stop("2026-03-02T19:00:00Z"))

    def stopped(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        folder.write()
    assert files() == before
    monkeypatch.undo()


def test_the_folder_is_a_setting(warehouse, tmp_path, monkeypatch):
    monkeypatch.setenv("SERVICES_CALENDAR_DIR", str(tmp_path / "elsewhere" / "calendars"))
    publish(stop("2026-03-02T18:00:00Z"))
    folder.write()
    assert len(list((tmp_path / "elsewhere" / "calendars").glob("technician-T1-*"))) == 2
    assert not (warehouse / "calendars").exists()


def test_without_a_schedule_the_error_says_what_to_do(warehouse):
    with pytest.raises(NoSchedule, match="a run of amazon_services_warehouse"):
        folder.write()
    with published_rows() as rows:
        rows.connection.execute("drop table marts.rpt_technician_schedule")
    with pytest.raises(NoSchedule, match="The next publication has the table"):
        folder.write()


def test_the_dag_writes_them_or_says_why_not(warehouse):
    write = load("amazon_services_calendars").get_task("write").python_callable
    with pytest.raises(AirflowSkipException, match="does not exist yet"):
        write()
    publish(stop("2026-03-02T18:00:00Z"))
    assert write() == "Technicians: 1, stops: 1. Files written: 2, unchanged: 0, removed: 0."


def test_the_command_writes_them_or_says_why_not(warehouse):
    command = [sys.executable, "-m", "include.dispatch", "calendar"]
    refused = subprocess.run(command, capture_output=True, text=True, cwd=paths.PROJECT_DIR)
    assert refused.returncode == 1 and "does not exist yet" in refused.stderr and "Traceback" not in refused.stderr
    publish(stop("2026-03-02T18:00:00Z"))
    written = subprocess.run([*command, str(warehouse / "other")], capture_output=True, text=True, cwd=paths.PROJECT_DIR)
    assert "Files written: 2," in written.stdout and len(paths.calendar_files(warehouse / "other")) == 2
