// Keeps the filter form, the page's URL and the choices that the published file offers in sync.
import { element } from "./dom.js";
import { short, storeName } from "./format.js";

const form = document.getElementById("filters");
const NAMES = ["account", "marketplace", "store", "service", "start", "end", "day"];
let today = new Date().toISOString().slice(0, 10);

export function query() {
  const chosen = new URLSearchParams(location.search);
  return new URLSearchParams(NAMES.filter((name) => chosen.get(name)).map((name) => [name, chosen.get(name)])).toString();
}

export function choose(changes) {
  const chosen = new URLSearchParams(query());
  for (const [name, value] of Object.entries(changes)) {
    if (value) chosen.set(name, value);
    else chosen.delete(name);
  }
  const text = chosen.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}

const before = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

export function start(changed) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", ({ target }) => {
    const changes = { [target.name]: target.value };
    // a store belongs to one account and marketplace
    if (target.name === "account" || target.name === "marketplace") changes.store = "";
    choose(changes);
    changed();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    choose(Object.fromEntries(NAMES.map((name) => [name, ""])));
    changed();
  });
  for (const button of form.querySelectorAll("[data-days]")) {
    button.addEventListener("click", () => {
      choose({ start: before(today, Number(button.dataset.days) - 1), end: today });
      changed();
    });
  }
}

function options(name, choices, every) {
  const chosen = new URLSearchParams(location.search).get(name) ?? "";
  // a value of the URL that is not among the choices stays visible, to explain why the page shows no data
  const values = new Set(choices.map(([value]) => value));
  const extra = chosen && !values.has(chosen) ? [[chosen, short(chosen)]] : [];
  const select = form.elements[name];
  select.replaceChildren(element("option", { value: "" }, every), ...[...choices, ...extra].map(([value, text]) => element("option", { value }, text)));
  select.value = chosen;
}

export function offer(known) {
  today = known.today;
  const chosen = Object.fromEntries(NAMES.map((name) => [name, new URLSearchParams(location.search).get(name) ?? ""]));
  const names = Object.fromEntries(known.marketplaces.map((each) => [each.marketplace_id, each.name]));
  const stores = known.stores.filter((each) => (!chosen.account || each.account === chosen.account)
    && (!chosen.marketplace || each.marketplace_id === chosen.marketplace));
  options("account", known.accounts.map((each) => [each.account, each.account]), "All accounts");
  options("marketplace", known.marketplaces.map((each) => [each.marketplace_id, each.name]), "All marketplaces");
  options("store", stores.map((each) => [each.store_id, `${storeName(each)}, ${names[each.marketplace_id] ?? each.marketplace_id}`]), "All stores");
  options("service", known.services.map((each) => [each.asin, `${each.service_title ?? "No title"} (${each.asin})`]), "All services");
  form.elements.start.value = chosen.start || known.period.start;
  form.elements.end.value = chosen.end || known.period.end;
  for (const button of form.querySelectorAll("[data-days]")) {
    const matches = form.elements.end.value === today && form.elements.start.value === before(today, Number(button.dataset.days) - 1);
    button.setAttribute("aria-pressed", String(matches));
  }
}
