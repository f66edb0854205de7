"""`make env`: an `.env` with secrets that can be used, and nothing lost of one that exists."""

import importlib.util
import json
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from include.warehouse.paths import PROJECT_DIR
from tests.containers import composefile

SCRIPT = PROJECT_DIR / "scripts" / "env.py"


@pytest.fixture
def env():
    spec = importlib.util.spec_from_file_location("project_env", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_secret_is_made_and_settings_keep_their_defaults(env, tmp_path):
    file = tmp_path / ".env"
    env.write(file, sandbox=False)
    assert file.stat().st_mode & 0o777 == 0o600
    made, example = (composefile.dotenv(path.read_text()) for path in (file, PROJECT_DIR / ".env.example"))
    secret = (*env.PASSWORDS, env.FERNET_KEY)
    assert {name: value for name, value in made.items() if name not in secret} == {
        name: value for name, value in example.items() if name not in secret
    }
    assert len({made[name] for name in secret}) == len(secret) and all(len(made[name]) > 40 for name in secret)
    assert len(made["AIRFLOW_JWT_SECRET"]) >= 64 <= len(made["AIRFLOW_SECRET_KEY"])
    Fernet(made["AIRFLOW_FERNET_KEY"])
    composefile.services(PROJECT_DIR / "docker-compose.yaml", made, "sandbox")


def test_what_is_there_stays(env, tmp_path):
    file = tmp_path / ".env"
    env.write(file, sandbox=True)
    before = file.read_text()
    assert "nothing was missing" in env.write(file, sandbox=True)
    assert file.read_text() == before


def test_an_older_file_gets_what_it_lacks(env, tmp_path):
    """Keys of the recipe that was documented first are replaced: Fernet refuses them."""
    file = tmp_path / ".env"
    file.write_text(
        "# mine\nPOSTGRES_PASSWORD=mine\nAIRFLOW_FERNET_KEY=Jm0m9s2l3vXnT1Z7o4kq5y6u8i9p0a_bCdEfGhIjKlM\nSERVICES_THREADS=3\n"
    )
    done = env.write(file, sandbox=False)
    values = composefile.dotenv(file.read_text())
    assert file.read_text().startswith("# mine\nPOSTGRES_PASSWORD=mine\n")
    assert values["SERVICES_THREADS"] == "3" and Fernet(values["AIRFLOW_FERNET_KEY"])
    assert "AIRFLOW_FERNET_KEY" in done and "POSTGRES_PASSWORD" not in done and values["AIRFLOW_FERNET_KEY"] not in done


def test_a_connection_of_ones_own_is_not_replaced_by_the_sandbox(env, tmp_path):
    file = tmp_path / ".env"
    env.write(file, sandbox=True)
    connection = json.loads(composefile.dotenv(file.read_text())["AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT"])
    assert connection["extra"]["endpoint"] == "http://sandbox:8765"
    file.write_text("""AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT='{"extra": {"endpoint": "http://127.0.0.1:8765"}}'\n""")
    env.write(file, sandbox=True)
    assert json.loads(composefile.dotenv(file.read_text())["AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT"]) == connection
    file.write_text("AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT='{}'\n")
    env.write(file, sandbox=True)
    assert composefile.dotenv(file.read_text())["AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT"] == "{}"


@pytest.mark.parametrize("key", ["", "short", "x" * 43, "é" * 32, "x" * 43 + "=", "  "])
def test_the_first_service_tells_of_a_key_that_is_refused(key):
    """A key in the right form passes; any other ends `init` with one line that says what to do."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], env={"AIRFLOW__CORE__FERNET_KEY": key}, capture_output=True, text=True
    )
    try:
        Fernet(key)
    except ValueError:
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "`make env` to replace it" in done.stderr
        assert not key.strip() or key not in done.stderr
    else:
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$$x", "$x"), ("${A}", "1"), ("$A.", "1."), ("${NO:-b c}", "b c"), ("${EMPTY:-b}", "b"), ("${EMPTY-b}", ""),
        ("${A:+yes}", "yes"), ("${EMPTY:+yes}", ""), ("${NO:-0 * * * *}", "0 * * * *"),
    ],
)  # fmt: skip
def test_variables_are_read_as_compose_reads_them(text, value):
    assert composefile.interpolated(text, {"A": "1", "EMPTY": ""}) == value


def test_an_env_file_is_read_as_compose_reads_it():
    text = '# no\nA=1 # why\nB=\'$A # "x"\'\nexport C="$A"\nD=\nE=0 * * * *\nF=a#b\n'
    assert composefile.dotenv(text) == {"A": "1", "B": '$A # "x"', "C": "1", "D": "", "E": "0 * * * *", "F": "a#b"}
