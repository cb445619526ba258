// Step curves: survival, falling from 1, or cumulative incidence, rising from 0; numbers at risk below the axis.
import * as Plot from "@observablehq/plot";
import {axis_x, axis_y, color, dash, format, ink, interval, isolated, legend, notes, number, paper, percent, plot,
  point_under_pointer, shortened, soft, text_width, thinned, tip} from "./common.js";

const line_height = 17;

/// The steps of one group: each holds from `from` to `to`.
function steps_of(group, rising, index) {
  const start = rising ? 0 : 1;
  const time = [0, ...group.time];
  const column = (values) => [start, ...(values.length ? values.map(number) : time.slice(1).map(() => NaN))];
  const value = column(group.value);
  const lower = column(group.lower);
  const upper = column(group.upper);
  const last = Math.max(number(group.last_time) || 0, time.at(-1));
  return time.map((from, i) => ({
    from, to: i + 1 < time.length ? time[i + 1] : last, value: value[i], lower: lower[i], upper: upper[i], group, index,
  }));
}

const corners = (steps) =>
  steps.flatMap((s) => [{...s, time: s.from}, {...s, time: s.to}]);

const value_at = (steps, time) => steps.findLast((s) => s.from <= time)?.value;

const tick_shape = {
  draw(context, length) {
    context.moveTo(0, 0);
    context.lineTo(0, -length);
  },
};

function curve(group, steps, i) {
  const band = steps.filter((s) => !Number.isNaN(s.lower) && !Number.isNaN(s.upper));
  const censored = group.censored.map((time) => ({time, value: value_at(steps, time)}));
  return [
    band.length > 1 &&
      Plot.areaY(corners(steps), {x: "time", y1: "lower", y2: "upper", fill: color(i), fillOpacity: 0.13}),
    Plot.line(corners(steps), {x: "time", y: "value", stroke: color(i), strokeWidth: 2, strokeDasharray: dash(i), strokeLinejoin: "miter"}),
    Plot.vector(censored, {x: "time", y: "value", length: 9, rotate: 0, anchor: "middle", shape: tick_shape, stroke: color(i), strokeWidth: 1.3}),
  ];
}

function median_lines(groups) {
  const reached = groups.map((g) => number(g.median)).filter(Number.isFinite);
  if (!reached.length) return [];
  const dotted = {stroke: soft, strokeDasharray: "3 3"};
  return [
    Plot.ruleY([0.5], {x1: 0, x2: Math.max(...reached), ...dotted}),
    Plot.ruleX(reached, {x: (d) => d, y1: 0, y2: 0.5, ...dotted}),
  ];
}

function published(values) {
  const points = values.map((p) => ({label: p.label, at: number(p.at), value: number(p.value), lower: number(p.lower), upper: number(p.upper)}));
  if (!points.length) return [];
  return [
    Plot.ruleX(points, {x: "at", y1: "lower", y2: "upper", stroke: ink, strokeWidth: 1.2}),
    Plot.dot(points, {x: "at", y: "value", symbol: "diamond", r: 5, stroke: ink, strokeWidth: 1.8, fill: paper}),
    tip(points, {x: "at", y: "value"}, (p) => `${isolated(p.label)}\n${interval(p.value, p.lower, p.upper, percent)}`),
  ];
}

/// Notes stand where curves seldom are: above rising ones, right above those that fall far, else in the lower left.
function placed_notes(texts, steps, rising, end, room) {
  const lines = texts.map((t) => shortened(t, room));
  const falls = steps.flat().every((s) => s.to < end / 2 || s.value < 0.7);
  const [anchor, textAnchor] = rising ? ["top-left", "start"] : falls ? ["top-right", "end"] : ["bottom-left", "start"];
  const down = anchor !== "bottom-left";
  return notes(down ? lines : [...lines].reverse(), (i) => ({
    frameAnchor: anchor, textAnchor, dx: textAnchor === "end" ? -8 : 10, dy: down ? 10 + 16 * i : -10 - 16 * i,
  }));
}

