"""A small container engine: each service in namespaces of its own, on a network that nothing outside can reach.

It runs what docker-compose.yaml says as the container would: its command and environment alone, the Dockerfile's user, the
volumes, names of other services, health checks and the order of starting.
"""

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.containers.composefile import Service
from tests.containers.image import Image
from tests.processes import wait_for

NEW_NETWORK = 0x40000000
POSTGRES = Path(__file__).with_name("postgres.sh")
SUBNET = "10.89.0"
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]


def missing() -> str:
    """What this machine lacks to run containers; empty where nothing is."""
    if os.geteuid():
        return "namespaces need root"
    if absent := [
        tool for tool in ("unshare", "nsenter", "setpriv", "ip", "chroot", "curl", "hostname") if not shutil.which(tool)
    ]:
        return f"{', '.join(absent)} not installed"
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        return "PostgreSQL is not installed (apt-get install postgresql)"
    tried = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True, text=True)
    return tried.stderr.strip() if tried.returncode else ""


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass
class Container:
    service: Service
    namespace: str
    user: str
    environment: dict[str, str]
    process: subprocess.Popen
    log: Path

    def execute(self, command: list[str]) -> subprocess.CompletedProcess:
        """A command inside, beside the first process, as `docker exec`."""
        pid = self._first()
        # the first process of an `init` stays outside of the container's root
        target = _children(pid)[0] if self.service.init else pid
        enter = ["nsenter", "--target", target, "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"]
        who = ["setpriv", "--reuid", self.user, "--regid", self.user, "--init-groups"]
        return subprocess.run([*enter, *who, *command], env=self.environment, capture_output=True, text=True, timeout=120)

    def _first(self) -> str:
        """The id, out here, of the container's first process."""
        return _children(self.process.pid)[0]

    def stop(self) -> float:
        """Ask the first process to end, as `docker stop`. Returns after how many seconds it had."""
        began = time.monotonic()
        if self.process.poll() is None:
            os.kill(int(self._first()), signal.SIGTERM)
            try:
                self.process.wait(self.service.stop_seconds)
            except subprocess.TimeoutExpired:
                raise AssertionError(
                    f"{self.service.name} still runs after {self.service.stop_seconds} s:\n{_tree(self.process.pid)}\n"
                    f"{self.log.read_text(errors='replace')[-3000:]}"
                ) from None
        return time.monotonic() - began


def _children(pid: int | str) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _tree(pid: int | str, depth: int = 0) -> str:
    """A process and those below it, each with what it waits for."""
    process = Path(f"/proc/{pid}")
    command = process.joinpath("cmdline").read_text().replace("\0", " ")
    shown = f"{' ' * depth}{pid} {process.joinpath('wchan').read_text()} {command:.150}"
    return "\n".join([shown, *(_tree(child, depth + 1) for child in _children(pid))])


