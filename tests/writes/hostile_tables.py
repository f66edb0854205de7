"""Tables that no one should bring, each as what makes it: paths, texts, and files of other kinds."""

import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb

SECRET = "4f1c9e70a3b2d85c6677aa10ffee9911"
PERSON = "Jane Roe, 12 Long Street, 206 555 0100"
ASSIGN = "service_job_id,appointment_id,technician_id\n"
SCHEDULE = "resource_id,start,end,capacity,repeat_until,days_of_week,days_of_month\n"
START, END = "2031-01-01T09:00:00Z", "2031-01-01T11:00:00Z"


def rows(*cells: str) -> str:
    """A table of assignments: a good row, then one of these cells, with something private beside it."""
    return f'{ASSIGN.strip()},note\njob,appointment,A1,ok\n{",".join(cells)},"{PERSON} {SECRET}"\n'


def schedule(**changed: str) -> str:
    row = {"resource_id": "store", "start": START, "end": END, "capacity": "4", "repeat_until": "", "days_of_week": "",
           "days_of_month": ""} | changed  # fmt: skip
    return f"{SCHEDULE.strip()},note\n" + ",".join(f'"{cell}"' for cell in row.values()) + f',"{PERSON} {SECRET}"\n'


# name of a file, its content, what the refusal says
TEXTS: dict[str, tuple[str, bytes | str, str]] = {
    "empty": ("t.csv", "", "without service_job_id"),
    "blanks only": ("t.csv", " \n\n  \n", "without service_job_id"),
    "header only": ("t.csv", ASSIGN, "holds no rows"),
    "BOM and header only": ("t.csv", "\ufeff" + ASSIGN, "holds no rows"),
    "latin-1": ("t.csv", rows("J\xfcrgen", "a", "t").encode("latin-1"), "line 3: it is not UTF-8"),
    "UTF-16": ("t.csv", rows("j", "a", "t").encode("utf-16"), "Save the table as CSV in UTF-8"),
    "NUL in a cell": ("t.csv", rows("j\0b", "a", "t"), "line 3: it holds NUL"),
    "a million columns": ("t.csv", ",".join(map(str, range(1_000_000))) + "\n1\n", "line 1: it has more than 1,000,000 bytes"),
    "two thousand columns": ("t.csv", ASSIGN.strip() + ",x" * 2_000 + "\n", "at most 1,000 are read"),
    "a line without end": ("t.csv", ASSIGN + SECRET * 50_000, "line 2: it has more than"),
    "a header twice": ("t.csv", f"{ASSIGN.strip()},technician_id\nj,a,t,u\n", "technician_id more than once"),
    "a column missing": ("t.csv", f"service_job_id,{SECRET}\nj,a\n", "without appointment_id, technician_id"),
    "no header": ("t.csv", f"{SECRET},a,t\n", "without service_job_id"),
    "another case": ("t.csv", "SERVICE_JOB_ID,APPOINTMENT_ID,TECHNICIAN_ID\nj,a,t\n", "without service_job_id"),
    "too few cells": ("t.csv", ASSIGN + f"j,{SECRET}\n", "line 2: it has 2 cells, and the header has 3"),
    "too many cells": ("t.csv", ASSIGN + f"j,a,t,{SECRET}\n", "line 2: it has 4 cells"),
    "a formula": ("t.csv", rows('"=HYPERLINK(""http://x"")"', "a", "t"), "line 3, column service_job_id.*no formula"),
    "a formula with plus": ("t.csv", rows("+1+cmd|' /C calc'!A0", "a", "t"), "line 3, column service_job_id.*no formula"),
    "a formula with at": ("t.csv", rows("j", "@SUM(1)", "t"), "line 3, column appointment_id.*no formula"),
    "a formula with minus": ("t.csv", rows("j", "a", "-cmd"), "line 3, column technician_id.*no formula"),
    "a huge cell": ("t.csv", rows("x" * 200_000, "a", "t"), "line 3.*131,072 characters"),
    "a long cell": ("t.csv", rows("x" * 201, "a", "t"), "line 3, column service_job_id.*200 characters.*of 201"),
    "a quote that is not closed": ("t.csv", ASSIGN + f'j,"{SECRET},t\n', "cannot be read as CSV: a quote"),
    "a quote in the middle": ("t.csv", ASSIGN + f'"j"{SECRET},a,t\n', "line 2.*a quote"),
    "line ends of an old Mac": ("t.csv", rows("j", "a", "t").replace("\n", "\r"), "line ends of Unix"),
    "a line end in a cell": ("t.csv", rows('"j\nk"', "a", "t"), "column service_job_id.*without control characters"),
    "an escape": ("t.csv", rows("\x1b[31mj", "a", "t"), "line 3, column service_job_id.*without control"),
    "text from right to left": ("t.csv", rows("\u202ej", "a", "t"), "line 3, column service_job_id.*plain text"),
    "two technicians in a cell": ("t.csv", rows("j", "a", "A1;A2"), "line 3, column technician_id.*one technician"),
    "another file's key": ("t.csv", SECRET + "\n", "without service_job_id"),
    "a private key": ("t.txt", f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n", "without service_job_id"),
    "random bytes": ("t.csv", bytes(range(254, 0, -1)) * 50, "line 1: it is not UTF-8"),
    "JSON": ("t.json", f'[{{"service_job_id": "{SECRET}"}}]', "none of the files that are read"),
    "broken JSON in a CSV": ("t.csv", f'[{{"service_job_id": "{SECRET}"', "without service_job_id"),
    "HTML": ("t.html", f"<table><td>{SECRET}</table>", "none of the files that are read"),
    "a gzip": ("t.csv.gz", b"\x1f\x8b\x08\x00" + SECRET.encode(), "none of the files that are read"),
    "no Parquet": ("t.parquet", SECRET, "should be a Parquet file"),
    "an empty Parquet": ("t.parquet", b"", "should be a Parquet file"),
    "marks of Parquet alone": ("t.parquet", b"PAR1" + SECRET.encode() + b"\xff\xff\xff\x7fPAR1", "should be a Parquet file"),
}  # fmt: skip
SCHEDULES: dict[str, tuple[dict[str, str], str]] = {
    "no zone": ({"start": "2031-01-01T09:00:00"}, "column start.*time zone"),
    "a date alone": ({"end": "2031-01-01"}, "column end.*time zone"),
    "a day that is none": ({"start": "2031-02-30T09:00:00Z"}, "column start"),
    "the first year": ({"start": "0001-01-01T00:00:00+23:00"}, "column start.*2000 to 2099"),
    "the last year": ({"end": "9999-12-31T23:59:59-23:00"}, "column end.*2000 to 2099"),
    "words": ({"start": f"tomorrow {SECRET}"}, "column start"),
    "backwards": ({"end": "2031-01-01T08:00:00Z"}, "column end.*after the start"),
    "four minutes": ({"end": "2031-01-01T09:04:00Z"}, "column end.*at least 5 minutes"),
    "no capacity": ({"capacity": ""}, "column capacity.*but is empty"),
    "a number with a comma": ({"capacity": "1,000"}, "column capacity.*digits alone"),
    "a number with an underscore": ({"capacity": "1_000"}, "column capacity.*digits alone"),
    "digits of another script": ({"capacity": "\uff11\uff12"}, "column capacity.*digits alone"),
    "nothing of it": ({"capacity": "0"}, "column capacity.*from 1"),
    "less than nothing": ({"capacity": "-5"}, "column capacity.*from 1"),
    "a fraction": ({"capacity": "9.5"}, "column capacity"),
    "an exponent": ({"capacity": "1e3"}, "column capacity"),
    "not a number": ({"capacity": "NaN"}, "column capacity"),
    "more than there can be": ({"capacity": "9" * 190}, "column capacity"),
    "no resource": ({"resource_id": ""}, "column resource_id.*but is empty"),
    "days without an end": ({"days_of_week": "MONDAY"}, "column repeat_until.*days_of_week"),
    "an end before the start": ({"repeat_until": "2030-01-01T00:00:00Z"}, "column repeat_until.*after the start"),
    "an unknown day": ({"repeat_until": "2031-02-01T00:00:00Z", "days_of_week": SECRET}, "column days_of_week.*MONDAY"),
    "the 32nd": ({"repeat_until": "2031-02-01T00:00:00Z", "days_of_month": "1,32"}, "column days_of_month.*1 to 31"),
}


def _outside(folder: Path) -> Path:
    """A file with a secret beside the folder for input."""
    file = folder.parent / f"{folder.name}-elsewhere" / "buyer_hash.key"
    file.parent.mkdir(exist_ok=True)
    file.write_text(ASSIGN + f"{SECRET},a,t\n")
    return file


def _link(folder: Path, target: object) -> str:
    (folder / "link.csv").symlink_to(target)
    return str(folder / "link.csv")


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.csv")
    return str(folder / "pipe.csv")


def _socket(folder: Path) -> str:
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket is short
    listening.bind("socket.csv")
    os.chdir(here)
    listening.close()
    return str(folder / "socket.csv")


def _key_of_the_warehouse(folder: Path) -> str:
    file = folder / "warehouse" / "buyer_hash.key"
    file.parent.mkdir(exist_ok=True)
    file.write_text(ASSIGN + f"{SECRET},a,t\n")
    return str(file)


def _sparse(folder: Path) -> str:
    with (folder / "sparse.csv").open("wb") as stream:
        stream.truncate(10**12)
    return str(folder / "sparse.csv")


NOT_IN_A_FOLDER = "SERVICES_INPUT_DIR"
PATHS: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda folder: "", "a text, its path"),
    "none": (lambda folder: None, "a text, its path"),
    "a number": (lambda folder: 17, "of type int"),
    "a list": (lambda folder: ["t.csv"], "of type list"),
    "NUL": (lambda folder: "t\0.csv", "cannot be printed"),
    "a line end": (lambda folder: "t.csv\nWARNING all is well", "cannot be printed"),
    "half a surrogate pair": (lambda folder: "t\ud800.csv", "cannot be printed"),
    "no such file": (lambda folder: "t.csv", "that is there"),
    "a name that is too long": (lambda folder: "t" * 5_000, "that is there"),
    "a folder": (lambda folder: str(folder), "no regular file"),
    "a pipe": (_pipe, "no regular file"),
    "a socket": (_socket, "no regular file"),
    "a terabyte": (_sparse, "at most"),
    "a loop of links": (lambda folder: _link(folder, folder / "link.csv"), "that is there"),
    "a link that leaves": (lambda folder: _link(folder, _outside(folder)), NOT_IN_A_FOLDER),
    "a link to a device": (lambda folder: _link(folder, "/dev/zero"), NOT_IN_A_FOLDER),
    "a path that leaves": (lambda folder: f"{folder}/../{folder.name}-elsewhere/{_outside(folder).name}", NOT_IN_A_FOLDER),
    "a relative path that leaves": (lambda folder: "../../../../../../../../etc/passwd", NOT_IN_A_FOLDER),
    "a folder with the same beginning": (lambda folder: str(_outside(folder)), NOT_IN_A_FOLDER),
    "a key of the warehouse": (_key_of_the_warehouse, NOT_IN_A_FOLDER),
    "a link to a key of the warehouse": (lambda folder: _link(folder, _key_of_the_warehouse(folder)), NOT_IN_A_FOLDER),
    "an environment": (lambda folder: "/proc/self/environ", NOT_IN_A_FOLDER),
    "a device": (lambda folder: "/dev/zero", NOT_IN_A_FOLDER),
    "standard input": (lambda folder: "/dev/stdin", NOT_IN_A_FOLDER),
    "an address": (lambda folder: "https://example.com/t.csv", "that is there"),
    "a bucket": (lambda folder: "s3://bucket/t.csv", "that is there"),
    "a pattern": (lambda folder: str(folder / "*.csv"), "that is there"),
}  # fmt: skip


