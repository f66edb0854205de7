"""The locks of the journal of writes, which `filelock` does not offer.

`filelock` has exclusive locks on lock files that stay in place. The journal also needs a shared lock on one file, and a lock on
a data file that its owner replaces by rename. The kernel releases each of them when its process ends, however that happens.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def acquire(file: Path) -> int:
    """Lock an existing file exclusively without waiting, until the returned descriptor is closed.

    Raises:
        BlockingIOError: Another process holds the lock, or has just replaced the file.
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # a lock on a file that was replaced excludes nobody
        if not os.path.samestat(os.fstat(descriptor), file.stat()):
            raise BlockingIOError(f"{file} was replaced")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def held(file: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock on a file, which is created if it is missing: shared after waiting for it, or exclusive without waiting.

    Raises:
        BlockingIOError: Another process holds the lock, and `shared` is false.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
