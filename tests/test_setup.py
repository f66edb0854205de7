"""`make` names in one line what the machine lacks, and does nothing if nothing has changed."""

import ast
import importlib.util
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from include.warehouse.paths import PROJECT_DIR


@pytest.fixture
def setup(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("project_setup", PROJECT_DIR / "scripts" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / ".venv")
    return module


def message(setup) -> str:
    with pytest.raises(SystemExit) as stopped:
        setup.main(dev=False)
    assert len(str(stopped.value).splitlines()) == 1
    return str(stopped.value)


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_a_python_too_old_or_too_new(setup, monkeypatch, version):
    monkeypatch.setattr(setup.sys, "version_info", (*version, 0, "final", 0))
    assert f"This project needs Python 3.11, 3.12 or 3.13, but {sys.executable} is {version[0]}.{version[1]}" in message(setup)


def test_a_full_disk(setup, monkeypatch):
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    assert "The disk is nearly full: 1.0 GB free" in message(setup)


def test_a_python_without_venv(setup, monkeypatch):
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda _: None)
    assert "apt install python3-venv" in message(setup)


def test_nothing_is_done_when_nothing_has_changed(setup, monkeypatch):
    setup.ENVIRONMENT.mkdir()
    (setup.ENVIRONMENT / ".installed").write_text(setup.fingerprint(["requirements.txt"]))
    monkeypatch.setattr(setup, "run", lambda _: pytest.fail("it installed"))
    setup.main(dev=False)


def test_an_old_python_can_read_it():
    """The check of the version must run where it fails."""
    ast.parse((PROJECT_DIR / "scripts" / "setup.py").read_text(), feature_version=(3, 7))


@pytest.mark.skipif(not shutil.which("make"), reason="make is not on this machine")
def test_make_tells_what_there_is():
    told = subprocess.run(["make", "help"], cwd=PROJECT_DIR, capture_output=True, text=True).stdout
    for target in ("setup", "demo", "test", "up", "down", "soak", "bench", "lint"):
        assert f"{target}:" in told or f"{target} " in told
