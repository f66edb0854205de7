"""Makes a fixture of this folder: `python -m tests.upgrades.make_fixture COMMIT`, with the repository's own `.venv`.

The code of an earlier commit fills a small warehouse from a local API (today's, which stands for Amazon's), and what it leaves
becomes `COMMIT.tar.xz`::

    warehouse/       the folder of the warehouse, but for what every run makes anew (dbt's files, the validation report)
    observations/    a copy of every package that it ever read: from these a warehouse can be built anew

The packages that are installed are today's; a commit that cannot run with them is no fixture. Nothing personal is in it, no
secret and no path of this machine; the script looks before it writes.
"""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow.parquet as pq

from tests.local_api import LocalApi, local_api
from tests.upgrades import installation

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORLD = (
    "--seed", "14", "--days", str(installation.DAYS), "--now", installation.NOW.isoformat(), "--frozen", "--limits", "off",
    "--marketplaces", "US", "--jobs-per-day", "40", "--stores", "1",
)  # fmt: skip
# stands in for a secret: it hashes buyers of a world that does not exist
HASH_KEY = "the-key-of-the-upgrade-fixtures"
MADE_ANEW = ("warehouse/dbt", "warehouse/published/data_docs", "warehouse/published/dbt_docs")


def main(commit: str) -> None:
    name = git("rev-parse", "--short=7", commit)
    with TemporaryDirectory() as folder, checkout(name, Path(folder) / "code") as code, local_api(*WORLD) as api:
        content = Path(folder) / "content"
        content.mkdir()
        live(code, content, api.url)
        refuse_what_may_not_be_inside(content, api, [folder, str(ROOT), str(Path.home()), HASH_KEY])
        archive = HERE / f"{name}.tar.xz"
        with tarfile.open(archive, "w:xz", preset=9) as tar:
            for part in ("warehouse", "observations"):
                tar.add(content / part, part, filter=ownerless)
    print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 1000:.0f} kB")


def git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    git("worktree", "add", "--detach", str(folder), commit)
    try:
        yield folder
    finally:
        git("worktree", "remove", "--force", str(folder))


def live(code: Path, content: Path, url: str) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SERVICES_", "AIRFLOW_"))},
        "PYTHONPATH": f"{code}{os.pathsep}{code / 'plugins'}",
        "SERVICES_WAREHOUSE_DIR": str(content / "warehouse"),
        "SERVICES_BUYER_HASH_KEY": HASH_KEY,
        "SERVICES_THREADS": "1",  # so that the hour that fails fails at the same job
        "SERVICES_BACKFILL_WINDOW_HOURS": "60",
    }
    command = [sys.executable, HERE / "installation.py", url, content / "observations"]
    subprocess.run(command, cwd=code, env=environment, check=True)


def ownerless(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if member.name in MADE_ANEW:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def refuse_what_may_not_be_inside(content: Path, api: LocalApi, places: list[str]) -> None:
    """Names, phones, streets and ids of buyers, paths of this machine, the key."""
    personal = [value for values in api.control("GET", "personal").values() for value in values]
    assert personal, "nothing personal to look for: this would prove nothing"
    text = "\n".join(texts(content))
    if found := [needle for needle in (*places, *personal) if needle in text]:
        raise SystemExit(f"{len(found)} texts that may not be in a fixture are in this one, such as {found[0]!r}")


def texts(content: Path) -> Iterator[str]:
    """Everything that can be read in the files: DuckDB and Parquet pack their texts, so their values are asked for."""
    for file in content.rglob("*"):
        if file.is_dir() or any(file.is_relative_to(content / part) for part in MADE_ANEW):
            continue
        if file.suffix == ".duckdb":
            with duckdb.connect(str(file), read_only=True) as connection:
                for schema, table in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall():
                    yield str(connection.execute(f'from "{schema}"."{table}"').fetchall())
        elif file.suffix == ".parquet":
            yield str(pq.read_table(file).to_pylist())
        yield file.read_bytes().decode(errors="replace")


if __name__ == "__main__":
    main(sys.argv[1])