/// Numbers at risk: beside the axis a name and its numbers in one line, on a narrow screen the name above them.
function at_risk(groups, shown, all, {narrow, width, marginLeft, top}) {
  const rows = groups.filter((g) => g.at_risk.length);
  if (!rows.length) return [];
  const below = {frameAnchor: "bottom", textAnchor: "middle"};
  const lines_each = narrow ? 2 : 1;
  return [
    Plot.text(["Number at risk"], {frameAnchor: "bottom-left", textAnchor: "start", dx: 4 - marginLeft, dy: top, fill: ink, fontWeight: 600}),
    rows.map((g, r) => {
      const dy = top + line_height * (lines_each * r + lines_each);
      const name_dy = narrow ? dy - line_height : dy;
      const room = (narrow ? width : marginLeft) - 22;
      return [
        Plot.text([g], {text: (d) => shortened(d.name, room, "600"), title: "name", frameAnchor: "bottom-left", textAnchor: "start",
          dx: 4 - marginLeft, dy: name_dy, fill: color(groups.indexOf(g)), fontWeight: 600}),
        Plot.text(shown, {...below, x: (t) => t, text: (t) => format(number(g.at_risk[all.indexOf(t)])), dy, fill: ink}),
      ];
    }),
  ];
}

function legend_items(figure) {
  const items = figure.groups.map((g, i) => ({
    label: isolated(g.name) + (figure.median_lines ? Number.isFinite(number(g.median)) ? `, median ${format(number(g.median))}` : ", median not reached" : ""),
    color: color(i), dash: dash(i), mark: "line",
  }));
  for (const p of figure.published) items.push({label: isolated(p.label), color: ink, mark: "diamond"});
  return items;
}

export function draw(figure, width) {
  const narrow = width < 560;
  const {groups, rising} = figure;
  const steps = groups.map((g, i) => steps_of(g, rising, i));
  const all = steps.flat();
  const highest = Math.max(0, ...all.map((s) => (Number.isNaN(s.upper) ? s.value : s.upper)).filter(Number.isFinite));
  const top = rising ? Math.min(1, Math.max(0.1, Math.ceil(highest * 10 + 0.5) / 10)) : 1;
  const end = Math.max(...all.map((s) => s.to), ...figure.ticks, 0) || 1;
  const counted = groups.some((g) => g.at_risk.length);
  const marginLeft = narrow || !counted ? 52 : Math.min(190, Math.max(64, 24 + Math.max(0, ...groups.map((g) => text_width(g.name, "600")))));
  const key = legend(legend_items(figure), width - 8);
  const ticks = figure.ticks.length ? thinned(figure.ticks, width - marginLeft) : undefined;
  const table = counted ? line_height * (groups.filter((g) => g.at_risk.length).length * (narrow ? 2 : 1) + 1) + 8 : 0;
  const marginTop = key.height + 10;
  const marginBottom = 44 + table;
  return plot({
    width, marginTop, marginBottom, marginLeft, marginRight: 16,
    height: marginTop + marginBottom + (narrow ? 230 : 320),
    x: {domain: [0, end]},
    y: {domain: [0, top]},
    marks: [
      axis_y({label: figure.value_label, room: narrow ? 230 : 320, labelOffset: 46, ticks: 5, tickFormat: (d) => format(100 * d)}),
      axis_x({label: figure.time_label, room: width - marginLeft, ticks, tickFormat: format, labelOffset: 36}),
      Plot.frame({anchor: "left", stroke: ink}),
      Plot.frame({anchor: "bottom", stroke: ink}),
      figure.median_lines && median_lines(groups),
      groups.map((g, i) => curve(g, steps[i], i)),
      published(figure.published),
      placed_notes(figure.notes, steps, rising, end, width - marginLeft - 24),
      counted && at_risk(groups, ticks, figure.ticks, {narrow, width, marginLeft, top: 54}),
      key.mark,
      point_under_pointer(all, {x: "from", y: "value"}),
      tip(all, {x: "from", y: "value"}, (s) =>
        `${isolated(s.group.name)}\n${figure.time_label} ${format(s.from)} to ${format(s.to)}\n${interval(s.value, s.lower, s.upper, percent)}`),
    ],
  });
}
