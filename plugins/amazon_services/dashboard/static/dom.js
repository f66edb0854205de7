// Creates elements, cards and tables. Data is inserted as text, never as markup.
import { what } from "./definitions.js";

export function element(tag, attributes = {}, ...children) {
  const made = tag === "svg" || tag === "path" || tag === "circle"
    ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "style") Object.entries(value).forEach(([key, part]) => made.style.setProperty(key, part));
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// define: the name of the figure that a button beside the title defines
export function card(id, title, note, { define } = {}, ...content) {
  const section = document.getElementById(id);
  section.setAttribute("aria-labelledby", `${id}-title`);
  section.replaceChildren(
    element("div", { class: "head" }, element("h2", { id: `${id}-title` }, title), define ? what(define) : null, element("span", { class: "note" }, note ?? "")),
    ...content.filter(Boolean),
  );
}

// columns: {name, define, cell(row) -> node or text, sort(row) -> number or text, number, row (whether it is the row's header), heat(row) -> 0..1, hue, title}
export function table(caption, columns, rows, { first = rows.length, className = "", sorted } = {}) {
  let order = sorted ?? { column: -1, down: false }, shown = first;
  const body = element("tbody"), head = element("tr"), holder = element("div");
  const draw = () => {
    const { column, down } = order;
    const listed = column < 0 ? rows : [...rows].sort((one, other) => {
      const [a, b] = [one, other].map(columns[column].sort);
      if (a === null || b === null) return (a === null) - (b === null);
      return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
    });
    body.replaceChildren(...listed.slice(0, shown).map((row) => element("tr", {}, columns.map((each) => {
      const heat = each.heat?.(row);
      const kind = [each.number ? "number" : "", heat ? "heat" : ""].join(" ").trim();
      const style = heat ? { "--heat": Math.min(1, heat), ...(each.hue ? { "--hue": each.hue } : {}) } : {};
      return element(each.row ? "th" : "td", { class: kind || null, scope: each.row ? "row" : null, style }, each.cell(row) ?? "–");
    }))));
    head.replaceChildren(...columns.map((each, place) => element("th", {
      scope: "col", class: each.number ? "number" : null, title: each.title,
      "aria-sort": place === column ? (down ? "descending" : "ascending") : null,
    }, each.sort ? element("button", { type: "button", onclick: () => {
      order = { column: place, down: place === column ? !down : Boolean(each.number) };
      draw();
      head.children[place].firstChild.focus();
    } }, each.name) : each.name, each.define ? what(each.define) : null)));
    more.hidden = shown >= rows.length;
  };
  const more = element("button", { type: "button", class: "more", onclick: () => { shown = rows.length; draw(); } }, `Show all ${rows.length}`);
  holder.append(
    element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      element("table", { class: className || null }, element("caption", {}, caption), element("thead", {}, head), body)),
    more,
  );
  draw();
  return holder;
}
