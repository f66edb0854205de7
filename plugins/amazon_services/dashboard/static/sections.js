// Renders the response for each tile as a section of the page.
import { card, element, table } from "./dom.js";
import * as format from "./format.js";
import { axis, chart, spark } from "./charts.js";
import { pipeline, quality } from "./operations.js";
import { schedule } from "./schedule.js";

const { count, interval, parts, percent, rates, ratio, share, short, storeName, words } = format;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const VERDICTS = { worse: ["Worse", "bad"], usual: ["Usual", null], too_few: ["Too few", "note"] };

const identified = (name, id) => [name, element("span", { class: "note id", title: id }, short(id))];
const rate = (part, of) => [percent(share(part, of)), element("span", { class: "note" }, `${count(part)} of ${count(of)}`)];
const rateColumn = (name) => ({ name: rates[name].label, define: name, number: true, cell: (row) => rate(...parts(row, name)), sort: (row) => ratio(row, name) });
// a rate with its interval, in color only where the verdict is that it is worse
const judgedColumn = { cell: (row) => [percent(row.on_time_rate), element("span", { class: "note" }, `${count(row.on_time)} of ${count(row.scored)}${row.scored ? `, ${interval(row)}` : ""}`)],
  sort: (row) => row.on_time_rate, heat: (row) => (row.verdict === "worse" ? 0.8 : 0) };
const verdictColumn = (period) => ({
  name: "Verdict", define: "verdict", sort: (row) => ({ worse: 0, usual: 1, too_few: 2 })[row.verdict],
  cell: (row) => [element("span", { class: VERDICTS[row.verdict][1] }, VERDICTS[row.verdict][0]),
    element("span", { class: "note" }, row.average_rate === null ? "" : row.verdict === "too_few" ? `${count(row.judged_scored)} scored` : `account: ${percent(row.average_rate)}`)],
  title: `Of the four weeks ${format.days(period)}`,
});
const holder = (id, label) => element("div", { class: "chart", id, role: "img", "aria-label": label });

function trend({ days, period }) {
  const plot = holder("trend-chart", "On-time rate and completion in the window by day; the table below has the figures");
  card("trend", "Trend by day", format.days(period), {}, plot, element("details", {}, element("summary", {}, "As a table"), table("Trend by day", [
    { name: "Date", row: true, cell: (row) => format.day(row.service_date), sort: (row) => row.service_date },
    rateColumn("on_time_rate"),
    rateColumn("window_completion_rate"),
    { name: "No-shows", define: "no_shows", number: true, cell: (row) => count(row.no_shows), sort: (row) => row.no_shows },
    { name: "Breaks", define: "fulfillment_break", number: true, cell: (row) => count(row.fulfillment_breaks), sort: (row) => row.fulfillment_breaks },
    { name: "Appointments", define: "appointments", number: true, cell: (row) => count(row.appointments), sort: (row) => row.appointments },
  ], days)));
  const x = days.map((row) => Date.parse(`${row.service_date}T00:00:00Z`) / 1000);
  const percents = (name) => days.map((row) => ratio(row, name)).map((value) => (value === null ? null : 100 * value));
  chart(plot, (color) => ({
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { x: { range: (_, low, high) => [low - 43_200, high + 43_200] }, rate: { range: [0, 100] }, number: { range: (_, low, high) => [0, Math.max(4, high * 2.6)] } },
    axes: [axis(color, { space: 60, values: (_, splits) => splits.map((at) => format.day(new Date(at * 1000).toISOString().slice(0, 10))) }),
      axis(color, { scale: "rate", values: (_, splits) => splits.map((value) => `${value} %`), size: 52 })],
    series: [
      { label: "Date", value: (_, at) => (at ? format.day(new Date(at * 1000).toISOString().slice(0, 10)) : "–") },
      { label: "Appointments", scale: "number", fill: color("fill"), stroke: color("fill"), paths: uPlot.paths.bars({ size: [0.6, 28], radius: 0.2 }), points: { show: false } },
      { label: rates.on_time_rate.label, scale: "rate", stroke: color("accent"), width: 2.2, spanGaps: true, points: { size: 5 }, value: (_, value) => (value === null ? "–" : `${value.toFixed(1)} %`) },
      { label: rates.window_completion_rate.label, scale: "rate", stroke: color("good"), width: 1.6, dash: [5, 4], spanGaps: true, points: { show: false }, value: (_, value) => (value === null ? "–" : `${value.toFixed(1)} %`) },
    ],
  }), [x, days.map((row) => row.appointments), percents("on_time_rate"), percents("window_completion_rate")], 260);
}

