"""A write is sent once, also by several processes: two and eight at once, and one that is stopped while another one acts."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import pytest

from include.services_api import Account
from include.warehouse import paths
from include.writes import schedule_tables, schedules, sending
from include.writes.write import request_of
from tests.services_api.loopback import Reply, running
from tests.writes.trials import POINTS, POINTS_OF_A_SUCCESSOR

MARKETPLACE = "ATVPDKIKX0DER"
KINDS = [
    {"count": 2},
    {"count": 8},
    {"count": 2, "after_a_death": True},
    {"count": 8, "after_a_death": True},
    *[{"point": point, "merges": merges} for point in POINTS for merges in (False, True)],
    *[{"point": point, "merges": merges, "after_a_death": True} for point in POINTS_OF_A_SUCCESSOR for merges in (False, True)],
]


@pytest.mark.parametrize("count", [len(KINDS), pytest.param(500, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_one_request_on_the_wire(warehouse, count):
    came_to = Counter()
    with running() as api:
        # one answer for both: to a reservation, and to the question what is reserved
        api.script(
            Reply(body={"payload": {"reservation": {"reservationId": "the-one"}}, "resourceId": "store", "capacities": []})
        )
        command = [sys.executable, "-m", "tests.writes.trials", api.url]
        with subprocess.Popen(command, cwd=paths.PROJECT_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as trials:
            for number, kind in enumerate(islice(cycle(KINDS), count)):
                api.requests.clear()
                print(json.dumps({"account": f"seller_{number}", **kind}), file=trials.stdin, flush=True)
                *results, afterwards = json.loads(trials.stdout.readline())
                sent = [one for one in api.requests if (one["method"], one["path"]) == ("POST", "/service/v1/reservation")]
                assert len(sent) == 1, (kind, results)
                # whoever lost says so, or was late enough to be told what came of it
                assert set(results) <= {"accepted", "WriteBusy"} and "accepted" in results, (kind, results)
                assert afterwards == "accepted", kind
                came_to.update(results)
            trials.stdin.close()
    print(f"{count} trials: one request each; the processes came to {dict(came_to)}")


def test_a_schedule_stays_the_same_write_while_its_rows_pass(warehouse, input_folder):
    account = Account("my_shop", "client-id", "client-secret", "Atzr|token", marketplace_ids=(MARKETPLACE,))
    now = datetime.now(UTC)
    text = "resource_id,start,end,capacity\n"
    for hours in (1, 2, 3):
        start, end = now + timedelta(hours=hours), now + timedelta(hours=hours, minutes=30)
        text += f"store,{start.isoformat()},{end.isoformat()},{hours}\n"
    file = input_folder / "table.csv"
    file.write_text(text)
    rows = schedule_tables.read(str(file))["store"]
    updates = [schedules._update("store", rows, MARKETPLACE, now + timedelta(hours=hours)) for hours in (0, 1.75, 2.75)]
    assert [len(update.schedules) for update in updates] == [3, 2, 1]
    keys = {sending._key(update, account, "dag run task") for update in updates}
    assert len(keys) == 1
    # while nothing has passed it is the key that was always made of what is sent
    whole = request_of(updates[0], account)
    assert updates[1].identity(account) == [whole.operation.name, whole.path, whole.query, whole.body]
    assert schedules._update("store", rows, MARKETPLACE, now + timedelta(hours=4)) is None
