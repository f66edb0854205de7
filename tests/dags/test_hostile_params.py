"""Parameters of runs are read by their type: what is of another is refused by name, before anything is done."""

import inspect
import re
import traceback

import pytest

from include.extract.backfill import Backfill
from include.warehouse import paths
from tests.dags import hostile_params as hostile
from tests.dags.test_manners import load

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def tasks():
    """The function of each task that reads parameters."""
    return {(dag, task): load(dag).get_task(task).python_callable for dag, task in hostile.CASES}


@pytest.fixture
def key(warehouse):
    """What nobody may read: a key of the warehouse, as a file of the right form."""
    file = warehouse / "buyer_hash.key"
    file.write_text(f"service_job_id,appointment_id,technician_id\n{hostile.SECRET},a,t\n")
    return str(file)


@pytest.mark.parametrize(
    ("where", "name"),
    [(where, name) for where, cases in hostile.CASES.items() for name in cases],
    ids=lambda part: str(part)[:60],
)
def test_refused(tasks, warehouse, input_folder, key, where, name):
    params, expected = hostile.CASES[where][name]
    params = {field: key if value == "KEY" else value for field, value in params.items()}
    (input_folder / "t.csv").touch()
    before = sorted(warehouse.rglob("*"))
    with pytest.raises(Exception) as refused:
        run(tasks[where], params)
    said, traced = str(refused.value), "".join(traceback.format_exception(refused.value))
    assert isinstance(refused.value, ValueError | LookupError) and not isinstance(refused.value, KeyError), traced
    assert re.search(expected, said), said
    assert len(said) < 1_500 and said.isprintable(), said[:2_000]
    assert hostile.SECRET not in traced and hostile.PERSON not in said
    assert sorted(warehouse.rglob("*")) == before, "nothing is done before the parameters are read"


def run(task, params: dict) -> object:
    known = {"params": params, "run_id": "run", "dag_run": None, "ti": None}
    return task(**{name: known[name] for name in inspect.signature(task).parameters})


def test_what_is_meant_is_read(input_folder, tasks):
    (input_folder / "ids.csv").write_text("\ufeffService Job ID;Status\njob-1;HOLD\njob-2;HOLD\n", encoding="utf-8")
    found = Backfill.from_params({"job_ids_file": "ids.csv", "dry_run": True, "max_share": 1, "accounts": None, "entities": []})
    assert (found.job_ids, found.dry_run, found.max_share) == (("job-1", "job-2"), True, 1.0)
    assert Backfill.from_params({**hostile.RANGE, "dry_run": None, "job_ids_file": ""}).dry_run is False


HOSTILE_IDS = {
    "latin-1": ("Service Job ID\nJ\xfcrgen\n".encode("latin-1"), "line 2: it is not UTF-8"),
    "NUL": (b"job-1\njob\0-2\n", "line 2: it holds NUL"),
    "UTF-16": ("job-1\n".encode("utf-16"), "UTF-8"),
    "a huge cell": (b"Service Job ID\n" + b"x" * 200_000 + b"\n", "131,072 characters"),
    "an endless line": (b"x" * 2_000_000, "line 1: it has more than"),
    "a private key": (f"-----BEGIN PRIVATE KEY-----\n{hostile.SECRET}\n".encode(), "line 1: holds no job ids"),
    "a passwd": (f"root:x:0:0:{hostile.SECRET} of root:/root:/bin/sh\n".encode(), "line 1: holds no job ids"),
    "prose": (f"The {hostile.SECRET}\nof the house\n".encode(), "holds no job ids"),
    "an open quote": (f'Service Job ID\n"{hostile.SECRET}\n'.encode(), "cannot be read as CSV"),
    "a header alone": (b"Service Job ID,Status\n", "holds no job ids"),
    "nothing": (b"", "holds no job ids"),
    "binary": (bytes(range(254, 0, -1)), "line 1: it is not UTF-8"),
}


@pytest.mark.parametrize("name", HOSTILE_IDS)
def test_a_list_of_ids_that_is_none(input_folder, name):
    content, expected = HOSTILE_IDS[name]
    (input_folder / "ids.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"(?s)job_ids_file.*Example: ") as refused:
        Backfill.from_params({"job_ids_file": "ids.csv"})
    assert re.search(expected, str(refused.value)), refused.value
    assert hostile.SECRET not in "".join(traceback.format_exception(refused.value))
    assert paths.input_dirs() == [input_folder.resolve()]
