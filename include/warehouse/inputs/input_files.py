"""Opens files that the configuration of a run names, only from the folders for input.

A user who may start a run can name any path, and a worker can read more than that user should: keys, environments, files of
others. `SERVICES_INPUT_DIR` (see `include.warehouse.paths.input_dirs`) names the folders whose files may be read.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from include.warehouse import paths
from include.warehouse.inputs.run_parameters import BadParameter

LARGEST_BYTES = 256 * 2**20
LONGEST_SHOWN = 200


class InputRefused(BadParameter):
    """A file cannot be used as input. The message names the file and what to do, and never quotes its content."""


def checked(file: object) -> Path:
    """Find the file that a configuration names.

    Args:
        file: A path; a relative one is relative to the first folder for input.

    Returns:
        The real path, of a regular file.

    Raises:
        InputRefused: It is not a path, does not exist, is outside of the folders for input (also by `..` or a link), is not a
            regular file, or is too large.
    """
    if not isinstance(file, str | os.PathLike) or not os.fspath(file):
        raise InputRefused(f"A file should be given as a text, its path, but is {shown(file)}.")
    name, folders = os.fspath(file), paths.input_dirs()
    if "\0" in name or not name.isprintable():
        raise InputRefused(f"The file {shown(name)} cannot be there: its path holds characters that cannot be printed.")
    real = Path(os.path.realpath(folders[0] / name))
    if not any(_is_within(real, folder) for folder in folders):
        raise InputRefused(
            f"The file {shown(name)} is not read, because it does not lie in a folder for input: move it to {folders[0]}, or "
            "name its folder in the setting SERVICES_INPUT_DIR."
        )
    try:
        found = real.stat()
    except OSError as error:
        raise InputRefused(f"{shown(name)} should be the path of a file that is there, but: {error.strerror}.") from None
    if not stat.S_ISREG(found.st_mode):
        raise InputRefused(f"{shown(name)} is no regular file, but a folder, a pipe or a device.")
    if found.st_size > LARGEST_BYTES:
        raise InputRefused(f"{shown(name)} has {found.st_size:,} bytes; at most {LARGEST_BYTES:,} are read.")
    return real


def opened(file: object) -> BinaryIO:
    """Open the file that a configuration names; arguments and errors are those of `checked`."""
    real = checked(file)
    try:
        # a link or pipe that replaced the file since it was checked is not followed, and does not block
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise InputRefused(f"{shown(str(file))} cannot be opened: {error.strerror}.") from None
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise InputRefused(f"{shown(str(file))} is no regular file.")
    return stream


def shown(value: object) -> str:
    """Return a value of a configuration for a message: the beginning of a text, or the type of any other value."""
    if isinstance(value, str | os.PathLike):
        text = repr(os.fspath(value))
        return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
    return "nothing" if value is None else f"a value of type {type(value).__name__}"


def _is_within(file: Path, folder: Path) -> bool:
    """Whether a folder for input holds the file. Files of the warehouse count only if a folder inside the warehouse is named."""
    warehouse = Path(os.path.realpath(paths.warehouse_dir()))
    is_own = file.is_relative_to(warehouse) and (folder == warehouse or not folder.is_relative_to(warehouse))
    return file.is_relative_to(folder) and not is_own
