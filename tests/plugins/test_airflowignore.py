"""Airflow runs no file of the package as a top-level module, and would still load a plugin beside it."""

from pathlib import Path
from shutil import copytree

from airflow._shared.plugins_manager.plugins_manager import _load_plugins_from_plugin_directory

from include.warehouse.paths import PROJECT_DIR

PLUGIN = """
from airflow.plugins_manager import AirflowPlugin

class Page(AirflowPlugin):
    name = "page"
"""


def test_only_files_beside_the_package_are_loaded(tmp_path):
    folder = Path(copytree(PROJECT_DIR / "plugins", tmp_path / "plugins"))
    (folder / "amazon_services" / "hidden.py").write_text(PLUGIN)
    (folder / "dashboard.py").write_text(PLUGIN)
    plugins, failures = _load_plugins_from_plugin_directory(str(folder))
    loaded = sorted(str(plugin.source.path) for plugin in plugins)
    assert loaded == ["amazon_services_dashboard.py", "amazon_services_run_traces.py", "dashboard.py"]
    assert not failures
