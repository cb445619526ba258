// What every chart needs: numbers as the page writes them, colours, text that fits, the legend, the tip.
import * as Plot from "@observablehq/plot";

export const font = "12px system-ui, sans-serif";
export const ink = "var(--ink)";
export const soft = "var(--soft)";
export const paper = "var(--paper)";

/// The page writes NaN as null and infinities as words, since JSON has neither.
export const number = (value) => (value == null ? NaN : value === "Inf" ? Infinity : value === "-Inf" ? -Infinity : value);

/// Colours tell groups apart, dashes do so in print without colours.
export const color = (i) => `var(--group-${(i % 6) + 1})`;
export const dash = (i) => ["", "7 3", "2 2.5", "9 3 2 3"][i % 4];

/// Names from a file, so isolated that a right-to-left mark in one turns nothing else around.
export const isolated = (text) => `\u2068${text}\u2069`;

export function format(value) {
  if (Number.isNaN(value)) return "NA";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

export const percent = (share) => (Number.isNaN(share) ? "NA" : `${format(100 * share)} %`);

/// "0.63 (0.41 to 0.97)", without the interval where there is none.
export function interval(value, lower, upper, write = format) {
  const known = !Number.isNaN(lower) || !Number.isNaN(upper);
  return known ? `${write(value)} (${write(lower)} to ${write(upper)})` : write(value);
}

const ruler = document.createElement("canvas").getContext("2d");

export function text_width(text, weight = "") {
  ruler.font = `${weight} ${font}`;
  return ruler.measureText(text).width;
}

export function shortened(text, width, weight = "") {
  if (text_width(text, weight) <= width) return text;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (text_width(letters.slice(0, middle).join("") + "…", weight) <= width) low = middle;
    else high = middle - 1;
  }
  return letters.slice(0, low).join("") + "…";
}

const svg = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

function swatch(item, x, y) {
  if (item.mark === "line") {
    return svg("line", {x1: x, x2: x + 22, y1: y, y2: y, stroke: item.color, "stroke-width": 2, "stroke-dasharray": item.dash ?? ""});
  }
  if (item.mark === "square") return svg("rect", {x: x + 5, y: y - 5.5, width: 11, height: 11, fill: item.color, "fill-opacity": item.opacity ?? 1});
  if (item.mark === "triangle") return svg("path", {d: `M${x + 6},${y + 4.5}h10l-5,-9z`, fill: item.color});
  return svg("path", {d: `M${x + 11},${y - 5.5}l5.5,5.5l-5.5,5.5l-5.5,-5.5z`, fill: "none", stroke: item.color, "stroke-width": 1.8});
}

/// A legend inside the chart, so that it goes along when the chart is saved: {height, mark} for items of
/// {label, color, mark: line | square | triangle | diamond, dash, opacity}. Lines are broken where the width ends.
export function legend(items, width) {
  const row = 18;
  const placed = [];
  let x = 0;
  let y = 9;
  for (const item of items) {
    const label = shortened(item.label, width - 32);
    const needed = 28 + text_width(label);
    if (x > 0 && x + needed > width) {
      x = 0;
      y += row;
    }
    placed.push({item, label, x, y});
    x += needed + 18;
  }
  const draw = () => {
    const group = svg("g", {"aria-label": "legend", fill: ink, "text-anchor": "start"});
    for (const p of placed) {
      group.append(swatch(p.item, p.x, p.y), svg("text", {x: p.x + 28, y: p.y, dy: "0.35em"}, p.label));
    }
    return group;
  };
  return {height: items.length ? y + 13 : 4, mark: draw};
}

/// Values of an axis that leave room for their labels.
export function thinned(ticks, width, room = 36) {
  const step = Math.max(1, Math.ceil((ticks.length * room) / Math.max(width, 1)));
  return ticks.filter((_, i) => i % step === 0);
}

/// The tip under the pointer, with what `describe` says of the nearest item of `data`.
export function tip(data, channels, describe) {
  const options = {...channels, title: describe, fill: paper, stroke: soft, textPadding: 8, fontSize: 12, lineWidth: 24};
  return Plot.tip(data, Plot.pointer({...options, maxRadius: 60}));
}

export const point_under_pointer = (data, channels) =>
  Plot.dot(data, Plot.pointer({...channels, r: 3.5, fill: ink, stroke: paper, maxRadius: 60}));

/// Lines of text from `top` pixels down, with a halo so that they read over a curve.
export const notes = (lines, options) =>
  lines.map((line, i) =>
    Plot.text([line], {
      text: (d) => d, fill: ink, stroke: paper, strokeWidth: 4, ...options(i),
    }));

export function plot(options) {
  return Plot.plot({
    style: {font, color: ink, background: "none", overflow: "visible"},
    r: {type: "identity"},
    ...options,
    marks: options.marks.flat(Infinity).filter(Boolean),
  });
}

const axis = {labelAnchor: "center", labelArrow: "none", tickSize: 5, color: ink, stroke: ink};

/// Axes whose label fits into `room` pixels.
export const axis_x = ({label, room, ...options}) => Plot.axisX({...axis, label: shortened(label, room), ...options});
export const axis_y = ({label, room, ...options}) => Plot.axisY({...axis, label: shortened(label, room), ...options});

/// A label at each of some horizontal lines, at the end where `side` says.
export const line_labels = (lines, y, room, side = "right", dy = -8) =>
  Plot.text(lines, {
    y, text: (l) => shortened(l.label, room), frameAnchor: side, textAnchor: side === "right" ? "end" : "start",
    dx: side === "right" ? 0 : 4, dy, fill: soft, stroke: paper, strokeWidth: 4,
  });
