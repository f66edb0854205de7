"""Documents that prove an appointment: destinations, the encrypted upload, and all that is checked when one is used.

A document is encrypted by the client with AES-CBC (PKCS#5 padding); its SHA-256 is that of the encrypted bytes.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from include.sandbox.api.call import Call, Service
from include.sandbox.api.errors import unprocessable
from include.sandbox.api.operations import DOCUMENT_TYPES, LARGEST_DOCUMENT
from include.sandbox.world.times import DAY

UPLOADS = "/_sandbox/uploads/"
LIFETIME = 30 * DAY
# How files of each type begin.
BEGINNINGS = {
    "TIFF": (b"II*\0", b"MM\0*"),
    "JPG": (b"\xff\xd8\xff",),
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "PDF": (b"%PDF-",),
}
# The industry's harmless test file for virus scanners.
MALWARE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass(slots=True)
class Document:
    """`encrypted`: None until it is uploaded."""

    content_type: str
    length: int
    md5: str | None
    key: bytes
    vector: bytes
    created: int
    encrypted: bytes | None = None


def create_destination(service: Service, call: Call) -> dict[str, Any]:
    content_type = call.body["contentType"]
    if content_type not in DOCUMENT_TYPES:
        raise unprocessable(f"contentType parameter is invalid. Use one of {list(DOCUMENT_TYPES)}")
    document = Document(
        content_type,
        int(call.body["contentLength"]),
        call.body.get("contentMD5"),
        secrets.token_bytes(32),
        secrets.token_bytes(16),
        service.world.now(),
    )
    name = secrets.token_hex(16)
    destination = f"amzn1.tortuga.3.{name}"
    service.documents[destination] = document
    return {
        "payload": {
            "uploadDestinationId": destination,
            "url": f"{call.origin}{UPLOADS}{destination}",
            "encryptionDetails": {
                "standard": "AES",
                "initializationVector": base64.b64encode(document.vector).decode(),
                "key": base64.b64encode(document.key).decode(),
            },
            "headers": {},
        }
    }


def upload(service: Service, destination: str, encrypted: bytes) -> bool:
    """Keep what a client uploads; False where there is no such destination."""
    if destination in service.documents:
        service.documents[destination].encrypted = encrypted
    return destination in service.documents


def problem(service: Service, destination: str | None, sha256: str | None) -> str | None:
    """Why a document cannot prove an appointment, in the model's words; None where it can."""
    document = service.documents.get(destination or "")
    if document is None:
        return "Input document id does not exist. Please check the input"
    if service.world.now() > document.created + LIFETIME:
        return "Input document parameters are invalid. Please check the input."
    if document.encrypted is None:
        return "Document encrypted not found or exist. Please review document uploaded"
    if len(document.encrypted) > LARGEST_DOCUMENT + 16:
        return "Document failed to meet content length restrictions. Please review document uploaded"
    if base64.b64encode(hashlib.sha256(document.encrypted).digest()).decode() != sha256:
        digest = "Could not get a Sha256 Message Digest instance."
        return f"Document failed to meet sanity check. {digest} Please review document uploaded"
    try:
        content = _decrypt(document)
    except ValueError:
        return "Document failed to decrypt or decipher. Please review the uploaded document"
    md5s = {base64.b64encode(hashlib.md5(each).digest()).decode() for each in (content, document.encrypted)}
    if len(content) != document.length or (document.md5 and document.md5 not in md5s):
        return "Document failed to meet content length restrictions. Please review document uploaded"
    if MALWARE in content:
        return "Document failed to meet malware check. Please review document uploaded"
    if not content.startswith(BEGINNINGS[document.content_type]):
        return "Document failed to meet content type restrictions. Please review document uploaded"
    return None


def _decrypt(document: Document) -> bytes:
    """Raises ValueError where the bytes were not encrypted as agreed."""
    decryptor = Cipher(algorithms.AES(document.key), modes.CBC(document.vector)).decryptor()
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(document.encrypted or b"") + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()
