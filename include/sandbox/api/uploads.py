"""Upload destinations of documents: signed addresses, as those of S3, and the check of an upload.

The signature covers the address and the headers that it names. Of these the answer lists all but the content type, which is that
of the document by the published model, and the host.
"""

import hashlib
import hmac
import secrets
import time
from urllib.parse import parse_qsl, unquote, urlencode

from include.sandbox.api.documents import Document
from include.sandbox.api.http import Request, Response

UPLOADS = "/_sandbox/uploads/"
SECRET = secrets.token_bytes(32)
VALID_SECONDS = 300
HEADERS = {"x-amz-server-side-encryption": "AES256"}
SIGNED_HEADERS = ("content-type", "host", *HEADERS)
MEDIA_TYPES = {
    "TIFF": "image/tiff", "JPG": "image/jpg", "PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif",
    "PDF": "application/pdf",
}  # fmt: skip


def signed_address(destination: str, document: Document, origin: str) -> str:
    """Return the address to which a document is uploaded, valid for `VALID_SECONDS`."""
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Date": str(int(time.time())), "X-Amz-Expires": str(VALID_SECONDS),
        "X-Amz-SignedHeaders": ";".join(SIGNED_HEADERS),
    }  # fmt: skip
    host = origin.partition("//")[2]
    headers = {"content-type": MEDIA_TYPES[document.content_type], "host": host} | HEADERS
    path = UPLOADS + destination
    return f"{origin}{path}?{urlencode(query | {'X-Amz-Signature': _signature(path, query, headers)})}"


async def receive(documents: dict[str, Document], request: Request) -> Response:
    """Answer an upload: 403 for what does not match the signature or comes too late, 404 for an unknown destination."""
    document = documents.get(unquote(request.path.removeprefix(UPLOADS)))
    if document is None:
        return Response(404)
    query = dict(parse_qsl(request.query))
    given = query.pop("X-Amz-Signature", "")
    if not hmac.compare_digest(given, _signature(unquote(request.path), query, request.headers)):
        return _denied("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
    if time.time() > int(query["X-Amz-Date"]) + int(query["X-Amz-Expires"]):
        return _denied("AccessDenied", "Request has expired")
    document.encrypted = await request.body()
    return Response(200)


def _signature(path: str, query: dict[str, str], headers: dict[str, str]) -> str:
    values = [f"{name}:{headers.get(name, '')}" for name in query.get("X-Amz-SignedHeaders", "").split(";")]
    text = "\n".join(["PUT", path, urlencode(sorted(query.items())), *values])
    return hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()


def _denied(code: str, message: str) -> Response:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(403, body.encode(), [(b"content-type", b"application/xml")])
