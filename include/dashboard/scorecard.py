"""The weekly scorecard as one self-contained HTML file: `python -m include.dashboard.scorecard [FILE]` (or `make report`).

It shows the figures of the page for the newest settled week (Monday to Sunday, in the local time of the stores), against the week
before. Settled weeks are final but for late proofs; without one it shows the last whole week, and says that it is not settled.
"""

import argparse
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from urllib.parse import quote

from include.dashboard.context import rate
from include.dashboard.filters import Filters
from include.dashboard.settled import Week, newest_of_all
from include.dashboard.tiles import NothingPublished, answer
from include.warehouse import disk, measures, paths, samples

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
    known = escape(str(answer("choices", Filters(account=week.account))["published"]["as_of"]))
    settled = "It is settled: only proofs that come late change its figures." if week.is_settled else (
        "It is not settled yet: proofs are still missing, and its figures change."
    )  # fmt: skip
    parts = [
        f"<h1>Services, {week.start:%d %b} to {week.end:%d %b %Y}</h1>",
        f"<p class=muted>{escape(title(week))}. {settled} All jobs known up to {known}.</p>",
        *_sections(week),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title(week))}</title><style>{STYLE}</style>{''.join(parts)}</html>\n"
    )


def _sections(week: Week) -> list[str]:
    chosen = Filters(account=week.account, marketplace=week.marketplace, start=week.start, end=week.end)
    # as long as verdicts look back, so that the counts beside a verdict are those that it comes from
    judged = replace(chosen, start=week.end - timedelta(days=samples.verdict_days() - 1))
    morning, quality = answer("morning", chosen), answer("quality", chosen)
    return [
        f"<div class=tiles>{''.join(map(_tile, answer('headline', chosen)['tiles']))}</div>",
        _days(chosen),
        _technicians(judged),
        _stores(judged),
        _table("Needs action now", ["Action", "Jobs", "Overdue"], [
            [row["action"].replace("_", " "), row["jobs"], row["overdue"]] for row in morning["actions"]
        ]),
        _table(f"Audit: {quality['audit']['hold']} of {quality['audit']['rules']} rules hold", ["Finding", "Rows", "Severity"], [
            [row["sentence"], row["unexpected_count"], row["severity"]] for row in quality["findings"]
        ]),
    ]  # fmt: skip


def _days(chosen: Filters) -> str:
    on_time, coverage = (measures.rates()[name] for name in ("on_time_rate", "proof_coverage"))
    return _table("Day by day", ["Date", on_time.label, "Scored", coverage.label, "Missed", "Breaks", "Appointments"], [
        [day["service_date"], _percent(day[on_time.part], day[on_time.whole]), day["scored"],
         _percent(day[coverage.part], day[coverage.whole]), day["missed"], day["fulfillment_breaks"], day["appointments"]]
        for day in answer("trend", chosen)["days"]
    ])  # fmt: skip


def _technicians(judged: Filters) -> str:
    """Those whose interval lies below the average of their account, and no other."""
    ranked, on_time = answer("technicians", judged), measures.rates()["on_time_rate"]
    title = f"Technicians to talk to: {ranked['worse']} of {ranked['total']}, by the four weeks to {judged.end:%d %b}"
    return _table(title, ["Technician", on_time.label, "95% interval", "Average", "On time", "No-shows", "Breaks"], [
        [f"{row['technician_name'] or 'No name'} ({row['technician_id']})", f"{row['on_time_rate']:.1%}", _interval(row),
         f"{row['average_rate']:.1%}", f"{row[on_time.part]} of {row[on_time.whole]}", row["no_shows"], row["fulfillment_breaks"]]
        for row in ranked["technicians"] if row["verdict"] == "worse"
    ][:SHOWN])  # fmt: skip


def _stores(judged: Filters) -> str:
    stores, rates = answer("stores", judged), measures.rates()
    on_time, coverage, utilization = (rates[name] for name in ("on_time_rate", "proof_coverage", "utilization"))
    title = f"Stores: {stores['worse']} of {stores['total']} worse than their account, by the four weeks to {judged.end:%d %b}"
    names = ["Store", "Verdict", on_time.label, "95% interval", "Scored", coverage.label, "Missed", "Breaks", utilization.label]
    return _table(title, names, [
        [row["store_name"] or row["store_id"] or "No store", row["verdict"].replace("_", " "),
         _percent(row[on_time.part], row[on_time.whole]), _interval(row), row["scored"],
         _percent(row[coverage.part], row[coverage.whole]), row["missed"], row["fulfillment_breaks"],
         _percent(row["encumbered"], row["usable"])]
        for row in stores["stores"][:SHOWN]
    ])  # fmt: skip


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
    change = "too few to compare" if tile["verdict"] == "too_few" else "nothing to compare"
    if tile["change"] is not None:
        change = f"{100 * tile['change']:+.1f} points" if is_rate else f"{tile['change']:+,}"
    judged = ""
    if tile["change"] and tile["good"]:
        judged = "good" if (tile["good"] == "up") == (tile["change"] > 0) else "bad"
    counts = f"{tile['part'] or 0:,} of {tile['whole'] or 0:,} {tile['of']}"
    interval = f"<br>95%: {_interval(tile)}" if is_rate and tile["lower"] is not None else ""
    head = f"{escape(tile['label'])}<strong>{value}</strong>"
    return f'<div>{head}<span class="{judged}">{change}</span><br><span class=muted>{counts}{interval}</span></div>'


def _interval(row: dict) -> str:
    return "-" if row["lower"] is None else f"{row['lower']:.0%} to {row['upper']:.0%}"


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
