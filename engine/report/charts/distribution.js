// A histogram, counted by the page, with marks at single values and the interval as a band.
import * as Plot from "@observablehq/plot";
import {axis_x, axis_y, color, dash, format, ink, isolated, legend, number, plot, soft} from "./common.js";

export function draw(figure, width) {
  const bins = figure.counts.map((count, i) => ({count, from: figure.edges[i], to: figure.edges[i + 1]}));
  const marks = figure.marks.map((m, i) => ({label: m.label, value: number(m.value), i})).filter((m) => Number.isFinite(m.value));
  const [lower, upper] = [number(figure.lower), number(figure.upper)];
  const finite = [...figure.edges, ...marks.map((m) => m.value), lower, upper].filter((v) => Number.isFinite(v) && (!figure.log_axis || v > 0));
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const domain = finite.length ? (low < high ? [low, high] : figure.log_axis ? [low / 2, low * 2] : [low - 1, low + 1]) : figure.log_axis ? [0.5, 2] : [0, 1];
  const has_band = !Number.isNaN(lower) && !Number.isNaN(upper);
  const inside = (v) => Math.min(domain[1], Math.max(domain[0], v));
  const items = marks.map((m) => ({label: `${isolated(m.label)}: ${format(m.value)}`, color: color(m.i + 1), dash: dash(m.i), mark: "line"}));
  if (has_band) items.push({label: `${isolated(figure.interval_label)}: ${format(lower)} to ${format(upper)}`, color: "var(--band)", mark: "square"});
  const key = legend(items, width - 8);
  const narrow = width < 560;
  const marginTop = key.height + 10;
  return plot({
    width, height: marginTop + (narrow ? 240 : 300), marginTop, marginBottom: 44, marginLeft: 60, marginRight: 16,
    x: {type: figure.log_axis ? "log" : "linear", domain},
    y: {domain: [0, Math.max(1, ...figure.counts) * 1.05]},
    marks: [
      has_band && Plot.rect([0], {x1: inside(lower), x2: inside(upper), y1: 0, y2: Math.max(1, ...figure.counts) * 1.05, fill: "var(--band)"}),
      axis_y({label: figure.count_label, room: narrow ? 240 : 300, labelOffset: 52, ticks: 5, tickFormat: format}),
      axis_x({label: figure.value_label, room: width - 76, labelOffset: 36, ticks: Math.max(3, Math.floor(width / 90)), tickFormat: format}),
      Plot.rect(bins, {x1: "from", x2: "to", y1: 0, y2: "count", fill: color(0), fillOpacity: 0.85, insetRight: 0.5, insetLeft: 0.5}),
      Plot.frame({anchor: "bottom", stroke: ink}),
      Plot.frame({anchor: "left", stroke: ink}),
      marks.map((m) => Plot.ruleX([m.value], {stroke: color(m.i + 1), strokeWidth: 2.5, strokeDasharray: dash(m.i)})),
      key.mark,
      Plot.tip(bins, Plot.pointerX({x1: "from", x2: "to", y: "count", fill: "var(--paper)", stroke: soft, fontSize: 12, title: (b) => `${format(b.from)} to ${format(b.to)}\n${figure.count_label}: ${b.count}`})),
    ],
  });
}
