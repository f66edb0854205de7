// Renders the six headline tiles.
import { element } from "./dom.js";
import * as format from "./format.js";
import { spark } from "./charts.js";

// tiles that have a sparkline of their days; smoothed over a week, because single days have few appointments
const LINES = ["on_time_rate", "no_show_rate", "window_completion_rate", "fulfillment_breaks"];
const SMOOTHED_DAYS = 7;

export function headline({ tiles }, days) {
  document.getElementById("headline").replaceChildren(...tiles.map((tile) => element("article", { class: "tile", "data-key": tile.key },
    element("h2", {}, tile.label),
    element("p", { class: "value" }, tile.kind === "rate" ? format.percent(tile.value) : format.count(tile.value)),
    element("p", { class: "note" }, counts(tile)),
    change(tile),
    line(tile, days),
  )));
}

function counts(tile) {
  if (tile.kind === "rate" && !tile.whole) return `No ${tile.of}${tile.period ? `, ${format.days(tile.period)}` : ""}`;
  const dates = tile.key === "utilization" && tile.period ? `, ${format.days(tile.period)}` : "";
  return tile.key === "jobs_waiting"
    ? `${format.count(tile.part)} overdue` : `${format.count(tile.part)} of ${format.count(tile.whole)} ${tile.of}${dates}`;
}

function change(tile) {
  if (tile.change === null) return element("p", { class: "change" }, "Nothing to compare");
  const still = tile.kind === "rate" ? Math.abs(tile.change) < 0.0005 : !tile.change;
  const size = tile.kind === "rate" ? `${Math.abs(100 * tile.change).toFixed(1)} points` : format.count(Math.abs(tile.change));
  const judged = still || !tile.good ? "" : (tile.good === "up") === tile.change > 0 ? "good" : "bad";
  const text = still ? "No change" : `${tile.change > 0 ? "▲" : "▼"} ${size}${tile.key === "jobs_waiting" ? " fell due" : ""}`;
  const was = tile.kind === "rate" ? `${format.percent(tile.before)} of ${format.count(tile.before_whole)}` : format.count(tile.before);
  return element("p", { class: `change ${judged}` }, text, element("span", { class: "note" }, `before: ${was}`));
}

function line(tile, days) {
  if (!LINES.includes(tile.key)) return null;
  const { part, whole } = format.rates[tile.key] ?? { part: tile.key };
  const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);
  const values = days.map((_, place) => {
    const week = days.slice(Math.max(0, place - SMOOTHED_DAYS + 1), place + 1);
    return whole ? format.share(sum(week, part), sum(week, whole)) : sum(week, part) / week.length;
  });
  return spark(values, `${tile.label} over the period, each day with the six before it`, { width: 160, height: 34 });
}
