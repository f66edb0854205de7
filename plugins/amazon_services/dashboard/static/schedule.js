// Renders a day of the technicians: a row for each, with its stops in their order.
import { card, element, table } from "./dom.js";
import { choose } from "./filters.js";
import * as format from "./format.js";

const { count, short, span } = format;
// what a stop is called once the time of its start has come
const STATES = { serviced: "done", unproven: "done, no proof", awaiting_proof: "proof missing", no_show: "no-show" };

const job = (stop) => element(stop.url ? "a" : "span", { class: "id", href: stop.url, target: stop.url && "_blank", rel: stop.url && "noopener noreferrer", title: stop.service_job_id }, short(stop.service_job_id));

function between(stop) {
  if (stop.overlap_minutes > 0) return element("span", { class: "bad" }, `overlaps by ${span(stop.overlap_minutes)}`);
  if (stop.is_double_booked) return element("span", { class: "bad" }, "double-booked");
  return stop.gap_minutes === null ? null : element("span", { class: "note" }, `${span(stop.gap_minutes)} after the stop before`);
}

function stopOf(row, stop) {
  const place = [stop.postal_code, stop.city].filter(Boolean).join(" ") || "Place unknown";
  return element("li", {},
    element("strong", {}, stop.end ? `${stop.start}–${stop.end}` : stop.start),
    element("span", {}, `${stop.service_title ?? "No title"}, ${place}`),
    element("span", { class: "note" }, [format.storeName(stop), row.time_zones > 1 ? stop.time_zone : null].filter(Boolean).join(", ")),
    between(stop), STATES[stop.outcome] ? element("span", { class: "note" }, STATES[stop.outcome]) : null, job(stop));
}

function stopsOf(row, shown) {
  const more = row.stops - row.first_stops.length;
  return [element("ol", { class: "stops" }, row.first_stops.map((stop) => stopOf(row, stop))),
    more > 0 ? element("span", { class: "note" }, `The first ${shown} of ${count(row.stops)}`) : null];
}

export function schedule({ days, day, technicians, shown, shown_stops: shownStops }, again) {
  const total = days.find((each) => each.service_date === day);
  const chips = element("div", { class: "chips", role: "group", "aria-label": "Day" }, days.map((each) => element("button", {
    type: "button", "aria-pressed": String(each.service_date === day),
    onclick: async () => {
      choose({ day: each.service_date });
      await again();
      document.querySelector("#schedule .chips [aria-pressed=true]")?.focus();
    },
  }, `${format.weekday(each.service_date)}: ${count(each.stops)}`)));
  const note = total ? [`${count(total.stops)} stops of ${count(total.technicians)} technicians`,
    total.unassigned ? `, ${count(total.unassigned)} not assigned` : "", total.double_booked ? `, ${count(total.double_booked)} double-booked` : "",
    technicians.length >= shown ? `. The first ${shown} are shown` : ""].join("") : "";
  card("schedule", "Technicians by day", note, { define: "schedule" }, days.length ? chips : null, technicians.length ? table("Technicians by day", [
    { name: "Technician", row: true, sort: (row) => row.technician_name ?? "", cell: (row) => (row.technician_id
      ? [row.technician_name ?? "No name", element("span", { class: "note id", title: row.technician_id }, short(row.technician_id))]
      : element("span", { class: "warn" }, "Not assigned")) },
    { name: "Stops", define: "gap_minutes", cell: (row) => stopsOf(row, shownStops) },
    { name: "Number", number: true, cell: (row) => count(row.stops), sort: (row) => row.stops },
    { name: "Double-booked", define: "is_double_booked", number: true, sort: (row) => row.double_booked,
      cell: (row) => element("span", { class: row.double_booked ? "bad" : null }, count(row.double_booked)) },
  ], technicians, { first: 8 }) : element("p", { class: "note" }, "No appointments on this day."));
}
