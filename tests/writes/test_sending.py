"""A write arrives once: whatever the API answers, or does not, and whenever the sender dies."""

import json
import subprocess
import sys
import time

import pytest

from include import writes
from include.services_api import errors
from include.warehouse import database, paths, schema
from include.warehouse.journal import api_writes
from include.writes import carry_out, rehearse
from tests.writes.cases import KINDS, make
from tests.writes.world import World

# what a job does not show, nobody can confirm
SHOWN = set(KINDS) - {"UploadDocument", "CreateReservation", "UpdateReservation", "CancelReservation"}


def write(kind: str, fields: dict) -> writes.Write:
    return getattr(writes, kind)(**fields)


def journal() -> list[dict]:
    """`ops.api_writes`, oldest first."""
    with database.connect() as connection:
        schema.ensure(connection)
        api_writes.merge(connection)
        cursor = connection.execute("select * from ops.api_writes order by sent_at")
        return [dict(zip([one[0] for one in cursor.description], row, strict=True)) for row in cursor.fetchall()]


def arrived(world: World, kind: str) -> int:
    """How many of these writes had their effect: answered, or closed without an answer after the effect."""
    after = any(fault["after"] for fault in world.api.control("GET", "faults")["faults"])
    log = world.api.log(operation=KINDS[kind])
    return sum(one["verdict"] == "answered" or (one["verdict"] == "fault close" and after) for one in log)


@pytest.mark.parametrize("kind", KINDS)
def test_success_is_told_twice_and_sent_once(world, kind):
    wanted = write(kind, make(world, kind))
    world.api.reset()
    done = carry_out(world.client, wanted, requested_by="dag run task")
    assert carry_out(world.client, wanted, requested_by="dag run task") == done
    assert arrived(world, kind) == 1
    (row,) = journal()
    assert (row["operation"], row["outcome"], row["requested_by"], row["account"]) == (
        KINDS[kind], "accepted", "dag run task", "amazon_services_default",
    )  # fmt: skip
    assert row["request_id"] == done.request_id and row["sent_at"] < row["answered_at"]
    assert json.loads(row["result"]) == done.result
    for name, value in wanted.target(world.client.account).items():
        assert row[name] == value


@pytest.mark.parametrize("kind", KINDS)
def test_a_rehearsal_sends_nothing(world, kind):
    wanted = write(kind, make(world, kind))
    world.api.reset()
    assert rehearse(wanted, world.client.account).operation.name == KINDS[kind]
    assert world.api.log() == []
    assert not paths.writes_dir().exists()


REFUSALS = {400: errors.BadRequest, 403: errors.AccessDenied, 404: errors.NotFound, 422: errors.Refused}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        pytest.param(kind, status, marks=() if turn % 4 == place % 4 else pytest.mark.soak)
        for place, kind in enumerate(KINDS)
        for turn, status in enumerate(REFUSALS)
    ],
)
def test_a_refusal_is_told_and_can_be_sent_again(world, kind, status):
    wanted = write(kind, make(world, kind))
    world.api.reset()
    world.api.fault(KINDS[kind], "error", status=status, times=2 if status == 403 else 1)
    with pytest.raises(REFUSALS[status], match=KINDS[kind]):
        carry_out(world.client, wanted, requested_by="me")
    carry_out(world.client, wanted, requested_by="me")
    assert [row["outcome"] for row in journal()] == ["refused", "accepted"]
    assert arrived(world, kind) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_although_it_arrived(world, kind):
    wanted = write(kind, make(world, kind))
    world.api.reset()
    world.api.fault(KINDS[kind], "close", after=True, times=1)
    with pytest.raises(errors.OutcomeUnknown):
        carry_out(world.client, wanted, requested_by="me")
    assert [row["outcome"] for row in journal()] == ["unknown"]
    if kind in SHOWN:
        done = carry_out(world.client, wanted, requested_by="me", settle_seconds=0)
        assert (done.outcome, arrived(world, kind)) == ("confirmed", 1)
        assert set(done.result) == ({"appointment_id"} if "Appointment" in kind else set())
    elif kind == "CancelReservation":
        # the second one finds nothing, which says it all
        assert carry_out(world.client, wanted, requested_by="me", settle_seconds=0).outcome == "confirmed"
        assert [one["verdict"] for one in world.api.log(operation=KINDS[kind])] == ["fault close", "refused"]
    elif kind == "UploadDocument":
        # a destination whose id nobody has is never used
        assert carry_out(world.client, wanted, requested_by="me", settle_seconds=0).outcome == "accepted"
    else:
        with pytest.raises(errors.OutcomeUnknown, match=r"getRangeSlotCapacity.*delete .*\.json and run the task again"):
            carry_out(world.client, wanted, requested_by="me", settle_seconds=0)
        assert arrived(world, kind) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_and_it_did_not_arrive(world, kind):
    wanted = write(kind, make(world, kind))
    world.api.reset()
    world.api.fault(KINDS[kind], "close", times=1)
    with pytest.raises(errors.OutcomeUnknown):
        carry_out(world.client, wanted, requested_by="me")
    assert carry_out(world.client, wanted, requested_by="me", settle_seconds=0).outcome == "accepted"
    assert arrived(world, kind) == 1
    assert [row["outcome"] for row in journal()][1] == "accepted"


