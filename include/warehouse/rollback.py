"""Go back to an earlier published version: `python -m include.warehouse.rollback [--list] [VERSION]`."""

import argparse
import sys

from include.warehouse import paths
from include.warehouse.publishing.versions import rollback, versions


def main() -> None:
    """Roll back, or list the kept versions, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m include.warehouse.rollback", description=__doc__)
    parser.add_argument("version", nargs="?", help="file name of a kept version; default: the one before the current")
    parser.add_argument("--list", action="store_true", help="show the kept versions, newest first, and change nothing")
    arguments = parser.parse_args()
    published = paths.published_database()
    if arguments.list:
        for version in versions(published):
            print(version.name, "(published)" if version.samefile(published) else "")
        return
    try:
        chosen = rollback(published, arguments.version)
    except (LookupError, OSError) as error:
        sys.exit(str(error))
    print(f"{published} is now {chosen.name}. The next publication brings the newest build back.")


if __name__ == "__main__":
    main()
