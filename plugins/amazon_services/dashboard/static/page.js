// Starts the page: requests the data of each tile with the current filters, and passes it to the tile's renderer.
import * as filters from "./filters.js";
import { element } from "./dom.js";
import * as format from "./format.js";
import { renderers } from "./sections.js";
import { definitions } from "./definitions.js";
import { headline } from "./headline.js";

const RELOAD_MINUTES = 5;
const figures = document.getElementById("figures"), notice = document.getElementById("notice");
let asking = new AbortController();

class Refused extends Error {}

async function ask(tile) {
  const answer = await fetch(`tiles/${tile}?${filters.query()}`, { signal: asking.signal, headers: { Accept: "application/json" } });
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Refused("Your session has ended: log in to Airflow and reload this page.");
  if (!answer.ok) throw new Refused(body.detail ?? `The server answered ${answer.status}.`);
  return body;
}

function tell(...content) {
  notice.replaceChildren(...content);
  notice.hidden = !content.length;
}

function nextSteps(title) {
  const steps = [
    ["To try it first: ", ["make demo"], " loads 30 days from a local Services API."],
    ["To use your own account, create the connection ", ["amazon_services_default"], " under Admin, Connections (type Amazon Services)."],
    ["To load past jobs, trigger the DAG ", ["amazon_services_backfill"], " with a start and an end; with dry_run it only reports the cost."],
    ["Then unpause ", ["amazon_services_jobs"], ", ", ["amazon_services_availability"], " and ", ["amazon_services_warehouse"], ", which publishes the data."],
  ];
  tell(element("h2", {}, title), element("ol", {}, steps.map((step) => element("li", {},
    step.map((part) => (Array.isArray(part) ? element("code", {}, part[0]) : part))))));
}

async function fill(tile, render) {
  const section = document.getElementById(tile);
  section.setAttribute("aria-busy", "true");
  try {
    await render(await ask(tile), () => fill(tile, render));
  } catch (error) {
    if (error.name === "AbortError") return;
    section.replaceChildren(element("p", { class: "bad" }, `This part could not be read. ${error.message}`));
  }
  section.removeAttribute("aria-busy");
}

async function load() {
  asking.abort();
  asking = new AbortController();
  let known;
  try {
    known = await ask("choices");
  } catch (error) {
    if (error.name === "AbortError") return;
    figures.hidden = true;
    return tell(element("p", {}, error.message));
  }
  const asOf = document.getElementById("as-of");
  if (known.nothing_published || known.is_empty) {
    figures.hidden = true;
    asOf.textContent = known.nothing_published ? "Nothing has been published yet" : "The published warehouse is empty";
    return nextSteps(known.nothing_published ? "There is no warehouse yet" : "No service jobs have been loaded yet");
  }
  tell();
  figures.hidden = false;
  asOf.textContent = `All jobs known up to ${format.time(known.published.as_of)}, published ${format.time(known.published.published_at)}`;
  filters.offer(known);
  Object.assign(format.rates, known.rates);
  Object.assign(definitions, known.definitions);
  // the sparklines of the headline use the days of the trend, which are requested once
  const trend = ask("trend");
  const more = [trend, ...["parties", "revenue", "ahead"].map(ask)];
  more.forEach((answer) => answer.catch(() => {}));
  await Promise.all([
    fill("headline", async (found) => {
      const [{ days }, ...others] = await Promise.all(more);
      headline(found, days, ...others);
    }),
    ...Object.entries(renderers).map(([tile, render]) => fill(tile, render)),
  ]);
  document.body.dataset.loaded = String(Number(document.body.dataset.loaded ?? 0) + 1);
}

filters.start(load);
load();
setInterval(() => { if (!document.hidden) load(); }, RELOAD_MINUTES * 60_000);