function breaks({ kinds, period }) {
  const most = Math.max(1, ...kinds.map((each) => each.appointments));
  card("breaks", "Fulfillment breaks", format.days(period), { define: "fulfillment_break" }, kinds.length
    ? element("ul", { class: "bars" }, kinds.map((each) => element("li", {},
      element("div", { class: "line" }, element("span", {}, words(each.kind)), element("strong", {}, count(each.appointments))),
      element("div", { class: "track", "aria-hidden": "true" }, element("div", { style: { width: `${(100 * each.appointments) / most}%` } })),
      element("span", { class: "note" }, `${count(each.before)} in the period before`))))
    : element("p", { class: "good" }, "No promise was broken."));
}

const job = (row) => element(row.url ? "a" : "span", { class: "id", href: row.url, target: row.url && "_blank", rel: row.url && "noopener noreferrer" }, row.service_job_id);

function morning({ actions, jobs, shown }) {
  let chosen = null;
  const chips = element("div", { class: "chips", role: "group", "aria-label": "Actions" }), list = element("div");
  const draw = () => {
    chips.replaceChildren(...actions.filter((each) => each.jobs).map((each) => element("button", {
      type: "button", "aria-pressed": String(chosen === each.action),
      onclick: () => { chosen = chosen === each.action ? null : each.action; draw(); chips.querySelector("[aria-pressed=true]")?.focus(); },
    }, `${words(each.action)}: ${count(each.jobs)}${each.overdue ? `, ${count(each.overdue)} overdue` : ""}`)));
    const listed = jobs.filter((row) => !chosen || row.action === chosen);
    list.replaceChildren(table("Jobs that need action", [
      { name: "Overdue", define: "overdue", number: true, cell: (row) => element("span", { class: row.overdue_hours > 0 ? "bad" : null }, row.overdue_hours > 0 ? `${count(Math.floor(row.overdue_hours))} h` : "not yet"), sort: (row) => row.overdue_hours },
      { name: "Due", cell: (row) => format.time(row.due_at), sort: (row) => row.due_at },
      { name: "Action", define: "action", row: true, cell: (row) => words(row.action), sort: (row) => row.action },
      { name: "Store", cell: (row) => element("span", { title: row.store_id }, storeName(row)), sort: (row) => row.store_name },
      { name: "Service", cell: (row) => row.service_title, sort: (row) => row.service_title },
      { name: "Owner", cell: (row) => row.owner, sort: (row) => row.owner },
      { name: "Job", cell: (row) => [job(row), element("span", { class: "note" }, words(row.job_status?.toLowerCase()))] },
    ], listed, { first: 8 }));
  };
  draw();
  const total = actions.reduce((sum, each) => sum + each.jobs, 0);
  const stale = actions.reduce((sum, each) => sum + each.stale, 0);
  const note = [total > shown ? `The ${shown} longest overdue of ${count(total)}` : "As of now, whatever the dates",
    stale ? `; ${count(stale)} more are overdue for over 30 days and left out` : ""].join("");
  card("morning", "Needs action", note, { define: "jobs_waiting" }, total ? chips : null, total ? list : element("p", { class: "good" }, "Nothing waits for you."));
}

function technicians({ technicians: ranked, total, worse, enough_scored: enough, period, judged_period: judged }) {
  card("technicians", "Technicians", `${format.days(period)}. ${count(worse)} of ${count(total)} are worse than their account, ${format.days(judged)}; with fewer than ${enough} scored nobody is`,
    { define: "interval" }, ranked.length ? table("Technicians by on-time rate", [
      { name: "Technician", row: true, cell: (row) => identified(row.technician_name ?? "No name", row.technician_id), sort: (row) => row.technician_name },
      { ...rateColumn("on_time_rate"), ...judgedColumn },
      verdictColumn(judged),
      { name: "Period", cell: (row) => spark(row.spark, `On-time rate of ${row.technician_name ?? row.technician_id} over the period`, { low: 0, high: 1, width: 84 }) },
      { name: "No-shows", define: "no_shows", number: true, cell: (row) => count(row.no_shows), sort: (row) => row.no_shows },
      { name: "Breaks", define: "fulfillment_break", number: true, cell: (row) => count(row.fulfillment_breaks), sort: (row) => row.fulfillment_breaks },
      { name: "Visits", define: "appointments", number: true, cell: (row) => count(row.appointments), sort: (row) => row.appointments },
    ], ranked, { first: 8 }) : element("p", { class: "note" }, "No scored appointments in this period."));
}

