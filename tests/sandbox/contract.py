"""Answers held against Amazon's published model."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import orjson
import requests

from include.sandbox.api.operations import match

MODEL = Path(__file__).parents[3] / "shared" / "contract" / "services.json"


class Contract:
    """What the model documents of each operation's answers; nothing where the model is absent."""

    def __init__(self, path: Path = MODEL) -> None:
        self.path = path

    @cached_property
    def model(self) -> dict[str, Any]:
        return orjson.loads(self.path.read_bytes())

    @cached_property
    def responses(self) -> dict[str, dict[str, Any]]:
        operations = [each for path in self.model["paths"].values() for each in path.values() if isinstance(each, dict)]
        return {each["operationId"]: each["responses"] for each in operations}

    def check(self, answer: requests.Response) -> None:
        """Raises AssertionError or ValidationError where an answer is outside the model."""
        found = match(answer.request.method or "", urlsplit(answer.request.url or "").path)
        if not self.path.exists() or isinstance(found, list):
            return
        documented = self.responses[found[0].name]
        assert str(answer.status_code) in documented, f"{found[0].name} answers {answer.status_code}"
        if answer.status_code == 204:
            assert not answer.content
        elif answer.status_code != 429:
            self.validator(found[0].name, str(answer.status_code)).validate(answer.json())

    @cache  # noqa: B019 -- there is one contract
    def validator(self, operation: str, status: str) -> jsonschema_rs.Draft4Validator:
        schema = self.responses[operation][status]["schema"] | {"definitions": self.model["definitions"]}
        return jsonschema_rs.Draft4Validator(schema, validate_formats=True)
