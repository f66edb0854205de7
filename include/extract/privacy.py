"""The keyed hash of a buyer's id, so that repeat buyers can be counted without being identified.

The key is a secret of the installation: `SERVICES_BUYER_HASH_KEY`, or else a random one that is created on first use and kept
beside the warehouse (`buyer_hash.key`, readable only by its owner). Another key gives every buyer another `buyer_key` and every
job a new version: change it only together with a fresh `raw`.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path

from include.warehouse import paths, restricted


class BuyerKeys:
    """Turns buyer ids into `buyer_key`: HMAC-SHA256, the first 32 hex digits.

    Attributes:
        seal: Encrypts the personal data of a job. None in installations that drop personal data when it is read.
    """

    def __init__(self, secret: str, seal: Callable[[dict], str] | None = None) -> None:
        if len(secret) < 16:
            raise ValueError("SERVICES_BUYER_HASH_KEY is too short: give it 16 characters or more.")
        self._secret = secret.encode()
        self.seal = seal

    def __repr__(self) -> str:
        return "BuyerKeys(***)"

    def key(self, buyer_id: object) -> str | None:
        """Hash a value of a payload; None for a buyer without a readable id."""
        return self.hash(buyer_id) if isinstance(buyer_id, str) and buyer_id else None

    def hash(self, buyer_id: str) -> str:
        """Hash an id."""
        # JSON allows halves of surrogate pairs
        return hmac.digest(self._secret, buyer_id.encode(errors="surrogatepass"), "sha256").hex()[:32]


@cache
def buyer_keys() -> BuyerKeys:
    """The hash key of this installation, created where there is none."""
    seal = restricted.sealer() if restricted.is_kept() else None
    return BuyerKeys(os.environ.get("SERVICES_BUYER_HASH_KEY") or _own_key(), seal)


def existing_buyer_keys() -> BuyerKeys | None:
    """The hash key for commands that store nothing: without a seal, and None where there is no secret yet."""
    secret = os.environ.get("SERVICES_BUYER_HASH_KEY") or (_key_file().read_text().strip() if _key_file().exists() else None)
    return BuyerKeys(secret) if secret else None


def _key_file() -> Path:
    return paths.warehouse_dir() / "buyer_hash.key"


def _own_key() -> str:
    file = _key_file()
    if not file.exists():
        partial = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32))
        try:
            # of several processes the first creates the file, and all of them read it
            os.link(partial, file)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return file.read_text().strip()
