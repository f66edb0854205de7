"""What cannot be read is set aside and named; the rest is loaded, and what was lost is read again."""

import json
import logging
import shutil
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.extract import records
from include.warehouse import paths, set_aside
from include.warehouse.journal import api_writes, journal_files
from include.warehouse.loading import lost_packages, packages
from include.warehouse.loading.windows import BACKFILL, IDS, JOBS, SCHEDULED, SLOTS, UPDATED, Window
from include.warehouse.retention import retention
from tests.warehouse.test_load import JOBS_SQL, NOON, job, load_all, package, quarantined, rows, slot, window

NONSENSE = [b"", b"{", b"null", b"[]", b'"complete"', b"{}", b"\x00\xff\x00", b'{"status": "complete"}']
TOLD = "select kind, name, reason, is_settled from ops.set_aside"
LEDGER = "select window_start, status, error is null from ops.extract_windows order by window_start, attempt"
LATER = NOON + timedelta(hours=1)


def scheduled(start=NOON, entity=JOBS, filter=UPDATED):
    return Window("seller", "ATVPDKIKX0DER", entity, SCHEDULED, filter, start, start + timedelta(hours=1))


def two_packages():
    """One that a test damages, and one of another window that has to be loaded all the same."""
    damaged = package(scheduled(), service_jobs=[job("a", "HOLD", 1)])
    package(scheduled(LATER), service_jobs=[job("b", "HOLD", 61)])
    return damaged


def cut(file, at=-20):
    file.write_bytes(file.read_bytes()[:at])


@pytest.mark.parametrize("content", NONSENSE)
def test_a_window_file_of_nonsense_stops_nothing_else(warehouse, content, caplog):
    damaged = two_packages()
    (damaged.folder / "window.json").write_bytes(content)
    with caplog.at_level(logging.ERROR):
        assert load_all()["packages"] == 2
    assert rows(JOBS_SQL) == [("b", "HOLD", 1)]
    assert rows(LEDGER) == [(NOON, "failed", False), (LATER, "complete", True)]
    assert rows("select watermark from ops.watermarks") == [(NOON,)]
    ((kind, name, reason, is_settled),) = rows(TOLD)
    assert (kind, name, is_settled) == ("package", damaged.folder.name, False) and reason.startswith("window.json ")
    assert damaged.folder.name in caplog.text and "reads its window again" in caplog.text
    assert load_all() == {"packages": 0}
    assert lost_packages.to_read_again("seller") == [scheduled()] and lost_packages.to_read_again("another") == []


@pytest.mark.parametrize(
    "wrong",
    [{"window_start": "noon"}, {"window_end": 7}, {"entity": None}, {"pages": "many"}, {"load_id": None}, {"status": "lost"},
     {"account": None}, {"finished_at": "2026-10-01"}],
    ids=str,
)  # fmt: skip
def test_a_window_file_with_a_nonsense_value_is_no_window_file(warehouse, wrong):
    damaged = two_packages()
    file = damaged.folder / "window.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | wrong))
    load_all()
    assert rows(JOBS_SQL) == [("b", "HOLD", 1)]
    assert rows(TOLD)[0][:2] == ("package", damaged.folder.name)


def test_a_package_without_any_window_file_names_its_folder_alone(warehouse, caplog):
    damaged = two_packages()
    for name in ("window.json", "begun.json"):
        (damaged.folder / name).unlink()
    load_all()
    assert rows(LEDGER) == [(LATER, "complete", True)]
    assert rows(TOLD) == [("package", damaged.folder.name, "it has no window.json", False)]
    assert "20261001T120000Z" in damaged.folder.name in caplog.text and "run a backfill" in caplog.text
    assert lost_packages.to_read_again("seller") == []


@pytest.mark.parametrize("damage", [lambda file: cut(file), lambda file: file.write_bytes(b""), lambda file: cut(file, 4)])
@pytest.mark.parametrize("table", ["service_jobs", "quarantined_records"])
def test_a_cut_parquet_file_stops_nothing_else(warehouse, table, damage):
    damaged = package(scheduled(), service_jobs=[job("a", "HOLD", 1)], quarantined_records=[quarantined()])
    package(scheduled(LATER), service_jobs=[job("b", "HOLD", 61)])
    damage(damaged.files(table)[0])
    load_all()
    assert rows(JOBS_SQL) == [("b", "HOLD", 1)] and rows("from ops.quarantined_records") == []
    assert rows(LEDGER) == [(NOON, "failed", False), (LATER, "complete", True)]
    ((_, _, reason, _),) = rows(TOLD)
    assert f"data/{table}/part.parquet cannot be read" in reason
    assert rows("select error from ops.extract_windows where status = 'failed'") == [(f"its package was set aside: {reason}",)]


