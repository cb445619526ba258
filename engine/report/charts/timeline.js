// Trials in calendar time, one row a scenario: patients enter, are followed, looks are held.
import * as Plot from "@observablehq/plot";
import {axis_x, color, format, ink, isolated, legend, number, paper, percent, plot, shortened, text_width, tip} from "./common.js";

const band = 44;

function marks_of(rows) {
  return rows.flatMap((row) => row.looks.map((look, k) => ({
    row: row.label, label: look.label, index: k, y: row.y, month: number(look.month), lower: number(look.lower),
    upper: number(look.upper), share: number(look.share),
  }))).filter((l) => Number.isFinite(l.month));
}

export function draw(figure, width) {
  const narrow = width < 560;
  const rows = figure.rows.map((r, k) => ({...r, last_entry: number(r.last_entry), end: number(r.end), y: k * band + (narrow ? 30 : 22)}));
  const looks = marks_of(rows);
  const highest = Math.max(1, ...[...rows.map((r) => r.end), ...looks.map((l) => l.upper)].filter(Number.isFinite));
  const key = legend([
    {label: "patients enter", color: color(0), mark: "square"},
    {label: "follow-up alone", color: color(0), opacity: 0.3, mark: "square"},
    {label: "look: median, middle 90 %", color: color(1), mark: "diamond"},
  ], width - 8);
  const marginTop = key.height + 8;
  const marginLeft = narrow ? 12 : Math.min(0.3 * width, 20 + Math.max(40, ...rows.map((r) => text_width(r.label))));
  const room = narrow ? width - 24 : marginLeft - 16;
  const total = Math.max(1, rows.length) * band;
  const bar = (from, to, options) =>
    Plot.rect(rows.filter((r) => Number.isFinite(r.end)), {x1: from, x2: to, y1: (r) => r.y - 8, y2: (r) => r.y + 8, ...options});
  return plot({
    width, height: marginTop + total + 44, marginTop, marginBottom: 44, marginLeft, marginRight: 24,
    x: {domain: [0, highest * 1.02]},
    y: {type: "linear", domain: [0, total], range: [marginTop, marginTop + total], axis: null},
    marks: [
      axis_x({label: "Months since the trial opened", room: width - marginLeft, labelOffset: 36, ticks: Math.max(3, Math.floor(width / 110)), tickFormat: format}),
      Plot.frame({anchor: "bottom", stroke: ink}),
      bar(() => 0, "end", {fill: color(0), fillOpacity: 0.3}),
      bar(() => 0, (r) => Math.min(r.last_entry, r.end), {fill: color(0), fillOpacity: 0.85}),
      Plot.ruleY(looks, {y: "y", x1: "lower", x2: "upper", stroke: ink, strokeWidth: 1.5}),
      Plot.dot(looks, {x: "month", y: "y", symbol: "diamond", r: 5.5, fill: color(1), stroke: paper}),
      Plot.text(looks, {x: "month", y: (l) => l.y - 15, text: (l) => String(l.index + 1), fill: ink, stroke: paper, strokeWidth: 4}),
      Plot.text(rows, {y: (r) => (narrow ? r.y - 20 : r.y), text: (r) => shortened(r.label, room), title: "label", frameAnchor: "left",
        textAnchor: narrow ? "start" : "end", dx: narrow ? 0 : -8, fill: ink}),
      key.mark,
      tip(looks, {x: "month", y: "y"}, (l) =>
        `${isolated(l.row)}\n${l.label}, held by ${percent(l.share)} of the trials\nmonth ${format(l.month)} (${format(l.lower)} to ${format(l.upper)})`),
      tip(rows.filter((r) => Number.isFinite(r.end)), {x: "end", y: "y"}, (r) => `${isolated(r.label)}\nlast patient enters: month ${format(r.last_entry)}\nends: month ${format(r.end)}`),
    ],
  });
}
