// y against x by series, with error bars or ribbons.
import * as Plot from "@observablehq/plot";
import {axis_x, axis_y, color, dash, format, ink, interval, isolated, legend, line_labels, number, paper, percent, plot,
  point_under_pointer, shortened, soft, tip} from "./common.js";

const symbols = ["circle", "square", "triangle", "diamond", "times", "star"];

function points_of(series, i) {
  return series.x.map((x, k) => ({
    x: number(x), y: number(series.y[k]), lower: number(series.lower[k]), upper: number(series.upper[k]), series, i,
  }));
}

function spread(points, figure, i) {
  const limited = points.filter((p) => Number.isFinite(p.lower) && Number.isFinite(p.upper));
  if (figure.interval === "ribbon") {
    return Plot.areaY(points, {x: "x", y1: "lower", y2: "upper", fill: color(i), fillOpacity: 0.15});
  }
  return Plot.ruleX(limited, {x: "x", y1: "lower", y2: "upper", stroke: color(i), strokeWidth: 1.3});
}

function y_domain(points, lines, share) {
  const values = [...points.flatMap((p) => [p.y, p.lower, p.upper]), ...lines.map((l) => l.y)].filter(Number.isFinite);
  if (!values.length) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  if (!share) return [low - pad, high + pad];
  return high - low > 0.4 ? [0, 1] : [Math.max(0, low - pad), Math.min(1, high + pad)];
}

// The name of each vertical line, above the axis, one above the other.
function mark_labels(marks, room) {
  return marks.map((mark, i) => Plot.text([mark], {x: "x", text: (m) => shortened(m.label, room), frameAnchor: "bottom",
    textAnchor: "start", dx: 5, dy: -8 - 15 * i, fill: soft, stroke: paper, strokeWidth: 4}));
}

export function draw(figure, width) {
  const narrow = width < 560;
  const series = figure.series.map(points_of);
  const points = series.flat().filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y) && (!figure.log_x || p.x > 0));
  const write = figure.share ? percent : format;
  const key = legend(figure.series.map((s, i) => ({label: isolated(s.name), color: color(i), dash: dash(i), mark: "line"})), width - 8);
  const marginTop = key.height + 10;
  return plot({
    width, height: marginTop + (narrow ? 260 : 340), marginTop, marginBottom: 44, marginLeft: 70, marginRight: 18,
    x: {type: figure.log_x ? "log" : "linear", nice: false, inset: 8},
    y: {domain: y_domain(points, figure.lines, figure.share)},
    marks: [
      axis_y({label: figure.y_label, room: narrow ? 260 : 340, labelOffset: 62, ticks: 6, tickFormat: (d) => format(figure.share ? 100 * d : d)}),
      axis_x({label: figure.x_label, room: width - 88, labelOffset: 36, ticks: Math.max(3, Math.floor(width / 90)), tickFormat: format}),
      Plot.frame({anchor: "left", stroke: ink}),
      Plot.frame({anchor: "bottom", stroke: ink}),
      Plot.ruleY(figure.lines, {y: "y", stroke: soft, strokeDasharray: "5 4"}),
      line_labels(figure.lines, "y", width / 2),
      Plot.ruleX(figure.marks, {x: "x", stroke: soft, strokeDasharray: "5 4"}),
      mark_labels(figure.marks, width / 3),
      series.map((s, i) => [
        spread(s, figure, i),
        Plot.line(s, {x: "x", y: "y", stroke: color(i), strokeWidth: 2, strokeDasharray: dash(i)}),
        figure.points && Plot.dot(s, {x: "x", y: "y", symbol: symbols[i % symbols.length], r: 3.5, fill: color(i), stroke: paper}),
      ]),
      Plot.dot(figure.marks.filter((m) => Number.isFinite(number(m.y))),
        {x: "x", y: "y", symbol: "diamond", r: 5, fill: ink, stroke: paper}),
      key.mark,
      point_under_pointer(points, {x: "x", y: "y"}),
      tip(points, {x: "x", y: "y"}, (p) => `${isolated(p.series.name)}\n${figure.x_label}: ${format(p.x)}\n${interval(p.y, p.lower, p.upper, write)}`),
    ],
  });
}
