"""The command line; see the docstring of the package."""

import argparse
from threading import Thread

from include.assistant import catalog, server
from include.assistant.reading import Limits

LOOPBACK = "127.0.0.1"

parser = argparse.ArgumentParser(
    prog="python -m include.assistant", description="Answers an assistant's questions about the published file, read-only."
)
parser.add_argument("--port", type=int, help=f"serve HTTP on {LOOPBACK} (default: standard input and output)")
parser.add_argument("--rows", type=int, default=Limits.rows, help="the most rows of an answer (default: %(default)s)")
parser.add_argument("--seconds", type=float, default=Limits.seconds, help="the longest query (default: %(default)s)")
arguments = parser.parse_args()

# it takes seconds, in which the assistant says hello
Thread(target=catalog.warm_up, daemon=True).start()
made = server.make(Limits(rows=arguments.rows, seconds=arguments.seconds))
if arguments.port is None:
    made.run("stdio")
else:
    made.run("streamable-http", host=LOOPBACK, port=arguments.port)