def test_a_parquet_file_of_another_table_is_set_aside_too(warehouse):
    damaged = two_packages()
    pq.write_table(pa.table({"x": [1]}), damaged.files("service_jobs")[0])
    load_all()
    assert rows(JOBS_SQL) == [("b", "HOLD", 1)]
    assert "it has no column _extra, account" in rows(TOLD)[0][2]


def test_a_trouble_that_is_not_the_packages_own_is_not_blamed_on_it(warehouse, monkeypatch):
    two_packages()
    monkeypatch.setattr("include.warehouse.loading.load._merge", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        load_all()
    assert rows("from ops.extract_windows") == [] and not paths.set_aside_packages_dir().exists()
    assert len(packages.waiting()) == 2


def test_a_loaded_package_that_was_damaged_since_holds_nobody_up(warehouse):
    slow = packages.begin(window(start=LATER), "run-1")  # so that the other has to stay
    loaded = package(service_jobs=[job("a", "HOLD", 1)])
    load_all()
    (kept,) = packages.loaded()
    cut(kept.files("service_jobs")[0])
    assert kept.folder.name == loaded.folder.name
    (slow.data / "service_jobs").mkdir(parents=True)
    pq.write_table(records.batch("service_jobs", [job("a", "COMPLETED", 9)]), slow.data / "service_jobs" / "part.parquet")
    slow.complete("load-2")
    load_all()
    assert rows(JOBS_SQL) == [("a", "COMPLETED", 9), ("a", "HOLD", 1)]
    # what it held is in the warehouse: its window stays complete, and nobody has to do anything
    assert {status for _, status, _ in rows(LEDGER)} == {"complete"}
    assert [(kind, is_settled) for kind, _, _, is_settled in rows(TOLD)] == [("package", True)]


def test_a_window_that_was_read_again_is_complete_and_settled(warehouse):
    cut(two_packages().files("service_jobs")[0])
    load_all()
    package(scheduled(), service_jobs=[job("a", "HOLD", 70)])
    assert lost_packages.to_read_again("seller") == []
    load_all()
    assert rows("select service_job_id from raw.service_jobs order by all") == [("a",), ("b",)]
    assert rows("select is_settled from ops.set_aside") == [(True,)]
    assert rows("select watermark from ops.watermarks") == [(LATER + timedelta(hours=1),)]
    # whoever has looked at it removes it
    for path in paths.set_aside_packages_dir().iterdir():
        shutil.rmtree(path) if path.is_dir() else None
    load_all()
    assert rows("from ops.set_aside") == []


def test_a_backfill_reads_a_window_again_that_it_took_for_read(warehouse):
    from include.extract.progress import Bookmark

    lost, kept = window(), window(start=LATER)
    bookmark = Bookmark("backfill", NOON)
    damaged = package(lost, service_jobs=[job("a", "HOLD", 1)])
    for each in (lost, kept):
        bookmark.add(each)
    (damaged.folder / "window.json").write_text("")
    load_all()
    assert lost not in bookmark and kept in bookmark


def test_what_lies_ahead_is_not_read_again_and_jobs_that_were_named_are_not_known(warehouse, caplog):
    named = Window("seller", "ATVPDKIKX0DER", JOBS, BACKFILL, IDS, NOON, NOON)
    for each, table, row in (
        (scheduled(entity=SLOTS), "appointment_slots", slot(1, 1, 1)),
        (named, "service_jobs", job("a", "HOLD", 1)),
    ):
        cut(package(each, **{table: [row]}).files(table)[0])
    load_all()
    assert lost_packages.to_read_again("seller") == []
    assert sorted(settled for *_, settled in rows(TOLD)) == [False, True]
    assert "The run run-1 named the jobs: run it again." in caplog.text


def test_a_living_reader_keeps_its_folder_whatever_its_file_says(warehouse):
    one = packages.begin(window(), "run-1")
    (one.folder / "window.json").write_text("")
    assert packages.waiting() == [] and one.folder.exists()
    one.complete("load-1")
    load_all()
    assert rows(LEDGER) == [(NOON, "complete", True)]


@pytest.mark.parametrize("content", [b"", b"[", b'"x"', b"[]", b'{"reason": 7, "at": "noon", "window": {"account": 1}}'])
def test_a_note_of_nonsense_hides_nothing(warehouse, content):
    cut(two_packages().files("service_jobs")[0])
    packages_folder = paths.set_aside_packages_dir()
    load_all()
    (note,) = packages_folder.glob("*.note")
    note.write_bytes(content)
    load_all()
    assert len(rows(TOLD)) == 1


def test_a_death_between_the_note_and_the_move_is_made_good(warehouse, monkeypatch):
    damaged = two_packages()
    (damaged.folder / "window.json").write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(set_aside.log, "error", lambda *_: None)
        patch.setattr(set_aside.Path, "rename", _die_at(damaged.folder))
        with pytest.raises(KeyboardInterrupt):
            load_all()
    assert damaged.folder.exists()
    load_all()
    assert rows(LEDGER) == [(NOON, "failed", False), (LATER, "complete", True)] and len(rows(TOLD)) == 1


def _die_at(folder):
    rename = set_aside.Path.rename

    def die(self, target):
        if self == folder:
            raise KeyboardInterrupt
        return rename(self, target)

    return die


def test_a_cut_spool_is_set_aside_whole_and_the_window_is_read_from_its_beginning(warehouse):
    first = packages.begin(window(), "run-1")
    for name in ("a", "b"):
        first.spool("service_jobs", records.batch("service_jobs", [job(name, "HOLD", 1)]))
    cut(sorted(first.folder.glob("spool/*/*"))[1])
    first.fail("ServiceUnavailable: 503")
    second = packages.begin(window(), "run-2")
    assert list(second.spooled()) == []
    second.complete("load-1")
    load_all()
    assert [(kind, is_settled) for kind, _, _, is_settled in rows(TOLD)] == [("spool", True)]
    assert rows(LEDGER)[-1] == (NOON, "complete", True)


def test_a_spool_of_a_newer_version_is_set_aside(warehouse):
    """After an update was undone: otherwise every attempt would inherit it, and fail."""
    first = packages.begin(window(), "run-1")
    first.spool(
        "service_jobs", records.batch("service_jobs", [job("a", "HOLD", 1)]).append_column("service_level", [["EXPRESS"]])
    )
    first.fail("ServiceUnavailable: 503")
    second = packages.begin(window(), "run-2")
    assert list(second.spooled()) == []
    second.complete("load-1")
    load_all()
    assert [(kind, reason.partition(" (")[2]) for kind, _, reason, _ in rows(TOLD)] == [
        ("spool", "it has columns that are not known here: service_level)")
    ]


def test_personal_data_that_cannot_be_read_is_removed_by_its_term(warehouse):
    first = packages.begin(window(), "run-1")
    file = first.folder / "spool" / "personal_data" / "000000-cut.arrow"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"ARROW1 and no more")
    retention.remove_personal_data("run-2")
    assert not file.exists()