function stores({ stores: listed, total, worse, period, judged_period: judged }) {
  const used = (row) => share(row.encumbered, row.usable);
  card("stores", "Stores", `${format.days(period)}. ${count(worse)} of ${count(total)} are worse than their account, ${format.days(judged)}; then the busiest`,
    { define: "interval" }, listed.length ? table("Stores side by side", [
      { name: "Store", row: true, cell: (row) => [element("span", { title: row.store_id }, storeName(row)), element("span", { class: "note" }, row.manager ?? "")], sort: (row) => row.store_name },
      { ...rateColumn("on_time_rate"), ...judgedColumn },
      verdictColumn(judged),
      rateColumn("missed_rate"),
      rateColumn("proof_coverage"),
      rateColumn("window_completion_rate"),
      { name: "Breaks", define: "fulfillment_break", number: true, cell: (row) => count(row.fulfillment_breaks), sort: (row) => row.fulfillment_breaks },
      { name: rates.utilization.label, define: "utilization", number: true, cell: (row) => (row.usable > 0 ? rate(row.encumbered, row.usable) : null), sort: used, heat: (row) => used(row) ?? 0, hue: "var(--accent)" },
    ], listed, { first: 8 }) : element("p", { class: "note" }, "No appointments in this period."));
}

function hours({ hours: known, period, capacity_period: ahead }) {
  const plot = holder("hours-chart", "Appointments and bookable capacity by hour of the week; the table below has the figures");
  const cell = (row, weekday) => known[weekday * 24 + row];
  const figure = (value) => (value === null ? "–" : value.toFixed(value < 10 ? 1 : 0));
  card("hours", "Demand against capacity by hour of the week", `Average of the stores together, by their own clocks. Demand ${format.days(period)}, capacity ${format.days(ahead)}`, { define: "demand" },
    plot, element("details", {}, element("summary", {}, "As a table: booked of bookable"), table("Demand against capacity by hour of the week", [
      { name: "Hour", row: true, cell: (row) => `${String(row).padStart(2, "0")}:00` },
      ...WEEKDAYS.map((name, weekday) => ({
        name, cell: (row) => `${figure(cell(row, weekday).booked)} / ${figure(cell(row, weekday).capacity)}`,
        heat: (row) => share(cell(row, weekday).booked, cell(row, weekday).capacity) ?? 0, hue: "var(--accent)",
      })),
    ], [...Array(24).keys()], { className: "week" })));
  const column = (name) => known.map((each) => each[name]);
  const label = (hour) => (hour === null ? "–" : `${WEEKDAYS[Math.floor(hour / 24)]} ${String(hour % 24).padStart(2, "0")}:00`);
  const average = (_, value) => (value === null || value === undefined ? "–" : value.toFixed(1));
  chart(plot, (color) => ({
    scales: { x: { time: false, range: [0, 167] }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.08)] } },
    axes: [axis(color, { splits: () => [...Array(7).keys()].map((weekday) => weekday * 24), values: () => WEEKDAYS }), axis(color, { size: 44 })],
    series: [
      { label: "Hour", value: (_, hour) => label(hour) },
      { label: "Bookable capacity", stroke: color("muted"), width: 1, fill: color("raised"), paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, value: average },
      { label: "Booked", stroke: color("accent"), width: 1.8, fill: color("accent-soft"), paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, value: average },
      { label: "Preferred starts", stroke: color("warn"), width: 1.4, dash: [4, 3], paths: uPlot.paths.stepped({ align: 1 }), points: { show: false }, value: average },
    ],
  }), [column("hour_of_week"), column("capacity"), column("booked"), column("preferred")], 260);
}

export const renderers = { trend, breaks, morning, schedule, technicians, stores, hours, pipeline, quality };
