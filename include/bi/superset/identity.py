"""What the files of the bundle have in common: the version of the format, and stable ids by which they name each other."""

import uuid

VERSION = "1.0.0"


def identity(kind: str, name: str) -> str:
    """A stable id: importing a later bundle replaces what has the same kind and name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"services-warehouse/{kind}/{name}"))
