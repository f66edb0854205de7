"""Answers that no honest server gives: to a call, and to Login with Amazon."""

import gzip
import socket
import time
import zlib

from include.services_api import errors
from tests.services_api.loopback import SECRETS
from tests.services_api.raw_server import Script, http

MEGABYTE = bytes(2**20)
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
FINAL, TRANSIENT, LARGE = errors.Refused, errors.ServiceUnavailable, errors.OversizedResponse
DENIED = errors.CredentialsRejected


def drip(head: bytes, piece: bytes = b"x", pause: float = 0.05) -> Script:
    """A piece now and then, for ever: each of them in time."""

    def write(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return write


def flood(head: bytes, piece: bytes, megabytes: int = 500) -> Script:
    def write(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(megabytes * 2**20 // len(piece) + 1):
            connection.sendall(piece)

    return write


def bomb(megabytes: int = 1_500) -> bytes:
    """Zeros, a thousandth of their size; the checksum at the end is left out, because nobody should get there."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + again * (megabytes - 1)


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return b'{"payload":{"a":' + opening * depth + b"1" + closing * depth + b"}}"


def broken(**error: object) -> bytes:
    return http({"errors": [{"code": "InternalFailure", "message": "no"} | error]}, "500 Oops")


def hints(connection: socket.socket) -> None:
    """An interim answer, and the real one when the client has turned away."""
    connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
    time.sleep(0.2)
    connection.sendall(http({"payload": {"serviceJobId": "of another request"}}))


# what breaks HTTP itself, whoever it is said to
WIRE: dict[str, tuple[Script, type]] = {
    "nothing": (b"", TRANSIENT),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", TRANSIENT),
    "noise": (bytes(range(256)) * 40, TRANSIENT),
    "noise without an end": (drip(b"", b"\xff\x00"), TRANSIENT),
    "a status that is no number": (b"HTTP/1.1 OK fine\r\n\r\n", TRANSIENT),
    "a status below 100": (b"HTTP/1.1 20 Low\r\nContent-Length: 0\r\n\r\n", TRANSIENT),
    "a status beyond 999": (b"HTTP/1.1 2000 High\r\nContent-Length: 0\r\n\r\n", TRANSIENT),
    "a version of the future": (b"HTTP/9.9 200 OK\r\n\r\n", TRANSIENT),
    "a status line that drips": (drip(b"HTTP/1.1 200 O", b"K"), TRANSIENT),
    "a status line without an end": (flood(b"HTTP/1.1 200 ", MEGABYTE.replace(b"\0", b"K")), TRANSIENT),
    "headers that drip": (drip(HEAD, b"X-One: 1\r\n"), TRANSIENT),
    "headers without an end": (flood(HEAD, b"X-One: 1\r\n" * 1000), TRANSIENT),
    "one header without an end": (flood(HEAD + b"X-One: ", MEGABYTE.replace(b"\0", b"x")), TRANSIENT),
    "interim answers without an end": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), TRANSIENT),
    "interim answers that drip": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), TRANSIENT),
    "an interim answer in place of one": (hints, TRANSIENT),
    "another protocol from here on": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello", TRANSIENT),
    "a body that drips": (drip(HEAD + b"Content-Length: 100000\r\n\r\n"), TRANSIENT),
    "a body that drips without a length": (drip(HEAD + b"\r\n"), TRANSIENT),
    "a body that drips in chunks": (drip(CHUNKED, b"1\r\nx\r\n"), TRANSIENT),
    "a body that stops": (HEAD + b"Content-Length: 1000\r\n\r\n{", TRANSIENT),
    "a body of 500 MB": (flood(HEAD + b"Content-Length: 524288000\r\n\r\n", MEGABYTE), LARGE),
    "a body of 500 MB without a length": (flood(HEAD + b"\r\n", MEGABYTE), LARGE),
    "a body of 500 MB in chunks": (flood(CHUNKED, b"100000\r\n" + MEGABYTE + b"\r\n"), LARGE),
    "a chunk of 500 MB": (flood(CHUNKED + b"1f400000\r\n", MEGABYTE), LARGE),
    "a failure of 500 MB": (flood(b"HTTP/1.1 500 No\r\n\r\n", MEGABYTE), LARGE),
    "a negative length": (HEAD + b"Content-Length: -5\r\n\r\nhello", TRANSIENT),
    "a length that is no number": (HEAD + b"Content-Length: long\r\n\r\nhello", TRANSIENT),
    "a length of 5,000 digits": (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nhello", TRANSIENT),
    "two lengths": (HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello", TRANSIENT),
    "a chunk size that is no number": (CHUNKED + b"zz\r\nhello\r\n", TRANSIENT),
    "a negative chunk size": (CHUNKED + b"-5\r\nhello\r\n", TRANSIENT),
    "a chunk that stops": (CHUNKED + b"ffff\r\nhello", TRANSIENT),
    "a chunk size without an end": (flood(CHUNKED, b"0" * 2**16), TRANSIENT),
    "a trailer without an end": (flood(CHUNKED + b"0\r\n", b"X-One: 1\r\n" * 1000), TRANSIENT),
    "a gzip bomb": (http(bomb(), Content_Encoding="gzip"), LARGE),
    "a gzip bomb in a gzip": (http(gzip.compress(bomb(400)), Content_Encoding="gzip, gzip"), LARGE),
    "a gzip that is none": (http(b"hello", Content_Encoding="gzip"), TRANSIENT),
    "a gzip that stops": (http(gzip.compress(b"hello" * 99)[:20], Content_Encoding="gzip"), TRANSIENT),
    "a deflate that is none": (http(b"hello", Content_Encoding="deflate"), TRANSIENT),
    "twenty compressions": (http(b"hello", Content_Encoding=", ".join(["gzip"] * 20)), TRANSIENT),
    "a compression that nobody knows": (http(b"hello", Content_Encoding="x-magic"), TRANSIENT),
    "a page": (http(b"<html>Sign in</html>", Content_Type="text/html"), TRANSIENT),
    "an empty body": (http(b""), TRANSIENT),
    "no text": (http(bytes(range(256)), Content_Type="application/json"), TRANSIENT),
    "UTF-16": (http('{"payload": {}}'.encode("utf-16")), TRANSIENT),
    "half a JSON": (http(b'{"payload": {"serviceJobId": "jo'), TRANSIENT),
    "two JSONs": (http(b'{"payload": {}}{"payload": {}}'), TRANSIENT),
    "a list": (http(b"[1, 2, 3]"), TRANSIENT),
    "a text": (http(b'"fine"'), TRANSIENT),
    "nested 100,000 deep": (http(nested(100_000)), TRANSIENT),
}  # fmt: skip

# what is HTTP and JSON, and no answer of the Services API
ANSWERS: dict[str, tuple[Script, type]] = {
    "nested 65 deep": (http(nested(63)), LARGE),
    "nested 1,000 deep": (http(nested(1_000)), LARGE),
    "objects nested 1,000 deep": (http(nested(1_000, b'{"warnings":', b"}")), LARGE),
    "nested behind texts with brackets": (http(nested(500, b'["]",', b"]")), LARGE),
    "nested behind texts with quotes": (http(nested(500, rb'["\"]\"",', b"]")), LARGE),
    "a failure nested 500 deep": (http(nested(500), "500 No"), LARGE),
    "a payload that is a number": (http({"payload": 7}), TRANSIENT),
    "a payload that is a list": (http({"payload": [{}]}), TRANSIENT),
    "a payload that is a text": (http({"payload": "job"}), TRANSIENT),
    "errors that are a number": (http({"errors": 7}, "500 No"), TRANSIENT),
    "errors that are texts": (http({"errors": ["no", None, 3]}, "500 No"), TRANSIENT),
    "errors by name": (http({"errors": {"code": "no"}}, "400 No"), errors.BadRequest),
    "a code that is a list": (broken(code=["InternalFailure"]), TRANSIENT),
    "a code that is an object": (http({"errors": [{"code": {"a": 1}, "message": [1]}]}), FINAL),
    "10,000 errors": (http({"errors": [{"code": "Oops", "message": "no"}] * 10_000}, "500 No"), TRANSIENT),
    "a message of 1 MB": (broken(message="no" * 500_000), TRANSIENT),
    "details of 1 MB of lines": (broken(details="no\n" * 300_000), TRANSIENT),
    "the token in a message": (broken(message=f"{SECRETS[2]} is not known"), TRANSIENT),
    "the token in a request id": (http({}, "400 No", x_amzn_RequestId=SECRETS[2]), errors.BadRequest),
    "a status that nobody knows": (http({}, "418 Teapot"), TRANSIENT),
    "a failure of no text": (http(bytes(range(256)), "503 No"), TRANSIENT),
    "denied for ever": (http(bytes(range(256)), "403 No"), errors.AccessDenied),
    "a redirect to a file": (http(b"", "302 Found", Location="file:///etc/passwd"), TRANSIENT),
    "a redirect to itself": (http(b"", "301 Moved", Location="/"), TRANSIENT),
    "no content": (http(b"", "204 No Content"), TRANSIENT),
    "a request id of 60 KB": (http({}, "400 No", x_amzn_RequestId="r" * 60_000), errors.BadRequest),
    "a wait that is no number": (http({}, "429 Slow", Retry_After="soon"), errors.RateLimited),
    "a wait of a negative time": (http({}, "429 Slow", Retry_After="-7"), errors.RateLimited),
    "a wait of a day": (http({}, "429 Slow", Retry_After="86400"), errors.RateLimited),
    "a wait of 400 digits": (http({}, "503 Slow", Retry_After="9" * 400), TRANSIENT),
    "a wait until the year 99999": (http({}, "429 Slow", Retry_After="Fri, 31 Dec 99999 23:59:59 GMT"), errors.RateLimited),
    "a wait until yesterday": (http({}, "503 Slow", Retry_After="Fri, 31 Dec 1999 23:59:59 GMT"), TRANSIENT),
}  # fmt: skip

LOGINS: dict[str, tuple[Script, type]] = {
    **{
        f"a token that is {token!r:.20}": (http({"access_token": token, "expires_in": 3600}), TRANSIENT)
        for token in (7, [SECRETS[2]], {"token": SECRETS[2]}, None, True, "", " ", f"{SECRETS[2]}\r\nX-Evil: 1",
                      f"{SECRETS[2]}\0", f"{SECRETS[2]}\x7f", f"{SECRETS[2]} twice", f"{SECRETS[2]}ü", f"{SECRETS[2]}\u2028",
                      "\ud800", "t" * 20_000)
    },
    **{
        f"a lifetime of {lifetime}": (http(f'{{"access_token": "{SECRETS[2]}", "expires_in": {lifetime}}}'.encode()), TRANSIENT)
        for lifetime in ('"soon"', "-1", "-1e308", "NaN", "1e999", "null", "true", "[3600]", '{"seconds": 3600}', '"nan"')
    },
    "broken UTF-8": (http(b'{"access_token": "\xc3\x28", "expires_in": 3600}'), TRANSIENT),
    "no lifetime": (http({"access_token": SECRETS[2]}), TRANSIENT),
    "nested 1,000 deep": (http(nested(1_000)), TRANSIENT),
    "a redirect": (http(b"", "302 Found", Location="/elsewhere"), TRANSIENT),
    "a token with a failure": (http({"access_token": SECRETS[2], "expires_in": 3600}, "500 No"), TRANSIENT),
    "an error that is a number": (http({"error": 7}, "400 No"), TRANSIENT),
    "an error that is a list": (http({"error": ["invalid_grant"]}, "400 No"), TRANSIENT),
    "a description that is a list": (http({"error": "invalid_grant", "error_description": [1]}, "400 No"), DENIED),
    "the secrets in a description": (
        http({"error": "invalid_grant", "error_description": f"{SECRETS[0]} {SECRETS[1]}"}, "400 No"), DENIED
    ),
    "the secrets in an error": (http({"error": f"{SECRETS[1]} {SECRETS[0]}"}, "401 No"), DENIED),
    "the secrets in a failure": (http({"error": "e", "error_description": f"{SECRETS[1]}"}, "500 No"), TRANSIENT),
    "an error in a success": (http({"error": "invalid_grant"}), TRANSIENT),
    "an error of 50 KB": (http({"error": "e" * 50_000}, "400 No"), DENIED),
}  # fmt: skip
