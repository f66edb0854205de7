"""docker-compose.yaml as compose reads it: `.env`, variables, profiles, and the order in which services start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<rule>:?[-?+])(?P<word>[^}]*))?\})"
)
LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*")
DURATION = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class MissingVariable(ValueError):
    """A variable that the file requires is not set."""


@dataclass(frozen=True)
class Service:
    """One service, with all variables in their places."""

    name: str
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    ports: list[str] = field(default_factory=list)
    depends_on: dict[str, str] = field(default_factory=dict)
    healthcheck: list[str] = field(default_factory=list)
    healthcheck_seconds: float = 0
    stop_seconds: float = 10
    init: bool = False
    image: str = ""

    @classmethod
    def read(cls, name: str, fields: dict) -> "Service":
        depends_on = fields.get("depends_on", {})
        if isinstance(depends_on, list):
            depends_on = {other: {"condition": "service_started"} for other in depends_on}
        check = fields.get("healthcheck", {})
        return cls(
            name,
            command=fields.get("command", []),
            environment={key: str(value) for key, value in fields.get("environment", {}).items()},
            volumes=dict(volume.split(":")[:2] for volume in fields.get("volumes", [])),
            ports=fields.get("ports", []),
            depends_on={other: rule["condition"] for other, rule in depends_on.items()},
            healthcheck=check.get("test", [])[1:],
            healthcheck_seconds=(seconds(check.get("interval", "30s")) + seconds(check.get("timeout", "30s")))
            * check.get("retries", 3),
            stop_seconds=seconds(fields.get("stop_grace_period", "10s")),
            init=fields.get("init", False),
            image=fields.get("image", ""),
        )


def services(file: Path, variables: Mapping[str, str], profile: str = "") -> list[Service]:
    """What `docker compose --profile PROFILE up` starts, each service after those that it depends on.

    Raises:
        MissingVariable: A variable that the file requires has no value.
    """
    fields = interpolated(yaml.safe_load(file.read_text()), variables)["services"]
    chosen = [
        Service.read(name, each) for name, each in fields.items() if not each.get("profiles") or profile in each["profiles"]
    ]
    ordered: list[Service] = []
    while chosen:
        started = {service.name for service in ordered}
        ready = [service for service in chosen if service.depends_on.keys() <= started]
        assert ready, f"{', '.join(service.name for service in chosen)} wait for one another, or for what is not started"
        ordered += ready
        chosen = [service for service in chosen if service not in ready]
    return ordered


def interpolated(part: object, variables: Mapping[str, str]) -> object:
    """All texts of a YAML document with their variables replaced."""
    if isinstance(part, dict):
        return {key: interpolated(value, variables) for key, value in part.items()}
    if isinstance(part, list):
        return [interpolated(value, variables) for value in part]
    return VARIABLE.sub(lambda found: _value(found, variables), part) if isinstance(part, str) else part


def _value(found: re.Match, variables: Mapping[str, str]) -> str:
    if found["dollar"]:
        return "$"
    rule, word = found["rule"] or "-", found["word"] or ""
    value = variables.get(found["plain"] or found["name"])
    # with a colon an empty value is as good as none
    is_set = bool(value) if rule.startswith(":") else value is not None
    if rule.endswith("+"):
        return word if is_set else ""
    if not is_set and rule.endswith("?"):
        raise MissingVariable(f"{found['name']}: {word}")
    return value if is_set else word


def dotenv(text: str) -> dict[str, str]:
    """The values of a `.env` file; those in single quotes are as they stand."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        found = LINE.fullmatch(line)
        if not found or line.lstrip().startswith("#"):
            continue
        name, value = found.groups()
        if len(value) > 1 and value[0] == value[-1] == "'":
            values[name] = value[1:-1]
        else:
            bare = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else re.sub(r"(^|\s)#.*", "", value).rstrip()
            values[name] = str(interpolated(bare, values))
    return values


def seconds(duration: str) -> float:
    return sum(float(number) * DURATION[unit] for number, unit in re.findall(r"([\d.]+)(ms|s|m|h)", duration))