@pytest.mark.parametrize(
    "content",
    [*NONSENSE, b'{"write_id": "key-1", "operation": "cancelReservation", "outcome": "perhaps"}',
     b'{"write_id": "key-1", "operation": "cancelReservation", "outcome": "sent", "sent_at": "noon"}',
     b'{"write_id": "key-1", "operation": ["cancelReservation"], "outcome": "sent"}'],
)  # fmt: skip
def test_a_journal_file_of_nonsense_stops_nothing_and_its_write_is_not_sent_again(warehouse, content, caplog):
    for key in ("key", "other"):
        api_writes.begin(key, 1, operation="cancelReservation", account="seller", requested_by="me").end(api_writes.ACCEPTED)
    file = paths.writes_dir() / "key-1.json"
    file.write_bytes(content)
    with pytest.raises(journal_files.WriteUnreadable, match=r"key-1\.json cannot be read.*not sent again"):
        api_writes.latest("key")
    load_all()
    assert rows("select write_id, outcome from ops.api_writes") == [("other-1", "accepted")]
    assert rows(TOLD) == [("write", "key-1.json", "it holds no attempt at a write", False)]
    aside = paths.set_aside_writes_dir() / "key-1.json"
    with pytest.raises(journal_files.WriteUnreadable, match=f"{aside} cannot be read.*remove the file and run the task again"):
        api_writes.latest("key")
    assert str(aside) in caplog.text
    aside.unlink()
    assert api_writes.latest("key") is None
    load_all()
    assert rows(TOLD) == []
