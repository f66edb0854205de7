"""Reads, writes and rewrites the tables of load packages: finished Parquet files, and spools in Arrow's format."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def read_spool(file: Path) -> pa.Table:
    """Read an Arrow file."""
    with pa.OSFile(str(file)) as source:
        return pa.ipc.open_file(source).read_all()


def write_spool(batch: pa.Table, file: Path) -> None:
    """Write an Arrow file, compressed."""
    # to hand the columns of a small batch to other threads takes longer than to compress them
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_file(str(file), batch.schema, options=options) as target:
        target.write_table(batch)


# by the suffix of a file: how it is read and written
FORMATS: dict[str, tuple[Callable[[Path], pa.Table], Callable[[pa.Table, Path], None]]] = {
    ".parquet": (pq.read_table, pq.write_table),
    ".arrow": (read_spool, write_spool),
}


def rewrite(file: Path, change: Callable[[pa.Table], pa.Table]) -> int:
    """Replace a file, as a whole, with its changed rows; one that stays the same is not written.

    Args:
        file: A Parquet file or a spool, by its suffix.
        change: Makes the new rows from the old ones.

    Returns:
        How many rows fewer the file has.

    Raises:
        OSError: The file cannot be read or written.
        pyarrow.ArrowException: The file is damaged.
    """
    read, write = FORMATS[file.suffix]
    rows = read(file)
    changed = change(rows)
    if not changed.equals(rows):
        partial = file.with_suffix(".partial")
        write(changed, partial)
        partial.replace(file)
    return len(rows) - len(changed)
