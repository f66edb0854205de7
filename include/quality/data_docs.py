"""Replaces the validation report so that readers always find a complete one.

A folder cannot be replaced by one rename, but each page can: first the pages of the new report, then the index that links to
them. Pages that the new index does not link to are removed last.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INDEX = Path("index.html")


@contextmanager
def staged_report(data_docs_dir: Path) -> Iterator[Path]:
    """An empty temporary folder beside `data_docs_dir`, so that its files can be moved there by a rename."""
    staged = data_docs_dir.with_name(f".{data_docs_dir.name}.staged")
    shutil.rmtree(staged, ignore_errors=True)  # left by a run that was killed
    staged.mkdir(parents=True)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def replace_report(staged: Path, data_docs_dir: Path) -> None:
    """Move the pages in `staged` into `data_docs_dir`, and remove the pages of the report before."""
    pages = {page.relative_to(staged) for page in staged.rglob("*") if page.is_file()}
    for page in sorted(pages, key=lambda page: (page == INDEX, page)):
        (data_docs_dir / page).parent.mkdir(parents=True, exist_ok=True)
        (staged / page).replace(data_docs_dir / page)
    for old in sorted(data_docs_dir.rglob("*"), reverse=True):  # a folder comes after its content
        if old.is_file() and old.relative_to(data_docs_dir) not in pages:
            old.unlink()
        elif old.is_dir() and not any(old.iterdir()):
            old.rmdir()