def _parquet(folder: Path, select: str, name: str = "t.parquet") -> str:
    duckdb.execute(f"copy ({select}) to '{folder / name}' (format parquet)")
    return str(folder / name)


def _cut(file: str, share: float) -> str:
    content = Path(file).read_bytes()
    Path(file).write_bytes(content[: int(len(content) * share)])
    return file


def _duckdb(folder: Path, *statements: str) -> str:
    with duckdb.connect(folder / "t.duckdb") as connection:
        for statement in statements:
            connection.execute(statement)
    return str(folder / "t.duckdb")


def _workbook(folder: Path) -> str:
    with zipfile.ZipFile(folder / "t.xlsx", "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", SECRET)
    return str(folder / "t.xlsx")


REST = "'a' as appointment_id, 't' as technician_id"
GOOD = f"select 'j' as service_job_id, 'a' as appointment_id, 't' as technician_id, '{SECRET}' as note"
BIG = "select repeat('x', 60_000_000) as service_job_id, 'a' as appointment_id, 't' as technician_id from range(8)"
MANY = "select 'j' as service_job_id, 'a' as appointment_id, 't' as technician_id from range(2_000_000)"
OTHERS = "select content as service_job_id, content as appointment_id, content as technician_id from read_text('{}')"
# (file, table), what the refusal says
FILES: dict[str, tuple[Callable[[Path], tuple[str, object]], str]] = {
    "half a Parquet": (lambda folder: (_cut(_parquet(folder, GOOD), 0.5), None), "damaged"),
    "a Parquet without its end": (lambda folder: (_cut(_parquet(folder, GOOD), 0.99), None), "damaged"),
    "a Parquet without a column": (lambda folder: (_parquet(folder, f"select '{SECRET}' as x"), None), "without service_job_id"),
    "a Parquet without rows": (lambda folder: (_parquet(folder, f"{GOOD} limit 0"), None), "holds no rows"),
    "a nested column": (
        lambda folder: (_parquet(folder, f"select ['{SECRET}'] as service_job_id, {REST}"), None),
        "column service_job_id.*nested",
    ),
    "bytes in a column": (
        lambda folder: (_parquet(folder, f"select 'j'::blob as service_job_id, {REST}"), None),
        "column service_job_id.*binary",
    ),
    "a formula in a Parquet": (
        lambda folder: (_parquet(folder, f"select '=1' as service_job_id, {REST}"), None),
        "row 1, column service_job_id.*no formula",
    ),
    "huge values": (lambda folder: (_parquet(folder, BIG), None), "column service_job_id.*200 characters|more memory"),
    "too many rows": (lambda folder: (_parquet(folder, MANY), None), "more than 100,000 rows"),
    "a DuckDB file without a table's name": (lambda folder: (_duckdb(folder, f"create table t as {GOOD}"), None), "with `table`"),
    "half a DuckDB file": (lambda folder: (_cut(_duckdb(folder, f"create table t as {GOOD}"), 0.5), "t"), "damaged"),
    "a DuckDB file of zeros": (lambda folder: (_cut(_duckdb(folder), 0) and _zeros(folder), "t"), "damaged"),
    "no such table": (lambda folder: (_duckdb(folder, f"create table t as {GOOD}"), "main.u"), "no such table"),
    "a table's name that is SQL": (lambda folder: (_duckdb(folder), f"t; attach '{SECRET}'"), "schema.table"),
    "a table's name that is a function": (lambda folder: (_duckdb(folder), "read_text('/etc/passwd')"), "schema.table"),
    "a table's name that is a list": (lambda folder: (_duckdb(folder), ["t"]), "schema.table"),
    "a variable of Python": (lambda folder: (_duckdb(folder), "columns"), "no such table"),
    "a view that reads another file": (
        lambda folder: (_duckdb(folder, f"create view v as {OTHERS.format(_outside(folder))}"), "v"), "reads other files",
    ),
    "a view that reads the environment": (
        lambda folder: (_duckdb(folder, f"create view v as {OTHERS.format('/proc/self/environ')}"), "v"), "reads other files",
    ),
    "a value that is no number": (
        lambda folder: (
            _duckdb(folder, f"create table s as {GOOD}", "create view v as select note::int as service_job_id, appointment_id, "
                    "technician_id from s"), "v"), "damaged, of another kind",
    ),
    "a workbook": (lambda folder: (_workbook(folder), None), "none of the files"),
    "a workbook as a DuckDB file": (lambda folder: (_workbook(folder), "sheet1"), "damaged"),
}  # fmt: skip


def _zeros(folder: Path) -> str:
    (folder / "t.duckdb").write_bytes(bytes(300_000))
    return str(folder / "t.duckdb")
