"""Writes `.env` for docker compose from `.env.example` and generates a value for each secret that has none.

An existing `.env` keeps its values. Missing secrets are added, and an invalid Fernet key is replaced, because nothing can have
been encrypted with it. Uses the standard library only.

    python3 scripts/env.py              writes or completes .env
    python3 scripts/env.py --sandbox    the same, with a connection to the local API of `--profile sandbox`
    python3 scripts/env.py --check      checks the secrets in this process's environment; writes nothing
"""

import base64
import json
import os
import re
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTION = "AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT"
# the address of the local API in files that earlier versions wrote
FORMER_SANDBOX = "http://127.0.0.1:8765"
SANDBOX = {
    "conn_type": "amazon_services",
    "login": "client",
    "password": "secret",
    "extra": {
        "refresh_token": "Atzr|sandbox",
        "marketplace_ids": ["ATVPDKIKX0DER"],
        "endpoint": "http://sandbox:8765",
        "token_url": "http://sandbox:8765/auth/o2/token",
    },
}
PASSWORDS = (
    "POSTGRES_PASSWORD",
    "AIRFLOW_ADMIN_PASSWORD",
    "AIRFLOW_JWT_SECRET",
    "AIRFLOW_SECRET_KEY",
    "SERVICES_BUYER_HASH_KEY",
)
FERNET_KEY = "AIRFLOW_FERNET_KEY"


def is_fernet_key(value: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(value)) == 32
    except ValueError:
        return False


def completed(lines: list[str], sandbox: bool) -> tuple[list[str], list[str]]:
    """Return the lines with a value for each secret, and the names of the secrets that were set."""
    values = {name: value for name, value in map(_parsed, lines) if name}
    wanted = {name: secrets.token_urlsafe(64) for name in PASSWORDS if not values.get(name)}
    if not is_fernet_key(values.get(FERNET_KEY, "")):
        wanted[FERNET_KEY] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if sandbox and (not values.get(CONNECTION) or FORMER_SANDBOX in values[CONNECTION]):
        wanted[CONNECTION] = f"'{json.dumps(SANDBOX)}'"
    kept = [f"{name}={wanted[name]}" if (name := _parsed(line)[0]) in wanted else line for line in lines]
    return kept + [f"{name}={value}" for name, value in wanted.items() if name not in values], list(wanted)


def _parsed(line: str) -> tuple[str, str]:
    found = re.match(r"\s*(?:export\s+)?([A-Z_0-9]+)\s*=\s*(.*?)\s*$", line)
    return (found[1], found[2].strip("'\"")) if found else ("", "")


def write(file: Path, sandbox: bool) -> str:
    """Write `file` so that only its owner can read it. Return a message about what was set."""
    source = file if file.exists() else ROOT / ".env.example"
    lines, names = completed(source.read_text(encoding="utf-8").splitlines(), sandbox)
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
        output.write("\n".join(lines) + "\n")
    new.replace(file)
    return f"{file}: {'set ' + ', '.join(names) if names else 'nothing was missing'}"


def problem(environment: dict) -> str:
    """Return why Airflow cannot run with these settings, or an empty text if it can."""
    key = environment.get("AIRFLOW__CORE__FERNET_KEY", "")
    if not is_fernet_key(key):
        return (
            f"AIRFLOW_FERNET_KEY should be 32 bytes in base64, but is another text of {len(key)} characters. Airflow cannot save "
            "connections with it. Run `make env` to replace it; nothing is encrypted with it."
        )
    return ""


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(problem(dict(os.environ)) or None)
    print(write(ROOT / ".env", "--sandbox" in sys.argv[1:]))
