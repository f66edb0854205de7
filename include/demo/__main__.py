"""The command line; see the docstring of the package."""

import argparse
import sys

from include.demo import place, processes, story

parser = argparse.ArgumentParser(prog="python -m include.demo", description="Runs the demonstration.")
parser.add_argument("command", choices=("run", "up", "down", "clean"))
command = parser.parse_args().command
try:
    if command in ("run", "up"):
        story.run(keep_running=command == "up")
    else:
        print(f"Stopped {processes.stop_all()} processes." if processes.ours() else "Nothing was running.")
        if command == "clean":
            print(*place.clean(), sep="\n")
except place.NotPossible as error:
    sys.exit(str(error))
except KeyboardInterrupt:
    sys.exit("Interrupted. Run `make demo` to continue; the data that was loaded is kept.")
