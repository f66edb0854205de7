"""The weekly scorecard as one self-contained HTML file: `python -m include.dashboard.scorecard [FILE]` (or `make report`).

It shows the figures of the page for the newest settled week (Monday to Sunday, in the local time of the stores), against the week
before. Settled weeks are final but for late proofs; without one it shows the last whole week, and says that it is not settled.
"""

import argparse
from html import escape
from pathlib import Path
from urllib.parse import quote

from include.dashboard.context import rate
from include.dashboard.filters import Filters
from include.dashboard.settled import Week, newest_of_all
from include.dashboard.tiles import NothingPublished, answer
from include.warehouse import disk, measures, paths

SHOWN = 10

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 860px; margin: 32px auto; padding: 0 16px; color: light-dark(#1d1e20, #ebebe8);
  background: light-dark(#fff, #151618); font-variant-numeric: tabular-nums; }
h1 { font-size: 26px; letter-spacing: -.02em; margin: 0; } h2 { font-size: 16px; margin: 34px 0 8px; }
.muted { color: light-dark(#5d6066, #a5a9b1); }
.good { color: light-dark(#0d7045, #62d09c); } .bad { color: light-dark(#ad2b20, #ff938a); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(125px, 1fr)); gap: 10px; margin-top: 20px; }
.tiles div { border: 1px solid light-dark(#e4e3df, #2e3136); border-radius: 9px; padding: 10px 12px; font-size: 13px; }
.tiles strong { display: block; font-size: 25px; letter-spacing: -.03em; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: right; padding: 6px 8px; border-bottom: 1px solid light-dark(#e4e3df, #2e3136); }
th { font-weight: 550; font-size: 12.5px; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
"""


def title(week: Week) -> str:
    """The title of a week's scorecard."""
    of = ", ".join(name for name in (week.account, week.country or week.marketplace) if name)
    return f"Services, week {week.start:%G-W%V}" + (f": {of}" if of else "")


def scorecard(week: Week) -> str:
    """Render the scorecard of a week as HTML.

    Raises:
        NothingPublished: There is no published file yet.
    """
    chosen = Filters(account=week.account, marketplace=week.marketplace, start=week.start, end=week.end)
    known = escape(str(answer("choices", chosen)["published"]["as_of"]))
    settled = "It is settled: only proofs that come late change its figures." if week.is_settled else (
        "It is not settled yet: proofs are still missing, and its figures change."
    )  # fmt: skip
    parts = [
        f"<h1>Services, {week.start:%d %b} to {week.end:%d %b %Y}</h1>",
        f"<p class=muted>{escape(title(week))}. {settled} All jobs known up to {known}.</p>",
        *_sections(chosen),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title(week))}</title><style>{STYLE}</style>{''.join(parts)}</html>\n"
    )


def _sections(chosen: Filters) -> list[str]:
    tiles, days = answer("headline", chosen)["tiles"], answer("trend", chosen)["days"]
    ranked, stores = answer("technicians", chosen), answer("stores", chosen)
    morning, quality = answer("morning", chosen), answer("quality", chosen)
    rates = measures.rates()
    on_time, in_window, utilization = (rates[name] for name in ("on_time_rate", "window_completion_rate", "utilization"))
    return [
        f"<div class=tiles>{''.join(map(_tile, tiles))}</div>",
        _table("Day by day", ["Date", on_time.label, "Scored", "No-shows", "Breaks", "Appointments"], [
            [day["service_date"], _percent(day[on_time.part], day[on_time.whole]), day["scored"], day["no_shows"],
             day["fulfillment_breaks"], day["appointments"]] for day in days
        ]),
        _table(f"Technicians to talk to: the lowest on-time rates of {ranked['total']}",
               ["Technician", on_time.label, "Of scored", "No-shows", "Breaks"], [
            [f"{row['technician_name'] or 'No name'} ({row['technician_id']})", f"{row['on_time_rate']:.1%}",
             f"{row[on_time.part]} of {row[on_time.whole]}", row["no_shows"], row["fulfillment_breaks"]]
            for row in [row for row in ranked["technicians"] if row["on_time_rate"] < 1][:SHOWN]
        ]),
        _table(f"Stores: the busiest of {stores['total']}",
               ["Store", on_time.label, in_window.label, "No-shows", "Breaks", utilization.label], [
            [row["store_id"] or "No store", _percent(row[on_time.part], row[on_time.whole]),
             _percent(row[in_window.part], row[in_window.whole]), row["no_shows"], row["fulfillment_breaks"],
             _percent(row["encumbered"], row["usable"])]
            for row in stores["stores"][:SHOWN]
        ]),
        _table("Needs action now", ["Action", "Jobs", "Overdue"], [
            [row["action"].replace("_", " "), row["jobs"], row["overdue"]] for row in morning["actions"]
        ]),
        _table(f"Audit: {quality['audit']['hold']} of {quality['audit']['rules']} rules hold", ["Finding", "Rows", "Severity"], [
            [row["sentence"], row["unexpected_count"], row["severity"]] for row in quality["findings"]
        ]),
    ]  # fmt: skip


def write(file: Path | None = None, week: Week | None = None) -> Path:
    """Write a scorecard; readers see the old or the new one.

    Args:
        file: By default `reports/scorecard.html` of the warehouse, or beside it a file that names the week, its account and its
            marketplace.
        week: By default the newest settled week of everything.
    """
    if not file:
        names = [f"{week.start:%G-W%V}", week.account, week.marketplace] if week and week.account and week.marketplace else []
        file = (
            paths.warehouse_dir() / "reports" / f"{'-'.join(['scorecard', *(quote(str(name), safe='') for name in names)])}.html"
        )
    disk.write_text(file, scorecard(week or newest_of_all()))
    return file


def _tile(tile: dict) -> str:
    is_rate = tile["kind"] == "rate"
    value = _percent(tile["part"], tile["whole"]) if is_rate else f"{tile['value']:,}"
    change = "nothing to compare"
    if tile["change"] is not None:
        change = f"{100 * tile['change']:+.1f} points" if is_rate else f"{tile['change']:+,}"
    judged = ""
    if tile["change"] and tile["good"]:
        judged = "good" if (tile["good"] == "up") == (tile["change"] > 0) else "bad"
    counts = f"{tile['part'] or 0:,} of {tile['whole'] or 0:,} {tile['of']}"
    head = f"{escape(tile['label'])}<strong>{value}</strong>"
    return f'<div>{head}<span class="{judged}">{change}</span><br><span class=muted>{counts}</span></div>'


def _table(title: str, names: list[str], rows: list[list]) -> str:
    if not rows:
        return f"<h2>{escape(title)}</h2><p class=muted>None.</p>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<h2>{escape(title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _percent(part: float | None, whole: float | None) -> str:
    share = rate(part, whole)
    return "-" if share is None else f"{share:.1%}"


def main() -> None:
    """Write the scorecard and print its path."""
    parser = argparse.ArgumentParser(prog="python -m include.dashboard.scorecard", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--account", help="one account (default: all together)")
    arguments = parser.parse_args()
    try:
        print(write(arguments.file, newest_of_all(arguments.account)))
    except NothingPublished as error:
        raise SystemExit(f"{error} `make demo`, or a run of amazon_services_warehouse, makes it.") from error


if __name__ == "__main__":
    main()
