// Shows what a figure means, in the words of the dbt project, in a dialog that a button beside the figure opens.
import { element } from "./dom.js";

const dialog = document.getElementById("definition");
// by the name of the figure: its label and its description in Markdown
export const definitions = {};

// a button that opens the definition of a figure; nothing for a figure without one
export function what(name) {
  const defined = definitions[name];
  if (!defined) return null;
  return element("button", { type: "button", class: "what", "aria-label": `What "${defined.label}" means`, "data-what": name, onclick: () => show(defined) }, "?");
}

function show({ label, text }) {
  document.getElementById("definition-title").textContent = label;
  document.getElementById("definition-text").replaceChildren(...text.split(/\n\s*\n/).map(block));
  dialog.showModal();
}

// the Markdown that the descriptions use: paragraphs, tables, `code` and *emphasis*
function block(text) {
  const lines = text.trim().split("\n");
  if (!lines[0].startsWith("|")) return element("p", {}, inline(lines.join(" ")));
  const cells = (line) => line.replace(/^\||\|$/g, "").split("|").map((cell) => inline(cell.trim()));
  const [head, , ...rows] = lines.map(cells);
  return element("table", {}, element("thead", {}, element("tr", {}, head.map((cell) => element("th", { scope: "col" }, cell)))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map((cell) => element("td", {}, cell))))));
}

function inline(text) {
  return text.split(/(`[^`]+`|\*[^*]+\*)/).filter(Boolean).map((part) => {
    if (part.startsWith("`")) return element("code", {}, part.slice(1, -1));
    return part.startsWith("*") && part.length > 2 ? element("em", {}, part.slice(1, -1)) : part;
  });
}
