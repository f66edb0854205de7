"""A BI tool's part: a process that keeps the published file open and asks it again and again.

python reader.py FILE      prints a line of JSON when its standard input closes: counts seen with the first connection
                           (each once), with a new one at the end, and errors
"""

import json
import sys
import threading

import duckdb

COUNT = "select count(*) from marts.fct_service_jobs"


def main(file: str) -> None:
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    seen, errors = set(), []
    with duckdb.connect(file, read_only=True) as connection:
        print("open", flush=True)
        while not stop.wait(0.02):
            try:
                seen.add(connection.execute(COUNT).fetchone()[0])
            except duckdb.Error as error:
                errors.append(str(error))
                break
    with duckdb.connect(file, read_only=True) as connection:
        last = connection.execute(COUNT).fetchone()[0]
    print(json.dumps({"seen": sorted(seen), "last": last, "errors": errors}))


if __name__ == "__main__":
    main(sys.argv[1])
