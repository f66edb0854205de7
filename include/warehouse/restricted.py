"""Stores personal data, for installations that keep it: `restricted.duckdb`, which DuckDB encrypts and which is never published.

By default none is kept. With `SERVICES_PERSONAL_DATA=keep` extraction writes the contacts of a job into its load package as one
sealed text, and the loader decrypts them into the encrypted database. The key is `SERVICES_PERSONAL_DATA_KEY`; no file of the
project or of the warehouse holds it. To read the data: `python -m include.warehouse.restricted "select * from job_contacts"`.
"""

import base64
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from include.warehouse import compaction, database, paths, unreadable
from include.warehouse.api_fields import SERVICE_JOB, private_columns

WRONG_KEY = "Wrong encryption key"
TABLE = "restricted.job_contacts"
KEY = ("account", "marketplace_id", "service_job_id")
# the columns of a contact, and their paths in the payload
FIELDS = dict(private_columns(SERVICE_JOB))
# the column of values in places that Amazon's model does not have, as JSON by path: they can be personal too
UNEXPECTED = "unexpected"
_COLUMNS = ", ".join([*(f"{name} varchar" for name in (*KEY, "buyer_key", *FIELDS)), "observed_at timestamptz"])


class NoKey(ValueError):
    """The key of the personal data is missing or wrong."""


def is_kept() -> bool:
    """Whether personal data is stored at all: `SERVICES_PERSONAL_DATA`, `none` (default) or `keep`."""
    setting = os.environ.get("SERVICES_PERSONAL_DATA", "").strip().lower() or "none"
    if setting not in ("none", "keep"):
        raise ValueError(f"SERVICES_PERSONAL_DATA should be none or keep, but is {setting!r}.")
    return setting == "keep"


def sealer() -> Callable[[dict], str]:
    """Return a function that encrypts a document into a text.

    Raises:
        NoKey: The key is missing.
    """
    from cryptography.fernet import Fernet

    cipher = Fernet(_derived("packages"))
    return lambda document: cipher.encrypt(json.dumps(document).encode()).decode()


def keep(rows: pa.Table) -> int:
    """Store sealed contacts, of each job the newest. Safe to repeat.

    Args:
        rows: The columns of `schema.PERSONAL_DATA`.

    Returns:
        How many contacts were stored.

    Raises:
        NoKey: They were sealed with another key.
    """
    if not len(rows):
        return 0
    contacts = _unsealed(rows)
    with opened() as vault:
        vault.register("incoming", contacts)
        same = " and ".join(f"kept.{name} = newest.{name}" for name in KEY)
        with database.transaction(vault):
            vault.execute(f"create temp table newest as select distinct on ({', '.join(KEY)}) * from incoming "
                          f"order by {', '.join(KEY)}, observed_at desc")  # fmt: skip
            vault.execute(f"delete from newest where exists (from {TABLE} as kept where {same} "
                          f"and kept.observed_at > newest.observed_at)")  # fmt: skip
            vault.execute(f"delete from {TABLE} as kept using newest where {same}")
            stored = database.scalar(vault, f"insert into {TABLE} by name from newest")
            vault.execute("drop table newest")
    return stored


def _unsealed(rows: pa.Table) -> pa.Table:
    """Decrypt contacts, each into the columns of its row."""
    from cryptography.fernet import Fernet, InvalidToken

    cipher = Fernet(_derived("packages"))
    try:
        documents = [json.loads(cipher.decrypt(sealed)) for sealed in rows["sealed"].to_pylist()]
    except InvalidToken:
        raise NoKey(
            "A load package holds personal data that SERVICES_PERSONAL_DATA_KEY does not open. Set the key it was read with, "
            "and load again; or remove the folder data/personal_data of that package to go on without it."
        ) from None
    contacts = rows.drop_columns(["sealed"])
    for name, path in FIELDS.items():
        # a payload may hold any JSON value where a text is expected
        values = [None if document.get(path) is None else str(document[path]) for document in documents]
        contacts = contacts.append_column(name, pa.array(values, pa.string()))
    others = [{path: value for path, value in document.items() if path not in FIELDS.values()} for document in documents]
    unexpected = [json.dumps(other, sort_keys=True) if other else None for other in others]
    return contacts.append_column(UNEXPECTED, pa.array(unexpected, pa.string()))


@contextmanager
def opened(*, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the encrypted database as the default database of a connection.

    Raises:
        NoKey: The key is missing or wrong.
        WarehouseUnreadable: The key is right, but the file is damaged or was changed.
    """
    file, connection = paths.restricted_database(), duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set temp_directory = ''")  # so that nothing of it is spilled into a file
        with unreadable.named(file):
            attach(connection, file, "vault", read_only=read_only)
            connection.execute("use vault")
            if not read_only:
                connection.execute("create schema if not exists restricted")
                connection.execute(f"create table if not exists {TABLE} ({_COLUMNS})")
                connection.execute(f"alter table {TABLE} add column if not exists {UNEXPECTED} varchar")
            yield connection
    finally:
        connection.close()


def compact() -> tuple[int, int]:
    """Copy the database anew, so that no block holds deleted rows; return its size in bytes before and after."""
    file = paths.restricted_database()
    before = file.stat().st_size
    with opened() as vault:
        compaction.copy_anew(vault, "vault", file, lambda staged: attach(vault, staged, "compacted"))
    return before, file.stat().st_size


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str, *, read_only: bool = False) -> None:
    """Attach an encrypted database file, which is created when it is missing.

    Raises:
        NoKey: The key is missing or wrong.
    """
    # DuckDB alone can only read an encrypted file; this extension brings the cryptography to write one
    extension = files("duckdb_extension_httpfs") / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    connection.execute(f"load '{extension}'")
    options = f"encryption_key '{_derived('database').decode()}'" + (", read_only" if read_only else "")
    is_new = not file.exists()
    try:
        connection.execute(f"attach '{database.quoted(file)}' as {name} ({options})")
    except duckdb.InvalidInputException as error:
        # DuckDB checks the key against the file's header first, so any other error is not the key's
        if WRONG_KEY not in str(error):
            raise
        raise NoKey(
            f"{file} was encrypted with another key than SERVICES_PERSONAL_DATA_KEY. Set the key that it was made with; if that "
            "is lost, move the file away, and contacts of jobs that are read from now on are kept anew."
        ) from None
    if is_new and file.exists():
        file.chmod(0o600)


def _derived(purpose: str) -> bytes:
    """Derive the key for a purpose from the secret."""
    secret = os.environ.get("SERVICES_PERSONAL_DATA_KEY", "")
    if len(secret) < 32:
        raise NoKey(
            "Personal data is kept only encrypted: give SERVICES_PERSONAL_DATA_KEY 32 characters or more, such as "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"` prints, or set SERVICES_PERSONAL_DATA=none.'
        )
    return base64.urlsafe_b64encode(hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode()).digest())


def main() -> None:
    """Print the result of a query on the personal data."""
    with opened(read_only=True) as vault:
        vault.execute("set search_path = 'vault.restricted'")
        print(vault.sql(sys.argv[1] if len(sys.argv) > 1 else "from job_contacts"))


if __name__ == "__main__":
    main()
