"""Documents that prove an appointment: upload destinations, encrypted uploads, and the checks when a document is used.

The client encrypts a document with AES-CBC (PKCS#5 padding); the SHA-256 is that of the encrypted bytes.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from include.sandbox.api.operations import LARGEST_DOCUMENT
from include.sandbox.world.times import DAY

LIFETIME = 30 * DAY
SIGNATURES = {
    "TIFF": (b"II*\0", b"MM\0*"),
    "JPG": (b"\xff\xd8\xff",),
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "PDF": (b"%PDF-",),
}
# the industry's harmless test file for virus scanners
MALWARE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass(slots=True)
class Document:
    """A document by what its destination was created for. `encrypted`: None until it is uploaded."""

    content_type: str
    length: int
    md5: str | None
    created: int
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    vector: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    encrypted: bytes | None = None

    def decrypt(self) -> bytes:
        """Return the content.

        Raises:
            ValueError: The bytes were not encrypted with the key of the destination.
        """
        decryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.vector)).decryptor()
        unpadder = PKCS7(128).unpadder()
        padded = decryptor.update(self.encrypted or b"") + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()


def problem(document: Document | None, sha256: str | None, now: int) -> str | None:
    """Return why a document cannot prove an appointment, in the model's words; None if it can."""
    if document is None:
        return "Input document id does not exist. Please check the input"
    if now > document.created + LIFETIME:
        return "Input document parameters are invalid. Please check the input."
    if document.encrypted is None:
        return "Document encrypted not found or exist. Please review document uploaded"
    if len(document.encrypted) > LARGEST_DOCUMENT + 16:
        return "Document failed to meet content length restrictions. Please review document uploaded"
    if base64.b64encode(hashlib.sha256(document.encrypted).digest()).decode() != sha256:
        digest = "Could not get a Sha256 Message Digest instance."
        return f"Document failed to meet sanity check. {digest} Please review document uploaded"
    try:
        content = document.decrypt()
    except ValueError:
        return "Document failed to decrypt or decipher. Please review the uploaded document"
    md5s = {base64.b64encode(hashlib.md5(data).digest()).decode() for data in (content, document.encrypted)}
    if len(content) != document.length or (document.md5 and document.md5 not in md5s):
        return "Document failed to meet content length restrictions. Please review document uploaded"
    if MALWARE in content:
        return "Document failed to meet malware check. Please review document uploaded"
    if not content.startswith(SIGNATURES[document.content_type]):
        return "Document failed to meet content type restrictions. Please review document uploaded"
    return None