def test_what_does_not_arrive_is_no_unknown_outcome(world):
    wanted = write("AssignResources", make(world, "AssignResources"))
    world.api.reset()
    world.api.fault(KINDS["AssignResources"], "error", status=429)
    with pytest.raises(errors.RateLimited):
        carry_out(world.client, wanted, requested_by="me")
    assert [row["outcome"] for row in journal()] == ["not_sent"]


def test_warnings_are_given_back_and_kept(world):
    wanted = write("RescheduleAppointment", make(world, "RescheduleAppointment"))
    (warning,) = carry_out(world.client, wanted, requested_by="me").warnings
    assert warning["code"] == "RESOURCES_UNASSIGNED"
    (row,) = journal()
    assert json.loads(row["warnings"]) == [warning]
    assert (row["reason_code"], row["appointment_id"]) == ("RS11", wanted.appointment_id)


def test_another_wish_is_another_write(world):
    fields = make(world, "AssignResources")
    world.api.reset()
    carry_out(world.client, write("AssignResources", fields), requested_by="one run")
    carry_out(world.client, write("AssignResources", fields), requested_by="another run")
    assert arrived(world, "AssignResources") == 2
    assert [row["requested_by"] for row in journal()] == ["one run", "another run"]


SENDER = """
import json, sys
from include import writes
from include.services_api import ServicesClient
from tests.local_api import LocalApi
url, kind, fields = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
if "content" in fields:
    fields["content"] = fields["content"].encode()
with ServicesClient(LocalApi(url).account()) as client:
    done = writes.carry_out(client, getattr(writes, kind)(**fields), requested_by="me", settle_seconds=0)
print(json.dumps(done.flat()))
"""


def sender(world: World, kind: str, fields: dict) -> subprocess.Popen:
    command = [sys.executable, "-c", SENDER, world.api.url, kind, json.dumps(fields)]
    return subprocess.Popen(command, cwd=paths.PROJECT_DIR, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize(
    "kind",
    ["RescheduleAppointment"] + [pytest.param(one, marks=pytest.mark.soak) for one in sorted(SHOWN - {"RescheduleAppointment"})],
)
def test_a_sender_that_is_killed_between_request_and_answer(world, kind, after):
    fields = make(world, kind)
    world.api.reset()
    world.api.fault(KINDS[kind], "hang", seconds=10, after=after, times=1)
    first = sender(world, kind, fields)
    while not list(paths.writes_dir().glob("*.json")):
        assert first.poll() is None
        time.sleep(0.05)
    second = sender(world, kind, fields)
    assert (second.wait(60), second.stdout.read()) == (1, ""), "two at once: the second one leaves it to the first"
    time.sleep(0.3)
    assert first.poll() is None, "the answer should not have come yet"
    first.kill()
    first.wait()
    (row,) = journal()
    assert row["outcome"] == "sent"
    output, _ = sender(world, kind, fields).communicate(timeout=60)
    assert json.loads(output)["outcome"] == ("confirmed" if after else "accepted")
    # the log tells of a request that hangs when its time is over
    while not any(one["verdict"] == "fault hang" for one in world.api.log(operation=KINDS[kind])):
        time.sleep(0.1)
    answered = [one for one in world.api.log(operation=KINDS[kind]) if one["verdict"] == "answered"]
    assert len(answered) == (0 if after else 1)
    # a schedule that is not there may have been replaced by another one since: sending it again is harmless
    first_one = "repeated" if kind == "UpdateSchedule" else "not_arrived"
    assert [row["outcome"] for row in journal()] == (["confirmed"] if after else [first_one, "accepted"])


@pytest.mark.parametrize("is_folded", [False, True])
def test_what_the_journal_cannot_tell_any_more_is_not_sent_again(world, is_folded):
    wanted = write("CancelJob", make(world, "CancelJob"))
    world.api.reset()
    carry_out(world.client, wanted, requested_by="dag run task")
    if is_folded:
        journal()
    (file,) = paths.writes_dir().rglob("*.json")
    file.write_text("")
    for _ in range(2):
        with pytest.raises(
            errors.OutcomeUnknown, match=r"cannot be read.*Look in Seller Central.*remove the file and run the task"
        ):
            carry_out(world.client, wanted, requested_by="dag run task")
        journal()  # sets it aside, where it still counts
    assert arrived(world, "CancelJob") == 1
