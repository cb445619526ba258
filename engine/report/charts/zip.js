// Intervals of many replicates, the nearest to the truth at the bottom; those that miss it stand apart by colour and
// width. Where the nominal share ends is a line: above it should be those that miss, and only those.
import * as Plot from "@observablehq/plot";
import {axis_x, axis_y, color, format, ink, interval, legend, number, percent, plot, soft, tip} from "./common.js";

/// Room for all but the longest intervals, which end in the frame.
function domain_of(intervals, truth, log_axis) {
  const usable = (v) => Number.isFinite(v) && (!log_axis || v > 0);
  const limits = intervals.flatMap((i) => [i.lower, i.upper]).filter(usable).sort((a, b) => a - b);
  if (!limits.length) return log_axis ? [0.5, 2] : [0, 1];
  const at = (p) => limits[Math.min(limits.length - 1, Math.floor(p * limits.length))];
  const inside = [at(0.01), at(0.99), ...(usable(truth) ? [truth] : [])];
  const [low, high] = [Math.min(...inside), Math.max(...inside)];
  return low < high ? [low, high] : log_axis ? [low / 2, low * 2] : [low - 1, low + 1];
}

export function draw(figure, width) {
  const truth = number(figure.truth);
  const rows = figure.intervals.map(([estimate, lower, upper], k) => ({
    estimate: number(estimate), lower: number(lower), upper: number(upper), centile: (k + 0.5) / figure.intervals.length,
  }));
  for (const r of rows) r.misses = truth < r.lower || truth > r.upper;
  const domain = domain_of(rows, truth, figure.log_axis);
  const inside = (v) => Math.min(domain[1], Math.max(domain[0], v));
  const key = legend([
    {label: "holds the true value", color: color(0), mark: "line"},
    {label: "misses it", color: color(1), mark: "line"},
  ], width - 8);
  const narrow = width < 560;
  const height = narrow ? 300 : 380;
  const marginTop = key.height + 10;
  const lines = (misses, options) =>
    Plot.ruleY(rows.filter((r) => r.misses === misses), {y: "centile", x1: (r) => inside(r.lower), x2: (r) => inside(r.upper), ...options});
  return plot({
    width, height: marginTop + height, marginTop, marginBottom: 44, marginLeft: 60, marginRight: 18,
    x: {type: figure.log_axis ? "log" : "linear", domain},
    y: {domain: [0, 1]},
    marks: [
      axis_y({label: "Intervals, nearest to the truth first (%)", room: height, labelOffset: 50, ticks: [0, 0.25, 0.5, 0.75, figure.nominal], tickFormat: (d) => format(100 * d)}),
      axis_x({label: figure.value_label, room: width - 78, labelOffset: 36, ticks: Math.max(3, Math.floor(width / 110)), tickFormat: format}),
      Plot.frame({anchor: "bottom", stroke: ink}),
      Plot.frame({anchor: "left", stroke: ink}),
      lines(false, {stroke: color(0), strokeWidth: 1, strokeOpacity: 0.5}),
      lines(true, {stroke: color(1), strokeWidth: 1.6}),
      Plot.ruleY([figure.nominal], {stroke: soft, strokeDasharray: "5 4"}),
      Number.isFinite(truth) && Plot.ruleX([truth], {stroke: ink, strokeWidth: 1.5}),
      key.mark,
      tip(rows, {x: (r) => inside(r.estimate), y: "centile"}, (r) =>
        `${interval(r.estimate, r.lower, r.upper)}\n${r.misses ? "misses" : "holds"} the true value ${format(truth)}\nnearer to it: ${percent(r.centile)}`),
    ],
  });
}
