"""Personal data, for installations that keep it: `restricted.duckdb`, encrypted by DuckDB itself, never published.

By default none is kept. With `SERVICES_PERSONAL_DATA=keep` the contacts of a job travel in its load package as one sealed text
and are opened by the loader alone, straight into the encrypted database. The key is `SERVICES_PERSONAL_DATA_KEY`; it is in no
file of the project or of the warehouse. To read it: `python -m include.warehouse.restricted "select * from job_contacts"`.
"""

import base64
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pyarrow as pa

from include.warehouse import database, paths, unreadable
from include.warehouse.retention import compaction

WRONG_KEY = "Wrong encryption key"
TABLE = "restricted.job_contacts"
KEY = ("account", "marketplace_id", "service_job_id")
# The columns of a contact, and where the payload has them.
FIELDS = {
    "buyer_name": "buyer.name",
    "buyer_phone": "buyer.phone",
    "recipient_name": "serviceLocation.address.name",
    "recipient_phone": "serviceLocation.address.phone",
    "address_line_1": "serviceLocation.address.addressLine1",
    "address_line_2": "serviceLocation.address.addressLine2",
    "address_line_3": "serviceLocation.address.addressLine3",
}
# what stood in a place that the model does not know, as JSON by path: it can be personal too
UNEXPECTED = "unexpected"
_COLUMNS = ", ".join([*(f"{name} varchar" for name in (*KEY, "buyer_key", *FIELDS)), "observed_at timestamptz"])


class NoKey(ValueError):
    """Personal data shall be kept, or is kept, and the key is not given or is another one."""


def is_kept() -> bool:
    """Whether personal data is stored at all: `SERVICES_PERSONAL_DATA`, `none` (default) or `keep`."""
    wanted = os.environ.get("SERVICES_PERSONAL_DATA", "").strip().lower() or "none"
    if wanted not in ("none", "keep"):
        raise ValueError(f"SERVICES_PERSONAL_DATA should be none or keep, but is {wanted!r}.")
    return wanted == "keep"


def sealer() -> Callable[[dict], str]:
    """What turns a document into a text that only the key opens. :raises NoKey: at once, before anything is read."""
    from cryptography.fernet import Fernet

    cipher = Fernet(_derived("packages"))
    return lambda document: cipher.encrypt(json.dumps(document).encode()).decode()


def keep(rows: pa.Table) -> int:
    """Store sealed contacts; of each job the newest stays. Safe to repeat. Returns how many were stored.

    :raises NoKey: the key is not the one that they were sealed with.
    """
    from cryptography.fernet import Fernet, InvalidToken

    if not len(rows):
        return 0
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
        # a payload may hold anything where a text is expected
        values = [None if document.get(path) is None else str(document[path]) for document in documents]
        contacts = contacts.append_column(name, pa.array(values, pa.string()))
    others = [{path: value for path, value in document.items() if path not in FIELDS.values()} for document in documents]
    unexpected = [json.dumps(other, sort_keys=True) if other else None for other in others]
    contacts = contacts.append_column(UNEXPECTED, pa.array(unexpected, pa.string()))
    with opened() as vault:
        vault.register("incoming", contacts)
        same = " and ".join(f"kept.{name} = newest.{name}" for name in KEY)
        with database.transaction(vault):
            vault.execute(f"create temp table newest as select distinct on ({', '.join(KEY)}) * from incoming "
                          f"order by {', '.join(KEY)}, observed_at desc")  # fmt: skip
            vault.execute(f"delete from newest where exists (from {TABLE} as kept where {same} "
                          f"and kept.observed_at > newest.observed_at)")  # fmt: skip
            vault.execute(f"delete from {TABLE} as kept using newest where {same}")
            (stored,) = vault.execute(f"insert into {TABLE} by name from newest").fetchone()
            vault.execute("drop table newest")
    return stored


@contextmanager
def opened(*, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The encrypted database, as the one that names are looked up in.

    :raises NoKey: the key is missing or wrong.
    :raises WarehouseUnreadable: the key is right, and the file is damaged or was changed.
    """
    file, connection = paths.restricted_database(), duckdb.connect()
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set temp_directory = ''")  # nothing of it spills into a file
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
    """Copy it anew, so that what was deleted is in no block of it; returns its size in bytes before and after."""
    file = paths.restricted_database()
    before = file.stat().st_size
    with opened() as vault:
        compaction.copy_anew(vault, "vault", file, lambda staged: attach(vault, staged, "compacted"))
    return before, file.stat().st_size


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str, *, read_only: bool = False) -> None:
    """Attach an encrypted database file, made where it is missing."""
    # DuckDB's own cryptography may only read; the extension brings one that is fit to write with
    package = Path(find_spec("duckdb_extension_httpfs").origin).parent
    extension = package / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    connection.execute(f"load '{extension}'")
    options = f"encryption_key '{_derived('database').decode()}'" + (", read_only" if read_only else "")
    is_new = not file.exists()
    try:
        connection.execute(f"attach '{database.quoted(file)}' as {name} ({options})")
    except duckdb.InvalidInputException as error:
        # the file's header tells whether a key is the right one, so what fails after that is not the key
        if WRONG_KEY not in str(error):
            raise
        raise NoKey(
            f"{file} was encrypted with another key than SERVICES_PERSONAL_DATA_KEY. Set the key that it was made with; if that "
            "is lost, move the file away, and contacts of jobs that are read from now on are kept anew."
        ) from None
    if is_new and file.exists():
        file.chmod(0o600)


def _derived(purpose: str) -> bytes:
    """A key of its own for each purpose, from the one secret."""
    secret = os.environ.get("SERVICES_PERSONAL_DATA_KEY", "")
    if len(secret) < 32:
        raise NoKey(
            "Personal data is kept only encrypted: give SERVICES_PERSONAL_DATA_KEY 32 characters or more, such as "
            '`python -c "import secrets; print(secrets.token_urlsafe(32))"` prints, or set SERVICES_PERSONAL_DATA=none.'
        )
    return base64.urlsafe_b64encode(hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode()).digest())


def main() -> None:
    with opened(read_only=True) as vault:
        vault.execute("set search_path = 'vault.restricted'")
        print(vault.sql(sys.argv[1] if len(sys.argv) > 1 else "from job_contacts"))


if __name__ == "__main__":
    main()
