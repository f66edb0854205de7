"""Only what is ours is removed: by an export, and of a folder with links and mounts in it."""

import inspect
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import pytest

from include.warehouse import ownership, paths
from include.warehouse.export import UNFINISHED, export
from include.warehouse.ownership import NotOurs


@pytest.fixture
def published(tmp_path: Path) -> Path:
    file = tmp_path / "services.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_store as select 'store' as store_id")
    return file


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def theirs(folder: Path) -> None:
    (folder / "photos").mkdir(parents=True)
    (folder / "photos" / "one.jpg").write_bytes(b"mine")


def broken(folder: Path) -> None:
    theirs(folder)
    (folder / ownership.MARKER).write_text('{"kind": "an export"}')


def with_a_note(folder: Path) -> None:
    export(folder.parent / "services.duckdb", folder)
    (folder / "dim_store" / "notes.txt").write_text("mine")


def of_before(folder: Path) -> None:
    (folder / "dim_store").mkdir(parents=True)
    (folder / "dim_store" / "data_0.parquet").write_bytes(b"PAR1")


@pytest.mark.parametrize("make", [theirs, broken, with_a_note, of_before])
@pytest.mark.parametrize("name", ["parquet", ".parquet.new", ".parquet.old"])
def test_an_export_removes_nothing_but_an_export(published, tmp_path, make, name):
    """Also beside its place, where it would put what it writes."""
    make(tmp_path / name)
    before = everything(tmp_path)
    with pytest.raises(NotOurs, match="nothing was removed"):
        export(published, tmp_path / "parquet")
    assert everything(tmp_path) == before


def test_an_export_replaces_an_export_an_empty_folder_and_what_a_killed_one_left(published, tmp_path):
    folder = tmp_path / "parquet"
    folder.mkdir()
    export(published, folder)
    (tmp_path / ".parquet.new").mkdir()
    ownership.mark(tmp_path / ".parquet.new", UNFINISHED)
    (tmp_path / ".parquet.new" / "half.parquet").write_bytes(b"PAR1")
    folder.rename(tmp_path / ".parquet.old")  # killed between its two renames
    export(published, folder)
    assert sorted(everything(folder)) == [ownership.MARKER, "dim_store/data_0.parquet"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["parquet", "services.duckdb"]


def test_an_export_through_a_link_replaces_the_folder_behind_it(published, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "parquet")
    for _ in range(2):
        export(published, tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "parquet" / "dim_store").is_dir()


@pytest.mark.parametrize("folder", ["/", "/proc", "~", "."])
def test_the_command_refuses_in_one_line(published, tmp_path, folder):
    target = tmp_path / "warehouse" / "published"
    target.mkdir(parents=True)
    published.rename(target / "services.duckdb")
    environment = os.environ | {"SERVICES_WAREHOUSE_DIR": str(tmp_path / "warehouse"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "include.warehouse.export", str(tmp_path) if folder == "~" else folder]
    done = subprocess.run(command, env=environment, cwd=paths.PROJECT_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr and (target / "services.duckdb").exists()


def test_a_link_goes_and_what_it_leads_to_stays(tmp_path):
    theirs(tmp_path / "theirs")
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "link").symlink_to(tmp_path / "theirs")
    (tmp_path / "outer").symlink_to(tmp_path / "theirs")
    ownership.remove(tmp_path / "ours")
    ownership.remove(tmp_path / "outer")
    assert not (tmp_path / "ours").exists() and not (tmp_path / "outer").is_symlink()
    assert (tmp_path / "theirs" / "photos" / "one.jpg").read_bytes() == b"mine"


def test_what_another_disk_holds_stays(tmp_path, monkeypatch):
    theirs(tmp_path / "ours" / "deep")
    mounted = str(tmp_path / "ours" / "deep" / "photos")
    monkeypatch.setattr(ownership.os.path, "ismount", lambda path: str(path) == mounted)
    with pytest.raises(NotOurs, match="another file system is mounted"):
        ownership.remove(tmp_path / "ours")
    assert (tmp_path / "ours" / "deep" / "photos" / "one.jpg").exists()


def test_root_home_and_the_current_folder_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (Path("/"), tmp_path, Path.cwd(), Path.cwd().parent):
        with pytest.raises(NotOurs, match="is not removed"):
            ownership.remove(folder)


def test_every_place_of_the_warehouse_is_named(warehouse):
    """What is not named, `make clean` would leave behind."""
    for name, place in inspect.getmembers(paths, inspect.isfunction):
        file = None if inspect.signature(place).parameters else place()
        if isinstance(file, Path) and warehouse in file.parents:
            first = file.relative_to(warehouse).parts[0]
            assert any(fnmatch(first, pattern) for pattern in (*paths.WRITTEN, *paths.BROUGHT)), name
