"""Tables that no one should bring are refused before anything is sent: with the file and the place, and without their content."""

import re
import subprocess
import sys
import traceback

import duckdb
import pytest

from include.services_api.errors import InvalidParameter
from include.warehouse import paths
from include.writes import assignments, documents, schedule_tables
from tests.writes import hostile_tables as hostile

pytestmark = pytest.mark.timeout(120)


def refusal(read, file: object, table: object = None) -> str:
    with pytest.raises(InvalidParameter) as refused:
        read(file, table)
    said, traced = str(refused.value), "".join(traceback.format_exception(refused.value))
    assert said.endswith("Nothing was sent.")
    assert hostile.SECRET not in traced and "Roe" not in traced
    assert len(said) < 1_000 and said.isprintable()
    return said


def assert_says(said: str, expected: str) -> None:
    assert re.search(expected, said), said


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_a_text_that_is_no_table_of_assignments(input_folder, name):
    file_name, content, expected = hostile.TEXTS[name]
    file = input_folder / file_name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    said = refusal(assignments.read, str(file))
    assert str(file) in said
    assert_says(said, expected)


@pytest.mark.parametrize("name", hostile.SCHEDULES)
def test_a_cell_that_is_no_schedule(input_folder, name):
    changed, expected = hostile.SCHEDULES[name]
    file = input_folder / "t.csv"
    file.write_text(hostile.schedule(**changed), encoding="utf-8")
    said = refusal(schedule_tables.read, str(file))
    assert said.startswith(f"{file}, line 2, ")
    assert_says(said, expected)


@pytest.mark.parametrize("name", hostile.PATHS)
def test_a_path_that_is_not_read(input_folder, monkeypatch, name):
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(input_folder / "warehouse"))
    make, expected = hostile.PATHS[name]
    file = make(input_folder)
    assert_says(refusal(assignments.read, file), expected)
    # a document is read by the same rule
    assert_says(refusal(lambda file, table: documents.read(file), file), expected)


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_file_of_another_kind(input_folder, name):
    make, expected = hostile.FILES[name]
    file, table = make(input_folder)
    said = refusal(assignments.read, file, table)
    assert_says(said, expected)
    assert file in said or "`table`" in said


def test_a_file_that_another_process_writes(input_folder):
    file = input_folder / "t.duckdb"
    hold = f"import duckdb; held = duckdb.connect({str(file)!r}); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=paths.PROJECT_DIR
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        assert "another process writes it" in refusal(assignments.read, str(file), "t")
        holder.communicate("\n")


@pytest.mark.parametrize("name", ["huge values", "too many rows"])
def test_little_memory(input_folder, name):
    """In a process of its own, whose memory is the table's."""
    file, _ = hostile.FILES[name][0](input_folder)
    # the peak of its own memory: what the system counts for a child begins with its parent's
    code = (
        "import pathlib, sys; from include.writes import assignments\n"
        "try: assignments.read(sys.argv[1])\n"
        "except ValueError: print(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, file], cwd=paths.PROJECT_DIR, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 600_000, f"{done.stdout} kB"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.csv", b"\xef\xbb\xbf" + hostile.ASSIGN.encode() + b"j,a,t\n"),
        ("semicolons.csv", b"service_job_id;appointment_id;technician_id\r\nj;a;t\r\n"),
        ("tabs.tsv", b"technician_id\tservice_job_id\tappointment_id\nt\tj\ta\n"),
        ("blank lines.csv", hostile.ASSIGN.encode() + b"\n\nj,a,t\n,,\n"),
        ("quotes.csv", b'note,"service_job_id","appointment_id","technician_id"\n"a, ""b""\n=1","j","a","t"\n'),
        ("twice.csv", hostile.ASSIGN.encode() + b"j,a,t\nj,a,t\n"),
        ("[odd]*?'name.csv", hostile.ASSIGN.encode() + b"j,a,t\n"),
        ("spare cells.csv", hostile.ASSIGN.encode() + b"j,a,t,,\n"),
    ],
)
def test_what_spreadsheets_write_is_read(input_folder, name, content):
    (input_folder / name).write_bytes(content)
    expected = [{"service_job_id": "j", "appointment_id": "a", "technician_ids": "t"}]
    assert assignments.read(str(input_folder / name)) == expected
    # a relative path starts at the folder for input
    assert assignments.read(name) == expected


def test_a_parquet_with_an_odd_name_is_read(input_folder):
    duckdb.execute(f"copy ({hostile.GOOD}) to '{input_folder}/plain.parquet'")
    odd = (input_folder / "plain.parquet").rename(input_folder / "[odd]*?'name.parquet")
    assert [row["technician_ids"] for row in assignments.read(str(odd))] == ["t"]


def test_several_folders_and_the_default(input_folder, monkeypatch, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(input_folder / "warehouse"))
    for folder in (other, paths.warehouse_dir() / "published", paths.warehouse_dir()):
        folder.mkdir(exist_ok=True)
        (folder / "t.csv").write_text(hostile.ASSIGN + "j,a,t\n")
    monkeypatch.setenv("SERVICES_INPUT_DIR", f"{input_folder}:{other}:{paths.warehouse_dir() / 'published'}")
    assert assignments.read(str(other / "t.csv")) and assignments.read(str(paths.warehouse_dir() / "published" / "t.csv"))
    assert "SERVICES_INPUT_DIR" in refusal(assignments.read, str(paths.warehouse_dir() / "t.csv"))
    monkeypatch.delenv("SERVICES_INPUT_DIR")
    assert paths.input_dirs() == [paths.warehouse_dir() / "inputs"]
    (paths.warehouse_dir() / "inputs" / "t.csv").write_text(hostile.ASSIGN + "j,a,t\n")
    assert assignments.read("t.csv")
    for all_of_it in ("/", "//", "/tmp/.."):
        monkeypatch.setenv("SERVICES_INPUT_DIR", all_of_it)
        with pytest.raises(ValueError, match="SERVICES_INPUT_DIR should name folders"):
            assignments.read("t.csv")
