"""Creates `.venv` and installs the pinned requirements. Does nothing if they have not changed.

Uses the standard library only, and syntax that old versions of Python can parse, because any Python may run it.

    python3 scripts/setup.py [--dev]
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
UV = "scripts/uv.txt"
OLDEST, NEWEST = (3, 11), (3, 13)
GIGABYTE = 10**9
DISK_NEEDED = 3 * GIGABYTE


def main(dev):
    files = ["requirements.txt"] + (["requirements-dev.txt"] if dev else [])
    wanted = fingerprint(files)
    stamp = ENVIRONMENT / (".installed-dev" if dev else ".installed")
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    check()
    print("Setting up .venv (about two minutes, once)", flush=True)
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(str(ENVIRONMENT), with_pip=True, clear=True)
    # pip and uv refuse a download whose hash is not in these files
    hashed = ["--require-hashes", "--quiet"]
    # uv installs in a third of pip's time; it takes its index from the environment as pip does
    run([str(python), "-m", "pip", "install", "--disable-pip-version-check"] + hashed + ["--requirement", UV])
    uv = [str(ENVIRONMENT / "bin" / "uv"), "pip", "install", "--python", str(python)]
    run(uv + hashed + ["--compile-bytecode"] + [part for name in files for part in ("--requirement", name)])
    # built with the setuptools that was just installed, not with another one from the index
    run(uv + ["--quiet", "--no-deps", "--no-build-isolation", "--editable", "."])
    # an environment for development also has everything that the other one has
    for name in {".installed", stamp.name}:
        (ENVIRONMENT / name).write_text(fingerprint(files[:1]) if name == ".installed" else wanted)


def fingerprint(files):
    """Hash what the environment depends on: this script, the requirements, the project's metadata and the interpreter."""
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for name in files + [UV, "pyproject.toml", "scripts/setup.py"]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def check():
    """Exit with a message in one line if the machine lacks something."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        sys.exit(
            "This project needs Python 3.11, 3.12 or 3.13, but {} is {}.{}. Try: make PYTHON=python3.12 ...".format(
                sys.executable, *version
            )
        )
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python's venv module is incomplete. Install it (on Debian and Ubuntu: apt install python3-venv).")
    free = shutil.disk_usage(str(ROOT)).free
    if free < DISK_NEEDED:
        sys.exit("The disk is nearly full: {:.1f} GB free in {}, 3 GB needed.".format(free / GIGABYTE, ROOT))


def run(command):
    environment = dict(os.environ, UV_NO_PROGRESS="1", UV_LINK_MODE=os.environ.get("UV_LINK_MODE", "copy"))
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    result = subprocess.run(command, cwd=str(ROOT), env=environment)
    if result.returncode:
        sys.exit("The installation failed with exit code {}; see the output above.".format(result.returncode))


if __name__ == "__main__":
    main("--dev" in sys.argv[1:])
