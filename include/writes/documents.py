"""Proofs of appointment: checked by size and file signature, encrypted, and uploaded to the destination that Amazon names."""

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from requests.structures import CaseInsensitiveDict
from tenacity import Retrying, retry_if_exception_type, retry_if_not_exception_type, stop_after_attempt, wait_exponential

from include.privacy.words import identifier
from include.services_api import limits, wire
from include.services_api.errors import InvalidParameter, OversizedResponse, Refused, ServiceUnavailable
from include.services_api.parameters import DOCUMENT_TYPES, LARGEST_DOCUMENT_BYTES, refuse
from include.warehouse.inputs.input_files import InputRefused, opened

PUT = "PUT of the encrypted document"
TIMEOUT_SECONDS = (limits.CONNECT_SECONDS, limits.UPLOAD_SECONDS)
SIGNATURES = {
    "TIFF": (b"II*\0", b"MM\0*"), "JPG": (b"\xff\xd8\xff",), "JPEG": (b"\xff\xd8\xff",), "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"), "PDF": (b"%PDF-",),
}  # fmt: skip

# as Amazon's model describes its names
MEDIA_TYPES = {
    "TIFF": "image/tiff", "JPG": "image/jpg", "JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif",
    "PDF": "application/pdf",
}  # fmt: skip


def read(file: str | Path) -> bytes:
    """Read a document from a folder for input (`include.warehouse.inputs.input_files`).

    Raises:
        InvalidParameter: There is no such file in these folders.
    """
    try:
        with opened(file) as stream:
            # one byte more than is allowed shows that the file is too large
            return stream.read(LARGEST_DOCUMENT_BYTES + 1)
    except InputRefused as error:
        raise InvalidParameter(f"{error} Nothing was sent.") from None


def check(content: bytes, content_type: str | None) -> str:
    """Return the content type of a document as Amazon names it.

    Args:
        content: The whole document.
        content_type: The expected type; None to recognize it.

    Raises:
        InvalidParameter: The document is empty, too large, or not of the expected type or any that Amazon accepts.
    """
    if not 1 <= len(content) <= LARGEST_DOCUMENT_BYTES:
        raise refuse("document", f"of 1 to {LARGEST_DOCUMENT_BYTES} bytes", f"{len(content)} bytes")
    if content_type is not None and content_type.upper() not in DOCUMENT_TYPES:
        raise refuse("content_type", f"one of {', '.join(DOCUMENT_TYPES)}", content_type)
    fitting = [name for name, signatures in SIGNATURES.items() if content.startswith(signatures)]
    result = content_type.upper() if content_type else next(iter(fitting), None)
    if result is None or result not in fitting:
        raise refuse("document", f"a file of one of {', '.join([result] if result else DOCUMENT_TYPES)}",
                     f"one that begins like {' or '.join(fitting) or 'none of them'}")  # fmt: skip
    return result


def md5(content: bytes) -> str:
    """Return the MD5 digest in Base64."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def encrypt(content: bytes, key: bytes, vector: bytes) -> bytes:
    """Encrypt with AES-CBC and PKCS#5 padding."""
    padder = PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def upload(destination: dict, content: bytes, content_type: str, *, account: str) -> dict[str, str]:
    """Encrypt a document and upload it.

    The destination's address is signed for the content type and for the headers that the destination names, so these are sent.
    Its address and key are secrets: no error contains them.

    Args:
        destination: The payload of createServiceDocumentUploadDestination.
        content: The document.
        content_type: The type for which the destination was created, one of `DOCUMENT_TYPES`.
        account: The connection id, for errors.

    Returns:
        `upload_destination_id` and `content_sha256` (Base64, of the encrypted bytes).

    Raises:
        Refused: The host rejects the document.
        ServiceUnavailable: The destination is unusable, or the host does not accept the document after four attempts.
    """
    try:
        details = destination["encryptionDetails"]
        key, vector = base64.b64decode(details["key"]), base64.b64decode(details["initializationVector"])
        url, destination_id = destination["url"], destination["uploadDestinationId"]
        named = destination.get("headers") or {}
        if not all(isinstance(text, str) for text in (url, destination_id, *named.keys(), *named.values())):
            raise TypeError
        # a content type that the destination names applies, in any spelling of the header
        headers = CaseInsensitiveDict({"Content-Type": MEDIA_TYPES[content_type]})
        headers.update(named)
        encrypted = encrypt(content, key, vector)
    except (KeyError, TypeError, ValueError, AttributeError):
        problem = (
            "the destination that Amazon returned cannot be used: a part of it is missing, or has another type than the model's."
        )
    else:
        retrying = Retrying(
            retry=retry_if_exception_type(ServiceUnavailable) & retry_if_not_exception_type(OversizedResponse),
            stop=stop_after_attempt(4),
            wait=wait_exponential(0.5),
            reraise=True,
        )
        retrying(_put, url, encrypted, headers, account)
        sha256 = base64.b64encode(hashlib.sha256(encrypted).digest()).decode()
        return {"upload_destination_id": identifier(destination_id), "content_sha256": sha256}
    # raised outside of the handler, without its cause, which may hold the key
    raise ServiceUnavailable(problem, may_have_arrived=False, operation=PUT, account=account)


def _put(url: str, encrypted: bytes, headers: CaseInsensitiveDict[str], account: str) -> None:
    try:
        with wire.session(limits.SMALL_RESPONSE_BYTES) as session:
            response = session.put(url, data=encrypted, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except wire.FAILURES as error:
        unavailable = wire.failure(error, operation=PUT, account=account)
    else:
        status = response.status_code
        if 200 <= status < 300:
            return
        if 400 <= status < 500 and status not in (408, 429):
            raise Refused(f"HTTP {status}.", status=status, operation=PUT, account=account)
        unavailable = ServiceUnavailable(f"HTTP {status}.", status=status, operation=PUT, account=account)
    # an uploaded document has no effect until SetFulfillmentData names it: a repetition is harmless
    unavailable.may_have_arrived = False
    # raised outside of the handler, without its cause, which holds the address
    raise unavailable
