// Renders the headline tiles.
import { element } from "./dom.js";
import * as format from "./format.js";
import { what } from "./definitions.js";
import { spark } from "./charts.js";

// tiles that have a sparkline of their days; smoothed over a week, because single days have few appointments
const LINES = ["on_time_rate", "window_completion_rate"];
const SMOOTHED_DAYS = 7;
const PARTIES = { no_show: "Nobody came", provider: "You", customer: "Customer", amazon: "Amazon", other: "Other", unknown: "Unknown" };
const { count, percent } = format;

export function headline({ tiles, enough_scored: enough }, days, parties, { currencies }, { horizons }) {
  const of = Object.fromEntries(tiles.map((each) => [each.key, each]));
  document.getElementById("headline").replaceChildren(
    rate(of.on_time_rate, enough, days, split([["proof_coverage", of.proof_coverage], ["verified_on_time_rate", of.verified_on_time_rate]].map(([key, each]) =>
      [[each.label, what(key)], percent(each.value), `${count(each.part)} of ${count(each.whole)}`]))),
    rate(of.missed_rate, enough, days, split(parties.missed.map(party))),
    rate(of.window_completion_rate, enough, days),
    moved(parties),
    waiting(of.jobs_waiting),
    booked(horizons),
    rate(of.utilization, enough, days),
    revenue(currencies),
  );
}

function tile(key, label, value, note, ...more) {
  return element("article", { class: "tile", "data-key": key }, element("h2", {}, label, what(key)),
    element("p", { class: "value" }, value), element("p", { class: "note" }, note), ...more.filter(Boolean));
}

// rows of a name, a figure and a note
function split(rows) {
  return rows.length ? element("dl", { class: "split" }, rows.flatMap(([name, figure, note]) => [
    element("dt", {}, name), element("dd", {}, element("strong", {}, figure), note ? element("span", { class: "note" }, note) : null),
  ])) : null;
}

const party = (each) => [PARTIES[each.party] ?? format.words(each.party), count(each.appointments), `before: ${count(each.before)}`];

function rate(each, enough, days, ...more) {
  const counts = each.whole ? `${count(each.part)} of ${count(each.whole)} ${each.of}` : `No ${each.of}`;
  const note = [counts, each.lower === null ? null : element("span", { class: "range" }, `95% interval ${format.interval(each)}`, what("interval"))].filter(Boolean);
  return tile(each.key, each.label, percent(each.value), note, change(each, enough), ...more, line(each, days));
}

function change(each, enough) {
  if (each.verdict === "too_few") return element("p", { class: "change" }, `Too few to compare, ${enough} needed`);
  if (each.change === null) return element("p", { class: "change" }, "Nothing to compare");
  const still = Math.abs(each.change) < 0.0005;
  const judged = { better: "good", worse: "bad" }[each.verdict] ?? "";
  const text = still ? "No change" : `${each.change > 0 ? "▲" : "▼"} ${Math.abs(100 * each.change).toFixed(1)} points${each.verdict === "unchanged" ? ", may be chance" : ""}`;
  return element("p", { class: `change ${judged}` }, text, what("change"), element("span", { class: "note" }, `before: ${percent(each.before)} of ${count(each.before_whole)}`));
}

function moved({ rescheduled, cancelled }) {
  const sum = (rows, name) => rows.reduce((total, each) => total + each[name], 0);
  const all = [...rescheduled, ...cancelled];
  const group = (title, rows) => [element("h3", {}, `${title}: ${count(sum(rows, "appointments"))}`), split(rows.map(party))];
  return tile("moved", "Moved and cancelled", count(sum(all, "appointments")), `appointments, before: ${count(sum(all, "before"))}`,
    ...group("Rescheduled by", rescheduled), ...group("Cancelled by", cancelled));
}

function waiting(each) {
  const stale = each.stale ? `, ${count(each.stale)} older than 30 days not counted` : "";
  const size = count(Math.abs(each.change ?? 0));
  const text = each.change === null ? "What waited a week ago is not known"
    : each.change ? `${each.change > 0 ? "▲" : "▼"} ${size} ${each.change > 0 ? "more" : "fewer"} than a week ago` : "As many as a week ago";
  return tile("jobs_waiting", each.label, count(each.value), `${count(each.part)} overdue${stale}`, element("p", { class: "change" }, text,
    each.change === null ? null : element("span", { class: "note" }, `a week ago: ${count(each.before)}`)));
}

function booked(horizons) {
  const last = horizons.at(-1), isKnown = last.before !== null;
  const note = (each) => [isKnown ? `a week ago: ${count(each.before)}` : "", each.utilization === null ? "" : `${percent(each.utilization, 0)} of capacity`].filter(Boolean).join(", ");
  return tile("booked_ahead", "Booked ahead", count(last.booked), `appointments in the next ${last.days} days`,
    isKnown ? null : element("p", { class: "change" }, "What was booked a week ago is not known"),
    split(horizons.map((each) => [each.days === 1 ? "Next day" : `${each.days} days`, count(each.booked), note(each)])));
}

function revenue(currencies) {
  const [first, ...others] = currencies;
  if (!first) return tile("revenue", "Revenue", format.NOTHING, "No payments of completed jobs");
  const note = (each) => `${count(each.jobs)} jobs, before: ${format.money(each.amount_before, each.currency)}`;
  return tile("revenue", "Revenue", format.money(first.amount, first.currency), note(first),
    split(others.map((each) => [each.currency ?? "Unknown currency", format.money(each.amount, each.currency), note(each)])));
}

function line(each, days) {
  if (!LINES.includes(each.key)) return null;
  const { part, whole } = format.rates[each.key];
  const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);
  const values = days.map((_, place) => {
    const week = days.slice(Math.max(0, place - SMOOTHED_DAYS + 1), place + 1);
    return format.share(sum(week, part), sum(week, whole));
  });
  return spark(values, `${each.label} over the period, each day with the six before it`, { width: 160, height: 34 });
}
