"""Puts a new validation report in the place of the old one without a moment at which neither is whole.

A folder cannot be replaced by rename, but its pages can: the pages of the new report come first, then the index that
links to them, and only then the pages that no index names any more go.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INDEX = Path("index.html")


@contextmanager
def staged_report(data_docs_dir: Path) -> Iterator[Path]:
    """An empty folder beside `data_docs_dir` (so that a rename can move its files), gone afterwards."""
    staged = data_docs_dir.with_name(f".{data_docs_dir.name}.staged")
    shutil.rmtree(staged, ignore_errors=True)  # what a killed run left
    staged.mkdir(parents=True)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def replace_report(staged: Path, data_docs_dir: Path) -> None:
    pages = {page.relative_to(staged) for page in staged.rglob("*") if page.is_file()}
    for page in sorted(pages, key=lambda page: (page == INDEX, page)):
        (data_docs_dir / page).parent.mkdir(parents=True, exist_ok=True)
        (staged / page).replace(data_docs_dir / page)
    for old in sorted(data_docs_dir.rglob("*"), reverse=True):  # what is in a folder before the folder
        if old.is_file() and old.relative_to(data_docs_dir) not in pages:
            old.unlink()
        elif old.is_dir() and not any(old.iterdir()):
            old.rmdir()
