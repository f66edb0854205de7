"""Which scorecards were mailed: the last week of each account and marketplace, in `reports/mailed.json` of the warehouse.

A week is noted before its scorecard is mailed, so that nothing mails it twice. If the process ends while it mails, it is not
known whether the mail arrived, and it is not mailed again. Only the newest settled week is ever mailed. An account and
marketplace that is seen for the first time begins with the next week that is settled: whoever installs or updates the pipeline
gets no scorecards of the past.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from filelock import FileLock

from include.dashboard import settled
from include.dashboard.settled import Week
from include.warehouse import disk, paths

BEGUN, DONE, BEFORE = "begun", "done", "before the first"


class AlreadyMailed(Exception):
    """The scorecard of this week, or of a later one, was mailed."""


class MaybeMailed(Exception):
    """It is not known whether the scorecard of this week was mailed."""


def due(account: str | None = None) -> list[Week]:
    """The weeks to mail: of each account and marketplace the newest settled one, if it is newer than the last one.

    It notes the accounts and marketplaces that it sees for the first time.

    Args:
        account: One account; all of them by default.

    Raises:
        NothingPublished: There is no published file yet.
    """
    found = settled.newest_of_each()
    with _notes() as notes:
        for known_account, marketplace, week in found:
            first = {"week": week.start.isoformat() if week else None, "state": BEFORE}
            notes.setdefault(known_account, {}).setdefault(marketplace, first)
        return [
            week
            for known_account, marketplace, week in found
            if week and account in (None, known_account) and _is_newer(week, notes[known_account][marketplace])
        ]


@contextmanager
def noted(week: Week, again: bool = False) -> Iterator[None]:
    """Note that a week is mailed within the `with` block; if the block fails, the note is taken back.

    Args:
        week: A week of one account and marketplace.
        again: Mail it even if it was mailed before.

    Raises:
        AlreadyMailed: It, or a later week, was mailed, and `again` is false.
        MaybeMailed: A process ended while it mailed this week, and `again` is false.
    """
    before = _begin(week, again)
    try:
        yield
    except Exception:
        _write(week, before)
        raise
    _write(week, {"week": week.start.isoformat(), "state": DONE})


def _begin(week: Week, again: bool) -> dict | None:
    with _notes() as notes:
        before = notes.setdefault(week.account, {}).get(week.marketplace)
        if before and not again and not _is_newer(week, before):
            name = f"The scorecard of the week from {week.start} of {week.account} in {week.marketplace}"
            if before["state"] == BEGUN:
                raise MaybeMailed(f'{name} may have been mailed. Look whether it arrived; {{"mail_again": true}} mails it again.')
            raise AlreadyMailed(f"{name}, or a later one, was mailed.")
        notes[week.account][week.marketplace] = {"week": week.start.isoformat(), "state": BEGUN}
        return before


def _write(week: Week, note: dict | None) -> None:
    with _notes() as notes:
        if note is None:
            del notes[week.account][week.marketplace]
        else:
            notes[week.account][week.marketplace] = note


def _is_newer(week: Week, note: dict) -> bool:
    return note["week"] is None or week.start > date.fromisoformat(note["week"])


def notes_file() -> Path:
    """The file with what was mailed."""
    return paths.warehouse_dir() / "reports" / "mailed.json"


@contextmanager
def _notes() -> Iterator[dict]:
    """The notes by account and marketplace; changes to them are written unless the block fails."""
    file = notes_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(".mailed.lock")):
        notes = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        read = json.dumps(notes)
        yield notes
        if json.dumps(notes) != read:
            disk.write_json(file, notes)
