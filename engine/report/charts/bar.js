// Shares with their intervals: horizontal bars, one a series, in groups with their name beside or above them. Stacked,
// a bar is several series end to end, in tones of one colour, without their intervals.
import * as Plot from "@observablehq/plot";
import {axis_x, color, format, ink, interval, isolated, legend, number, percent, plot, shortened, text_width, tip} from "./common.js";

const thickness = 15;

/// The parts of a bar from light to full.
const tone = (i, stacked) => (stacked === 1 ? 1 : 0.4 + (0.6 * (i % stacked)) / (stacked - 1));
const bar_of = (i, stacked) => Math.floor(i / stacked);

function placed(figure, narrow) {
  const {stacked} = figure;
  const bars = [];
  const names = [];
  const axis = [];
  let y = 0;
  for (const category of figure.categories) {
    const block = (category.bars.length / stacked) * (thickness + 2);
    let x = 0;
    if (narrow) y += 18;
    names.push({name: category.name, y: narrow ? y - 8 : y + block / 2});
    category.bars.forEach((b, i) => {
      const at = y + bar_of(i, stacked) * (thickness + 2);
      const value = number(b.value);
      const x1 = i % stacked === 0 ? 0 : x;
      x = x1 + (Number.isFinite(value) ? value : 0);
      bars.push({...b, value, lower: number(b.lower), upper: number(b.upper), x1, x2: x, y1: at, y2: at + thickness,
        y: at + thickness / 2, index: bar_of(i, stacked), tone: tone(i, stacked), whole: i % stacked === stacked - 1,
        category: category.name, series: figure.series[i]});
    });
    axis.push({y1: y - 2, y2: y + block});
    y += block + 12;
  }
  return {bars, names, axis, total: Math.max(y - 4, 20)};
}

export function draw(figure, width) {
  const narrow = width < 560;
  const {bars, names, axis, total} = placed(figure, narrow);
  const known = bars.filter((b) => Number.isFinite(b.value));
  const key = legend(figure.series.map((s, i) => ({label: isolated(s), color: color(bar_of(i, figure.stacked)), opacity: tone(i, figure.stacked), mark: "square"})), width - 8);
  const marginLeft = narrow ? 10 : Math.min(0.35 * width, 20 + Math.max(40, ...names.map((n) => text_width(n.name))));
  const room = narrow ? width - 16 : marginLeft - 16;
  const limited = figure.stacked > 1 ? [] : known.filter((b) => Number.isFinite(b.lower) && Number.isFinite(b.upper));
  const highest = Math.max(0, ...known.map((b) => b.x2), ...limited.map((b) => b.upper));
  const end = Math.min(1, Math.max(0.1, Math.ceil(highest * 10) / 10));
  const marginTop = key.height + 8;
  return plot({
    width, height: marginTop + total + 44, marginTop, marginBottom: 44, marginLeft, marginRight: 24,
    x: {domain: [0, end]},
    y: {type: "linear", domain: [0, total], range: [marginTop, marginTop + total], axis: null},
    marks: [
      axis_x({label: figure.value_label, room: width - marginLeft, labelOffset: 36, ticks: Math.max(3, Math.floor(width / 110)), tickFormat: (d) => format(100 * d)}),
      Plot.rect(known, {x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: (b) => color(b.index), fillOpacity: "tone"}),
      Plot.rect(known.filter((b) => b.whole && b.x2 === 0), {x1: 0, x2: 0, y1: "y1", y2: "y2", insetRight: -2, fill: (b) => color(b.index)}),
      Plot.ruleX(axis, {x: 0, y1: "y1", y2: "y2", stroke: ink}),
      Plot.ruleY(limited, {y: "y", x1: "lower", x2: "upper", stroke: ink, strokeWidth: 1.2}),
      ["lower", "upper"].map((limit) =>
        Plot.ruleX(limited, {x: limit, y1: (b) => b.y - 3.5, y2: (b) => b.y + 3.5, stroke: ink, strokeWidth: 1.2})),
      Plot.text(names, {y: "y", text: (n) => shortened(n.name, room, narrow ? "600" : ""), title: "name", frameAnchor: "left", textAnchor: narrow ? "start" : "end",
        dx: narrow ? -6 : -8, fill: ink, fontWeight: narrow ? 600 : 400}),
      key.mark,
      tip(known, {x: "x2", y: "y"}, (b) =>
        [isolated(b.category), isolated(b.series), interval(b.value, b.lower, b.upper, percent), b.text].filter(Boolean).join("\n")),
    ],
  });
}
