// Renders the pipeline's freshness, publications and windows, and the results of the audit.
import { card, element, table } from "./dom.js";
import * as format from "./format.js";

const { count, short, words } = format;
// runs are hourly and take a while
const LATE_MINUTES = 150;

// what the folded section says of itself
function summarize(id, className, text) {
  document.getElementById(id).className = className;
  document.getElementById(id).textContent = text;
}

export function pipeline({ freshness, publications, windows, failures, drift, period }) {
  const last = publications[0], behind = Math.max(0, ...freshness.filter((row) => row.entity === "jobs").map((row) => row.minutes_behind));
  summarize("operations-behind", behind > LATE_MINUTES ? "warn" : "note", freshness.length ? `${format.span(behind)} behind` : "nothing loaded");
  card("pipeline", "How fresh it is", last ? `Last publication ${format.time(last.published_at)}, ${count(last.rows)} rows, ${format.megabytes(last.bytes)}, in ${format.seconds(last.seconds)}` : "", {},
    table("Freshness", [
      { name: "What", row: true, cell: (row) => words(row.entity), sort: (row) => row.entity },
      { name: "Account", cell: (row) => [row.account, element("span", { class: "note" }, row.marketplace_id ?? "")], sort: (row) => row.account },
      { name: "Known up to", cell: (row) => format.time(row.as_of), sort: (row) => row.as_of },
      { name: "Behind", number: true, cell: (row) => element("span", { class: row.minutes_behind > LATE_MINUTES ? "warn" : "good" }, format.span(row.minutes_behind)), sort: (row) => row.minutes_behind },
    ], freshness, { first: 6 }),
    element("h3", {}, `Windows and the rate budget, ${format.days(period)}`),
    windows.length ? table("Windows and the rate budget", [
      { name: "What", row: true, cell: (row) => [words(row.entity), element("span", { class: "note" }, row.mode)] },
      { name: "Windows", number: true, cell: (row) => [count(row.windows), element("span", { class: row.failed ? "note bad" : "note" }, row.failed ? `${count(row.failed)} failed` : row.running ? `${count(row.running)} running` : "complete")] },
      { name: "Requests", number: true, cell: (row) => count(row.requests) },
      { name: "Throttled", number: true, cell: (row) => [count(row.throttled), element("span", { class: "note" }, format.percent(format.share(row.throttled, row.requests)))] },
      { name: "Waited", number: true, cell: (row) => format.seconds(row.waited_seconds) },
      { name: "Took", number: true, cell: (row) => format.seconds(row.seconds) },
    ], windows) : element("p", { class: "note" }, "No window was read in this period."),
    failures.length ? element("h3", {}, "Windows that failed") : null,
    failures.length ? table("Windows that failed", [
      { name: "Window", row: true, cell: (row) => [words(row.entity), element("span", { class: "note" }, `${format.time(row.window_start)} to ${format.time(row.window_end)}`)] },
      { name: "Why", cell: (row) => row.error },
    ], failures, { first: 3 }) : null,
    drift.length ? element("h3", {}, `Not in Amazon's model, ${format.days(period)}`) : null,
    drift.length ? table("Not in Amazon's model", [
      { name: "Where", row: true, cell: (row) => [element("span", { class: "id" }, row.path || "–"), element("span", { class: "note" }, words(row.entity))], sort: (row) => row.path },
      { name: "What", cell: (row) => [words(row.kind), element("span", { class: "note" }, `${row.value_type}${row.is_value_kept ? "" : ", value not stored"}`)], sort: (row) => row.kind },
      { name: "First", cell: (row) => format.time(row.first_observed_at), sort: (row) => row.first_observed_at },
      { name: "Times", number: true, cell: (row) => count(row.times), sort: (row) => row.times },
    ], drift, { first: 6 }) : null,
    element("details", {}, element("summary", {}, "The last publications"), table("Publications", [
      { name: "Published", row: true, cell: (row) => format.time(row.published_at) },
      { name: "As of", cell: (row) => format.time(row.as_of) },
      { name: "Rows", number: true, cell: (row) => count(row.rows) },
      { name: "Size", number: true, cell: (row) => format.megabytes(row.bytes) },
      { name: "Took", number: true, cell: (row) => format.seconds(row.seconds) },
    ], publications)));
}

export function quality({ audit, findings, quarantined, period }) {
  const broken = audit.rules - audit.hold;
  summarize("operations-audit", broken ? "warn" : "note", audit.rules ? `${count(audit.hold)} of ${count(audit.rules)} rules hold` : "no audit yet");
  card("quality", "Is it valid", audit.rules ? `Audited ${format.time(audit.validated_at)}` : "No audit yet", {},
    element("p", { class: broken ? "warn" : "good" }, audit.rules ? `${count(audit.hold)} of ${count(audit.rules)} rules hold${broken ? "" : ". Nothing was found."}` : "The audit's results come with the next run of amazon_services_warehouse."),
    findings.length ? table("Quality findings", [
      { name: "Rule", row: true, cell: (row) => [row.sentence, element("span", { class: "note id" }, `${row.table_name} ${row.rule_code}`)] },
      { name: "Rows", number: true, cell: (row) => [count(row.unexpected_count), element("span", { class: row.severity === "stop" ? "note bad" : "note warn" }, row.severity)], sort: (row) => row.unexpected_count },
    ], findings, { first: 8 }) : null,
    element("h3", {}, `Could not be read, ${format.days(period)}`),
    quarantined.length ? table("Quarantined records", [
      { name: "Field", row: true, cell: (row) => [element("span", { class: "id" }, row.field ?? "–"), element("span", { class: "note" }, words(row.entity))] },
      { name: "Why", cell: (row) => row.reason },
      { name: "Records", number: true, cell: (row) => count(row.records) },
    ], quarantined, { first: 6 }) : element("p", { class: "note" }, "Everything could be read."));
}
