// Draws charts with uPlot, and sparklines as SVG. Colors come from the page's CSS variables, so that they follow its theme.
/* global uPlot */
import { element } from "./dom.js";

const drawn = new Map();

function color(name) {
  const probe = document.body.appendChild(element("span", { style: { color: `var(--${name})` } }));
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

// `options(color)` returns uPlot's options without a size; the chart is drawn again when the theme changes
export function chart(holder, options, data, height = 240) {
  const draw = () => {
    drawn.get(holder.id)?.plot.destroy();
    const plot = new uPlot({ width: Math.max(200, holder.clientWidth), height, ...options(color) }, data, holder);
    drawn.set(holder.id, { plot, draw, holder });
  };
  drawn.get(holder.id)?.watcher?.disconnect();
  draw();
  const watcher = new ResizeObserver(() => drawn.get(holder.id)?.plot.setSize({ width: Math.max(200, holder.clientWidth), height }));
  watcher.observe(holder);
  drawn.get(holder.id).watcher = watcher;
}

document.addEventListener("themechange", () => [...drawn.values()].forEach(({ draw, holder }) => {
  if (holder.isConnected) draw();
}));

export const axis = (color, more = {}) => ({
  stroke: color("muted"), grid: { stroke: color("line"), width: 1 }, ticks: { show: false }, font: "12px system-ui", ...more,
});

// values from oldest to newest; null leaves a gap
export function spark(values, label, { low, high, width = 96, height = 26 } = {}) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return element("span", { class: "note" }, "");
  const [least, most] = [low ?? Math.min(...known), high ?? Math.max(...known)];
  const x = (place) => (place * width) / Math.max(1, values.length - 1);
  const y = (value) => height - 3 - ((value - least) / (most - least || 1)) * (height - 6);
  // the line continues over a gap, because days without scored appointments are not a drop
  const points = values.map((value, place) => (value === null ? null : [x(place), y(value)])).filter(Boolean);
  const path = points.map(([a, b], place) => `${place ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join("");
  return element("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label, preserveAspectRatio: "none" },
    element("path", { d: path }));
}
