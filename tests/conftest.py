"""What all tests share: a warehouse of their own, an Airflow home of their own, and no telemetry."""

import os
import tempfile

# before anything imports Airflow: it makes its home when it is imported
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="services-warehouse-airflow-")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__CORE__UNIT_TEST_MODE"] = "False"
os.environ["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] = "False"
os.environ["DO_NOT_TRACK"] = "1"

import pytest

from include.extract import privacy
from include.warehouse import paths

SHARED = paths.PROJECT_DIR.parent / "shared"


@pytest.fixture(autouse=True)
def input_folder(tmp_path, monkeypatch):
    """A test's own folder is a folder for input."""
    monkeypatch.setenv("SERVICES_INPUT_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def warehouse(tmp_path, monkeypatch):
    """An empty warehouse folder, set as the one in use."""
    folder = tmp_path / "warehouse"
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(folder))
    privacy.buyer_keys.cache_clear()
    yield paths.warehouse_dir()
    privacy.buyer_keys.cache_clear()
