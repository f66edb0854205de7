"""Writes files so that they survive a loss of power, and so that readers find them whole."""

import json
import os
import uuid
from pathlib import Path


def sync(path: Path) -> None:
    """Write a file's content, or a folder's entries, through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(file: Path, text: str) -> None:
    """Write a file so that a reader finds the whole old or the whole new content; missing folders are created."""
    write_partial(file, text).rename(file)


def write_partial(file: Path, text: str) -> Path:
    """Write the new content of a file into another one beside it, which is returned; missing folders are created."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.partial")
    partial.write_text(text, encoding="utf-8")
    sync(partial)
    return partial


def write_json(file: Path, content: dict) -> None:
    """Write a JSON file as `write_text` does."""
    write_text(file, json.dumps(content, indent=1))
