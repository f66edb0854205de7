"""A document is created, encrypted, uploaded, checked and accepted; or refused for one reason at a time."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from include.sandbox.api import uploads
from tests.sandbox.conftest import NOW, Running
from tests.sandbox.test_writes import active, is_in_the_past, path_of

CONTENT = b"\x89PNG\r\n\x1a\n" + b"a picture of a wall with a television on it" * 20


def destination(world: Running, **changed) -> dict:
    body = {"contentType": "PNG", "contentLength": len(CONTENT)} | changed
    answer = world.call("POST", "documents", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["payload"]


def encrypted(payload: dict, content: bytes = CONTENT) -> bytes:
    key, vector = (base64.b64decode(payload["encryptionDetails"][name]) for name in ("key", "initializationVector"))
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def put(world: Running, payload: dict, content: bytes, url: str = "", **changed):
    headers = (
        {"Content-Type": "image/png"} | payload["headers"] | {name.replace("_", "-"): value for name, value in changed.items()}
    )
    return world.session.put(url or payload["url"], data=content, headers=headers)


def prove(world: Running, job: dict, payload: dict, digest: str):
    document = {"uploadDestinationId": payload["uploadDestinationId"], "contentSha256": digest}
    return world.call("PUT", f"{path_of(job, active(job))}/fulfillment", json={"fulfillmentDocuments": [document]})


@pytest.fixture(scope="module")
def job(world: Running) -> dict:
    return world.find(is_in_the_past)


def test_an_uploaded_document_proves_the_appointment(own_world: Running) -> None:
    job = own_world.find(is_in_the_past)
    md5 = base64.b64encode(hashlib.md5(CONTENT).digest()).decode()
    payload = destination(own_world, contentMD5=md5)
    body = encrypted(payload)
    assert put(own_world, payload, body).status_code == 200
    assert prove(own_world, job, payload, sha256(body)).status_code == 204
    poa = active(own_world.job(job["serviceJobId"]))["poa"]
    assert (poa["poaType"], poa["uploadTime"]) == ("POA_RECEIPT", NOW)


@pytest.mark.parametrize(
    ("content", "changed", "problem"),
    [
        (b"GIF89a" + CONTENT[6:], {}, "content type"),
        (CONTENT + b"more", {}, "content length"),
        (CONTENT, {"contentMD5": "97WrSKv9ffHkDopCdB32mw=="}, "content length"),
        (CONTENT[:8] + b"X5O!EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + CONTENT[47:], {}, "malware"),
    ],
)
def test_a_document_that_is_not_what_it_should_be(world: Running, job: dict, content: bytes, changed: dict, problem: str) -> None:
    payload = destination(world, **changed)
    body = encrypted(payload, content)
    assert put(world, payload, body).status_code == 200
    answer = prove(world, job, payload, sha256(body))
    assert (answer.status_code, problem in answer.json()[0]["message"]) == (422, True), answer.text


def test_a_document_that_is_not_there_or_not_encrypted_as_agreed(world: Running, job: dict) -> None:
    payload = destination(world)
    assert "not found" in prove(world, job, payload, "x").json()[0]["message"]
    assert put(world, payload, CONTENT).status_code == 200
    assert "sanity check" in prove(world, job, payload, sha256(b"another")).json()[0]["message"]
    assert "decrypt" in prove(world, job, payload, sha256(CONTENT)).json()[0]["message"]
    assert "does not exist" in prove(world, job, {"uploadDestinationId": "nowhere"}, "x").json()[0]["message"]
    assert world.session.put(f"{world.url}/_sandbox/uploads/nowhere", data=b"x").status_code == 404


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Content_Type": None}, "SignatureDoesNotMatch"),
        ({"Content_Type": "PNG"}, "SignatureDoesNotMatch"),
        ({"Content_Type": "application/octet-stream"}, "SignatureDoesNotMatch"),
        ({"x_amz_server_side_encryption": None}, "SignatureDoesNotMatch"),
        ({"x_amz_server_side_encryption": "another"}, "SignatureDoesNotMatch"),
    ],
)
def test_an_upload_without_what_is_signed_is_refused(world: Running, job: dict, changed: dict, code: str) -> None:
    payload = destination(world)
    assert "X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-server-side-encryption" in payload["url"]
    assert set(payload["headers"]) == {"x-amz-server-side-encryption"}
    answer = put(world, payload, encrypted(payload), **changed)
    assert (answer.status_code, code in answer.text) == (403, True), answer.text
    assert "not found" in prove(world, job, payload, "x").json()[0]["message"]


def test_an_address_that_is_not_the_signed_one_is_refused(world: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    payload, other = destination(world), destination(world)
    body = encrypted(payload)
    path = payload["url"].partition("?")[0]
    for url in (
        path,
        f"{path}?{other['url'].partition('?')[2]}",
        payload["url"].replace("X-Amz-Expires=300", "X-Amz-Expires=301"),
    ):
        assert put(world, payload, body, url).status_code == 403
    later = uploads.time.time() + 301
    monkeypatch.setattr(uploads.time, "time", lambda: later)
    answer = put(world, payload, body)
    assert (answer.status_code, "Request has expired" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"contentType": "PNG"}, 400),
        ({"contentType": "DOC", "contentLength": 5}, 422),
        ({"contentType": "PNG", "contentLength": 5_242_881}, 400),
        ({"contentType": "PNG", "contentLength": 0}, 400),
        ({"contentType": "PNG", "contentLength": 5, "contentMD5": "short"}, 400),
    ],
)
def test_a_bad_destination_is_refused(world: Running, body: dict, status: int) -> None:
    assert world.call("POST", "documents", json=body).status_code == status