class Engine:
    """Runs services; `folder` holds their layers, volumes and logs."""

    def __init__(self, folder: Path, image: Image) -> None:
        self.folder, self.image = folder, image
        self.containers: dict[str, Container] = {}
        self._prefix = f"sw{secrets.token_hex(3)}"
        self._network = f"{self._prefix}-net"
        # of a machine that has the network: the test's own requests come from here
        self._inside = ThreadPoolExecutor(1, initializer=self._enter)

    def up(self, services: list[Service]) -> None:
        """Start services in their order, each when what it depends on is as far as it says."""
        ip("netns", "add", self._network)
        for link in (("add", "bridge", "type", "bridge"), ("set", "bridge", "up"), ("set", "lo", "up")):
            ip("-n", self._network, "link", *link)
        ip("-n", self._network, "addr", "add", f"{SUBNET}.1/24", "dev", "bridge")
        self.addresses = {service.name: f"{SUBNET}.{number}" for number, service in enumerate(services, 2)}
        hosts = ["127.0.0.1 localhost", *(f"{address} {_hostname(name)} {name}" for name, address in self.addresses.items())]
        (self.folder / "hosts").write_text("\n".join(hosts) + "\n")
        for service in services:
            for other, condition in service.depends_on.items():
                self._await(self.containers[other], condition)
            self.containers[service.name] = self._start(service)

    def _start(self, service: Service) -> Container:
        namespace = f"{self._prefix}-{len(self.containers)}"
        ip("netns", "add", namespace)
        port = f"port{len(self.containers)}"
        ip("-n", self._network, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        ip("-n", self._network, "link", "set", port, "master", "bridge", "up")
        ip("-n", namespace, "addr", "add", f"{self.addresses[service.name]}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", namespace, "link", "set", device, "up")
        image, command = self.image, service.command
        if service.image:
            assert service.image.startswith("postgres:"), f"{service.image} is an image that these tests do not know"
            image, command = Image(self.folder / "postgres", {"PATH": "/usr/bin:/bin:/usr/sbin"}), ["bash", "/postgres.sh"]
            (image.folder / "layer").mkdir(parents=True)
            shutil.copy(POSTGRES, image.folder / "layer" / "postgres.sh")
        binds = {self._volume(image, name, target): target for name, target in service.volumes.items()}
        binds[self.folder / "hosts"] = "/etc/hosts"
        inside = image.command(
            self.folder / "containers" / service.name, command, binds=binds, pid1="init" if service.init else "plain"
        )
        log = self.folder / f"{service.name}.log"
        environment = image.environment | service.environment | {"HOSTNAME": _hostname(service.name)}
        with log.open("w") as output:
            process = subprocess.Popen(
                [*DIES_WITH_US, "ip", "netns", "exec", namespace, *inside],
                env=environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        return Container(service, namespace, image.user, environment, process, log)

    def _volume(self, image: Image, name: str, target: str) -> Path:
        """The folder of a volume. A new one takes its owner from the image, as with Docker."""
        volume = self.folder / "volumes" / name
        if not volume.exists():
            volume.mkdir(parents=True)
            like = image.folder / "layer" / target.lstrip("/")
            if like.exists():
                os.chown(volume, like.stat().st_uid, like.stat().st_gid)
                volume.chmod(like.stat().st_mode & 0o7777)
        return volume

    def _await(self, container: Container, condition: str) -> None:
        service, told = container.service, partial(container.log.read_text, errors="replace")
        if condition == "service_completed_successfully":
            assert container.process.wait(300) == 0, told()[-3000:]
        elif condition == "service_healthy":
            assert service.healthcheck, f"{service.name} has no health check"
            wait_for(
                lambda: self.is_healthy(service.name), told, service.healthcheck_seconds, lambda: self.is_running(service.name)
            )

    def is_healthy(self, name: str) -> bool:
        container = self.containers[name]
        try:
            return container.execute(container.service.healthcheck).returncode == 0
        except (OSError, IndexError):
            return False  # not far enough to be entered

    def is_running(self, name: str) -> bool:
        return self.containers[name].process.poll() is None

    def outside(self, call: Callable[[], object]) -> object:
        """Call something on the machine that publishes the containers' ports."""
        return self._inside.submit(call).result()

    def _enter(self) -> None:
        with Path(f"/run/netns/{self._network}").open() as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), NEW_NETWORK):
                raise OSError(ctypes.get_errno(), "setns")

    def down(self) -> dict[str, float]:
        """Stop all, the last first. Returns after how many seconds each had ended."""
        return {name: self.containers[name].stop() for name in reversed(self.containers)}

    def close(self) -> None:
        """End what still runs, and remove the networks."""
        self._inside.shutdown()
        for container in self.containers.values():
            container.process.kill()
            container.process.wait()
        for namespace in (*(container.namespace for container in self.containers.values()), self._network):
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)


def _hostname(name: str) -> str:
    """As of a container: a number that only its network knows."""
    return f"{int.from_bytes(name.encode(), 'big') % 16**12:012x}"


@contextmanager
def running(folder: Path, image: Image, services: list[Service]) -> Iterator[Engine]:
    engine = Engine(folder, image)
    try:
        engine.up(services)
        yield engine
    finally:
        engine.close()
