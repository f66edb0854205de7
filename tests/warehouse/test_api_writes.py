"""The journal: told before and after, folded once, found again."""

import json
import os
import time

import pytest

from include.services_api.errors import Refusal, Refused
from include.warehouse import database, locks, paths
from include.warehouse.journal import api_writes
from include.warehouse.loading.load import load_packages


def begin(key="key", number=1, **values):
    return api_writes.begin(key, number, operation="cancelReservation", account="seller", requested_by="me", **values)


def rows() -> list[tuple]:
    with database.connect() as connection:
        load_packages(connection)
        return connection.execute("select write_id, outcome, request_id from ops.api_writes order by write_id").fetchall()


def test_a_write_is_a_row_before_its_answer_and_after(warehouse):
    attempt = begin()
    assert rows() == [("key-1", "sent", None)]
    assert rows() == [("key-1", "sent", None)]
    attempt.end(api_writes.ACCEPTED, request_id="r1", warnings=json.dumps([{"code": "W"}]))
    assert rows() == [("key-1", "accepted", "r1")]
    assert not list(paths.writes_dir().glob("*.json"))
    assert rows() == [("key-1", "accepted", "r1")]
    assert api_writes.latest("key").row["request_id"] == "r1"


def test_personal_data_that_amazon_repeats_is_kept_nowhere(warehouse):
    refusal = Refusal("InvalidInput", "no such buyer: a.buyer@mail.example.com, 2065550100", "10 Downing Street")
    error = Refused("refused", refusals=(refusal,), request_id="r1")
    begin().end(api_writes.REFUSED, error="; ".join(map(str, error.refusals)), request_id=error.request_id)
    assert rows() == [("key-1", "refused", "r1")]
    kept = api_writes.latest("key").row["error"]
    assert kept == "InvalidInput: no such buyer: (an e-mail address), (a phone number) ((a street))"


def test_an_open_attempt_stays_until_it_is_known(warehouse):
    begin().end(api_writes.UNKNOWN)
    assert rows() == [("key-1", "unknown", None)]
    earlier = api_writes.latest("key")
    earlier.take_over()
    earlier.end(api_writes.NOT_ARRIVED)
    begin(number=earlier.number + 1).end(api_writes.ACCEPTED)
    assert rows() == [("key-1", "not_arrived", None), ("key-2", "accepted", None)]
    assert api_writes.latest("key").row["write_id"] == "key-2"
    assert api_writes.latest("another") is None


def test_nobody_takes_what_a_living_process_sends(warehouse):
    held = begin()
    with pytest.raises(api_writes.WriteBusy, match="cancelReservation"):
        api_writes.latest("key").take_over()
    held.end(api_writes.ACCEPTED)
    later = api_writes.latest("key")
    later.take_over()
    assert later.outcome == "accepted"
    later.release()


def test_a_row_changes_its_load_only_when_it_changes(warehouse):
    first, second = begin("first"), begin("second")
    rows()
    first.end(api_writes.ACCEPTED)
    rows()
    with database.connect() as connection:
        assert connection.execute("select count(distinct load_id) from ops.api_writes").fetchone() == (2,)
    second.release()


def test_a_fold_that_died_before_it_moved_the_files(warehouse):
    begin().end(api_writes.ACCEPTED)
    content = (paths.writes_dir() / "key-1.json").read_text()
    rows()
    (paths.writes_dir() / "folded" / "key-1.json").unlink()
    (paths.writes_dir() / "key-1.json").write_text(content)
    assert rows() == [("key-1", "accepted", None)]


def test_old_files_go_and_their_rows_stay(warehouse):
    begin().end(api_writes.ACCEPTED)
    rows()
    folded, partial = paths.writes_dir() / "folded" / "key-1.json", paths.writes_dir() / "key-2.0.partial"
    partial.touch()
    for file in (folded, partial):
        os.utime(file, (time.time() - api_writes.KEPT_SECONDS - 1,) * 2)
    assert rows() == [("key-1", "accepted", None)]
    assert not folded.exists() and not partial.exists()


def test_a_number_that_was_taken_after_the_look_is_busy(warehouse):
    with api_writes.held_still():
        assert api_writes.latest("key") is None
        begin().end(api_writes.ACCEPTED)
        with pytest.raises(api_writes.WriteBusy, match="run again later"):
            begin()
        # it is folded, and stays where the one who looks can see it
        assert rows() == [("key-1", "accepted", None)]
        assert (paths.writes_dir() / "key-1.json").exists()
    assert rows() == [("key-1", "accepted", None)]
    assert not (paths.writes_dir() / "key-1.json").exists()
    assert not list(paths.writes_dir().glob("*.partial"))


def test_a_lock_on_a_file_that_was_replaced_holds_nobody_off(warehouse, monkeypatch):
    begin().end(api_writes.UNKNOWN)
    late, early = api_writes.latest("key"), api_writes.latest("key")
    lock = locks.fcntl.flock

    def ended_meanwhile(*args):
        monkeypatch.setattr(locks.fcntl, "flock", lock)
        early.take_over()
        early.end(api_writes.UNKNOWN)
        lock(*args)

    monkeypatch.setattr(locks.fcntl, "flock", ended_meanwhile)
    with pytest.raises(api_writes.WriteBusy):
        late.take_over()


def test_a_write_is_forgotten_whole(warehouse):
    """A gap would hide the attempt that was accepted."""
    begin().end(api_writes.NOT_SENT)
    begin(number=2).end(api_writes.ACCEPTED)
    begin("another").end(api_writes.NOT_SENT)
    open_one = begin("another", 2)
    rows()
    folded = paths.writes_dir() / "folded"

    def age(name: str) -> None:
        os.utime(folded / name, (time.time() - api_writes.KEPT_SECONDS - 1,) * 2)

    age("key-1.json")
    age("another-1.json")
    rows()
    assert api_writes.latest("key").outcome == "accepted" and api_writes.latest("another").number == 2
    age("key-2.json")
    rows()
    assert api_writes.latest("key") is None and api_writes.latest("another").number == 2
    open_one.release()
