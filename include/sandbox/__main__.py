"""Command line of the sandbox."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import orjson
from typing_extensions import override

import include.sandbox
from include.sandbox import control
from include.sandbox.api import living, static
from include.sandbox.api.app import App
from include.sandbox.api.call import Service
from include.sandbox.api.faults import Faults
from include.sandbox.api.job_list import JobList
from include.sandbox.api.limits import Limits
from include.sandbox.server import bind, serve
from include.sandbox.world.clock import Clock
from include.sandbox.world.marketplaces import BY_COUNTRY
from include.sandbox.world.times import read_iso
from include.sandbox.world.world import World

PROGRAM = "python -m include.sandbox"


def main(arguments: list[str] | None = None) -> None:
    """Run the sandbox until it is interrupted."""
    options = parser().parse_args(arguments)
    if options.static and not options.model:
        _give_up("--static needs --model, the path of a copy of Amazon's published model")
    try:
        listener = bind(options.host, options.port)
    except (OSError, OverflowError) as error:
        _give_up(f"port {options.port} of {options.host} cannot be used: {getattr(error, 'strerror', error)}")
    try:
        serve(build(options), listener)
    except (OSError, ValueError, TypeError) as error:
        _give_up(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def build(options: argparse.Namespace) -> App:
    """Build the application for the options of the command line.

    Raises:
        OSError, ValueError, TypeError: The model or the faults cannot be read.
    """
    faults = Faults()
    if options.faults:
        faults.add(*_read(options.faults, lambda path: orjson.loads(path.read_bytes())))
    limits = Limits(options.limits == "real", static.LIMIT if options.static else None)
    if options.static:
        app = App(partial(static.answer, _read(options.model, static.read_cases)), limits, faults, options.latency_ms / 1_000)
        app.control = control.Control(app, None)
        return app
    clock = Clock(int(time.time()) if options.now is None else options.now, options.frozen)
    world = World(
        clock,
        seed=options.seed,
        days=options.days,
        jobs_per_day=options.jobs_per_day,
        stores=options.stores,
        countries=options.marketplaces,
    )
    world.now()
    service = Service(world, JobList(world, options.token_seconds))
    app = App(partial(living.answer, service), limits, faults, options.latency_ms / 1_000)
    app.control, app.world_time = control.Control(app, service), world.now
    return app


def _read(path: Path, read: Callable[[Path], Any]) -> Any:
    try:
        return read(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error


def _give_up(reason: str) -> NoReturn:
    sys.exit(f"{PROGRAM}: {reason}")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    @override
    def error(self, message: str) -> NoReturn:
        _give_up(message)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    options = Parser(
        PROGRAM,
        description=include.sandbox.__doc__,
        epilog=control.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = options.add_argument
    add("--host", type=_host, default="127.0.0.1", help="other than loopback: needs SANDBOX_NETWORK (default: %(default)s)")
    add("--port", type=int, default=8765, help="0 picks a free one (default: %(default)s)")
    add("--seed", type=int, default=1, help="the same seed makes the same world (default: %(default)s)")
    add("--days", type=_positive(int), default=30, help="days of history before the clock (default: %(default)s)")
    add("--now", type=_time, help="start of the world's clock, ISO-8601 (default: the wall clock)")
    add("--frozen", action="store_true", help="the world's clock stands still")
    add("--jobs-per-day", type=_positive(float), default=40, help="on an average day (default: %(default)s)")
    add("--stores", type=_positive(int), default=6, help="number of stores (default: %(default)s)")
    add("--marketplaces", type=_countries, default=("US", "UK"), help="countries, comma-separated (default: US,UK)")
    add("--limits", choices=("real", "off"), default="real", help="a 429 for requests over the limits (default: %(default)s)")
    add("--latency-ms", type=_not_negative, default=0, help="added to every answer of the API (default: %(default)s)")
    add("--token-seconds", type=_positive(float), default=600, help="lifetime of a page token (default: %(default)s)")
    add("--faults", type=Path, help="file with a JSON list of faults, see include/sandbox/api/faults.py")
    add("--static", action="store_true", help="answer only Amazon's published sandbox requests, with its published answers")
    add("--model", type=Path, help="a copy of Amazon's published model, for --static")
    return options


def _positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = kind(text)
        if not 0 < value < 1e9:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    read.__name__ = "number"
    return read


def _not_negative(text: str) -> float:
    if not 0 <= float(text) < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return float(text)


def _time(text: str) -> int:
    return read_iso(text, argparse.ArgumentTypeError(f"{text} is not an ISO-8601 time"))


def _host(text: str) -> str:
    """Accept loopback; other addresses only if the environment declares the network private, as docker-compose.yaml does."""
    if text not in ("127.0.0.1", "localhost") and os.environ.get("SANDBOX_NETWORK") != "private":
        raise argparse.ArgumentTypeError(f"the sandbox serves the loopback interface only, 127.0.0.1, not {text}")
    return text


def _countries(text: str) -> tuple[str, ...]:
    countries = tuple(text.split(","))
    unknown = [country for country in countries if country not in BY_COUNTRY]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]} is not one of {', '.join(BY_COUNTRY)}")
    return countries


if __name__ == "__main__":
    main()
