"""The steps of the Dockerfile, run over this machine's own files: what they write goes to a folder, as a layer of an image."""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).with_name("container.sh")
# how this machine reaches its package indexes, and what its processor needs
OF_THIS_MACHINE = re.compile(r"PIP_|UV_|OPENBLAS_|SSL_|REQUESTS_|(https?|no)_proxy", re.IGNORECASE)

# the base image brings it; the one of this machine's Python may be older than hashes of packages with extras need
PIP_OF_THE_BASE = "pip==25.0.1"


@dataclass
class Image:
    """A built image: `layers` over this machine's root folder, the newest first."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "root"
    binds: dict[Path, str] = field(default_factory=dict)

    def command(self, upper: Path, command: list[str], *, binds: dict[Path, str] | None = None, pid1: str = "plain") -> list[str]:
        """A process in this image, with `upper` as the layer that it writes to; other mounts and processes are not seen."""
        mounts = [f"{source}={target}" for source, target in (self.binds | (binds or {})).items()]
        namespaces = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child=KILL"]
        return [
            *namespaces,
            "bash",
            str(SCRIPT),
            str(self.folder / "layer"),
            str(upper),
            self.user,
            self.workdir,
            pid1,
            *mounts,
            "--",
            *command,
        ]


def build(folder: Path, project: Path, packages: Path | None) -> Image:
    """Run the Dockerfile's steps.

    Args:
        folder: Where the layer is written.
        project: The build's context.
        packages: A virtual environment that holds the packages already: then no step installs any. Without it they are
            installed into a fresh one.
    """
    python = packages or Path("/opt/python")
    path = f"{python / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    machine = {name: value for name, value in os.environ.items() if OF_THIS_MACHINE.match(name)}
    image = Image(folder, {"PATH": path, "LANG": "C.UTF-8"} | machine, binds={packages: str(packages)} if packages else {})
    layer = folder / "layer"
    layer.mkdir(parents=True)
    # a private home may hold this machine's Python; in the image everybody reads it
    run(image, ["chmod", "a+rx", *map(str, {*Path(sys.base_prefix).parents, *(packages or python).parents})])
    if not packages:
        run(image, [f"{sys.base_prefix}/bin/python3", "-m", "venv", str(python)])
        run(image, ["pip", "install", "--quiet", PIP_OF_THE_BASE])
    for word, rest in steps((project / "Dockerfile").read_text()):
        if word == "RUN" and (not packages or not re.match(r"(apt-get|pip) ", rest)):
            run(image, ["sh", "-c", rest])
        elif word == "COPY":
            copy(project, layer / image.workdir.lstrip("/"), *shlex.split(rest))
        elif word == "ENV":
            image.environment |= dict(part.split("=", 1) for part in shlex.split(rest))
        elif word == "WORKDIR":
            image.workdir = rest
            (layer / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            image.user = rest
        else:
            assert word in ("FROM", "RUN"), f"{word} is a step that these tests do not know"
    return image


def run(image: Image, command: list[str]) -> None:
    done = subprocess.run(
        image.command(image.folder / "layer", command), env=image.environment, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stdout[-2000:]}{done.stderr[-3000:]}"


def steps(dockerfile: str) -> list[tuple[str, str]]:
    """Its instructions, without comments and with long lines joined."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines()]


def copy(project: Path, workdir: Path, source: str, target: str) -> None:
    """`COPY`, without what .dockerignore names."""
    patterns = (project / ".dockerignore").read_text().split()

    def ignored(folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(project)
        return {name for name in names if any(_matches(str(inside / name), pattern) for pattern in patterns)}

    if (project / source).is_dir():
        shutil.copytree(project / source, workdir / target, ignore=ignored, dirs_exist_ok=True, symlinks=True)
    else:
        shutil.copy(project / source, workdir / target)


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch.fnmatch(Path(path).name, pattern[3:])
    return path == pattern
