"""Documents on their way to Amazon: judged by size and by how files of their type begin, encrypted, and put where Amazon said."""

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from tenacity import Retrying, retry_if_exception_type, retry_if_not_exception_type, stop_after_attempt, wait_exponential

from include.privacy.words import identifier
from include.services_api import limits, wire
from include.services_api.errors import InvalidParameter, OversizedAnswer, Refused, ServiceUnavailable
from include.services_api.parameters import DOCUMENT_TYPES, LARGEST_DOCUMENT_BYTES, refuse
from include.warehouse.inputs.input_files import InputRefused, opened

PUT = "PUT of the encrypted document"
TIMEOUT_SECONDS = (limits.CONNECT_SECONDS, limits.UPLOAD_SECONDS)
BEGINNINGS = {
    "TIFF": (b"II*\0", b"MM\0*"), "JPG": (b"\xff\xd8\xff",), "JPEG": (b"\xff\xd8\xff",), "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"), "PDF": (b"%PDF-",),
}  # fmt: skip


def read(file: str | Path) -> bytes:
    """Read a document from a folder for input (`include.warehouse.inputs.input_files`).

    Raises:
        InvalidParameter: There is no such file there.
    """
    try:
        with opened(file) as stream:
            # one byte more than is allowed is enough to know
            return stream.read(LARGEST_DOCUMENT_BYTES + 1)
    except InputRefused as error:
        raise InvalidParameter(f"{error} Nothing was sent.") from None


def check(content: bytes, content_type: str | None) -> str:
    """The document's type as Amazon names it.

    :raises InvalidParameter: empty, too large, of no type that Amazon takes, or not of the type that was given.
    """
    if not 1 <= len(content) <= LARGEST_DOCUMENT_BYTES:
        raise refuse("document", f"of 1 to {LARGEST_DOCUMENT_BYTES} bytes", f"{len(content)} bytes")
    if content_type is not None and content_type.upper() not in DOCUMENT_TYPES:
        raise refuse("content_type", f"one of {', '.join(DOCUMENT_TYPES)}", content_type)
    fitting = [name for name, beginnings in BEGINNINGS.items() if content.startswith(beginnings)]
    given = content_type.upper() if content_type else next(iter(fitting), None)
    if given not in fitting:
        raise refuse("document", f"a file of one of {', '.join([given] if given else DOCUMENT_TYPES)}",
                     f"one that begins like {' or '.join(fitting) or 'none of them'}")  # fmt: skip
    return given


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def encrypt(content: bytes, key: bytes, vector: bytes) -> bytes:
    """AES-CBC with PKCS#5 padding."""
    padder = PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def upload(destination: dict, content: bytes, *, account: str) -> dict[str, str]:
    """Encrypt and put; returns `upload_destination_id` and `content_sha256` (Base64, of the encrypted bytes).

    The destination's address and key are secrets, and in no error.

    :param destination: the payload of createServiceDocumentUploadDestination.
    """
    try:
        details = destination["encryptionDetails"]
        key, vector = base64.b64decode(details["key"]), base64.b64decode(details["initializationVector"])
        url, destination_id = destination["url"], destination["uploadDestinationId"]
        headers = destination.get("headers") or {}
        if not all(isinstance(text, str) for text in (url, destination_id, *headers.keys(), *headers.values())):
            raise TypeError
        encrypted = encrypt(content, key, vector)
    except (KeyError, TypeError, ValueError, AttributeError):
        problem = "the destination that Amazon gave cannot be used: a part of it is missing, or of another type than the model's."
    else:
        again = Retrying(
            retry=retry_if_exception_type(ServiceUnavailable) & retry_if_not_exception_type(OversizedAnswer),
            stop=stop_after_attempt(4),
            wait=wait_exponential(0.5),
            reraise=True,
        )
        again(_put, url, encrypted, headers, account)
        sha256 = base64.b64encode(hashlib.sha256(encrypted).digest()).decode()
        return {"upload_destination_id": identifier(destination_id), "content_sha256": sha256}
    # out here, without its cause: that may hold the key
    raise ServiceUnavailable(problem, may_have_arrived=False, operation=PUT, account=account)


def _put(url: str, encrypted: bytes, headers: dict[str, str], account: str) -> None:
    context = {"operation": PUT, "account": account}
    try:
        with wire.session(limits.SMALL_ANSWER_BYTES) as session:
            answer = session.put(url, data=encrypted, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except wire.FAILURES as error:
        unavailable = wire.failure(error, **context)
    else:
        if 200 <= answer.status_code < 300:
            return
        problem = f"HTTP {answer.status_code}."
        if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
            raise Refused(problem, status=answer.status_code, **context)
        unavailable = ServiceUnavailable(problem, status=answer.status_code, **context)
    # the destination is used by nobody until it is named: putting again does no harm
    unavailable.may_have_arrived = False
    # out here, without its cause: that holds the address
    raise unavailable
