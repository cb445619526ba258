// Estimates with their intervals, one a row; on a narrow screen the words of a row stand above its interval.
import * as Plot from "@observablehq/plot";
import {axis_x, color, format, ink, isolated, legend, number, paper, plot, shortened, soft, text_width, tip} from "./common.js";

const round_values = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

function rows_of(figure) {
  return figure.rows.map((r) => {
    const row = {...r, estimate: number(r.estimate), lower: number(r.lower), upper: number(r.upper), information: number(r.information)};
    row.known = Number.isFinite(row.estimate) && (!figure.log_axis || row.estimate > 0);
    return row;
  });
}

/// Wide enough for the estimates and, up to a factor of eight beyond them, for their limits; longer intervals and
/// infinite ones end in an arrow.
function domain_of(rows, log_axis, reference, room_beside_reference) {
  const f = log_axis ? Math.log : (v) => v;
  const back = log_axis ? Math.exp : (v) => v;
  const known = rows.filter((r) => r.known);
  const points = [...known.map((r) => f(r.estimate)), ...(Number.isFinite(reference) ? [f(reference)] : [])];
  if (!points.length) points.push(f(1));
  let low = Math.min(...points);
  let high = Math.max(...points);
  const reach = log_axis ? Math.log(8) : Math.max(high - low, ...known.map((r) => (Number.isFinite(r.upper - r.lower) ? r.upper - r.lower : 0)));
  const limits = known.flatMap((r) => [r.lower, r.upper]).filter((v) => Number.isFinite(v) && (!log_axis || v > 0)).map(f);
  low = Math.max(low - reach, Math.min(low, ...limits));
  high = Math.min(high + reach, Math.max(high, ...limits));
  if (room_beside_reference && Number.isFinite(reference)) {
    const room = (high - low || 1) / 4;
    low = Math.min(low, f(reference) - room);
    high = Math.max(high, f(reference) + room);
  }
  const pad = (high - low || 1) * 0.04;
  return [back(low - pad), back(high + pad)];
}

function ticks_of([low, high], log_axis, width) {
  if (!log_axis) return Math.max(3, Math.floor(width / 70));
  const inside = round_values.filter((v) => v >= low && v <= high);
  return inside.length * 34 > width ? inside.filter((v) => Math.log10(v) % 1 === 0) : inside;
}

/// Heights of the rows: their middles, and where the words of a row go.
function placed(rows, narrow) {
  let y = narrow ? 0 : 24;
  for (const row of rows) {
    const height = narrow && !row.heading ? 40 : 25;
    row.words_y = y + 12;
    row.y = narrow && !row.heading ? y + 28 : y + 12;
    y += height;
  }
  return y + 4;
}

function box_size(rows) {
  const largest = Math.max(...rows.map((r) => (r.information > 0 ? r.information : 0)));
  return (row) => (largest > 0 && row.information > 0 ? Math.max(2, 8 * Math.sqrt(row.information / largest)) : 5);
}

function diamonds(rows, [low, high]) {
  const draw = (_, {x, y}) => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    for (const r of rows) {
      const [left, middle, right] = [Math.max(r.lower, low), r.estimate, Math.min(r.upper, high)].map((v) => x(v));
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${left},${y(r.y)}L${middle},${y(r.y) - 8}L${right},${y(r.y)}L${middle},${y(r.y) + 8}Z`);
      path.setAttribute("fill", color(1));
      group.append(path);
    }
    return group;
  };
  return draw;
}

function intervals(rows, domain) {
  const [low, high] = domain;
  const inside = (v) => Math.min(high, Math.max(low, v));
  const known = rows.filter((r) => r.known);
  const limited = known.filter((r) => !Number.isNaN(r.lower) && !Number.isNaN(r.upper));
  const size = box_size(known);
  const squares = known.filter((r) => !(r.summary && limited.includes(r)));
  const arrow = (data, at, rotate) =>
    Plot.dot(data, {x: () => at, y: "y", symbol: "triangle", r: 4.5, rotate, fill: ink});
  return [
    Plot.ruleY(limited.filter((r) => !r.summary), {y: "y", x1: (r) => inside(r.lower), x2: (r) => inside(r.upper), stroke: ink, strokeWidth: 1.5}),
    arrow(known.filter((r) => r.lower < low || r.estimate < low), low, -90),
    arrow(known.filter((r) => r.upper > high || r.estimate > high), high, 90),
    Plot.dot(squares.filter((r) => r.estimate >= low && r.estimate <= high), {x: "estimate", y: "y", symbol: "square", r: size, fill: color(0), stroke: paper, strokeWidth: 0.5}),
    diamonds(limited.filter((r) => r.summary), domain),
  ];
}

/// Words at `x` pixels of the whole chart.
function words(data, text, x, left, options = {}) {
  return Plot.text(data, {text, y: "words_y", frameAnchor: "left", textAnchor: "start", dx: x - left, fill: ink, stroke: paper, strokeWidth: 4, ...options});
}

function columns(rows, figure, narrow, layout) {
  const {left, width, label_width, text_column, n_column, events_column} = layout;
  const bold = (r) => r.heading || r.summary;
  const label = (r) => {
    const room = (narrow ? width - (r.heading ? 0 : text_width(r.text) + 12) : label_width) - 14 * r.indent;
    return shortened(r.label, room, bold(r) ? "600" : "");
  };
  const right = {textAnchor: "end"};
  const count_room = 0.12 * width + 4;
  const named = rows.map((r) => ({...r, shown: label(r), title: r.label}));
  const value_rows = rows.filter((r) => !r.heading);
  const heads = narrow ? [] : [
    {text: shortened(`${figure.estimate_label} (${figure.interval_label})`, width - text_column, "600"), x: text_column, anchor: "start"},
    {text: shortened(rows.some((r) => r.n) ? figure.n_label : "", count_room, "600"), x: n_column, anchor: "end"},
    {text: shortened(rows.some((r) => r.events) ? figure.events_label : "", count_room, "600"), x: events_column, anchor: "end"},
  ];
  const indents = [...new Set(rows.map((r) => r.indent))];
  return [
    heads.map((h) => Plot.text([h.text], {y: () => 8, frameAnchor: "left", textAnchor: h.anchor, dx: h.x - left, fill: ink, fontWeight: 600})),
    indents.flatMap((indent) => [true, false].map((b) =>
      words(named.filter((r) => r.indent === indent && bold(r) === b), "shown", 2 + 14 * indent, left, {title: "title", fontWeight: b ? 600 : 400}))),
    !narrow && words(value_rows, (r) => shortened(r.n, count_room), n_column, left, right),
    !narrow && words(value_rows, (r) => shortened(r.events, count_room), events_column, left, right),
    narrow ? words(value_rows, "text", width - 2, left, right) : words(value_rows, (r) => shortened(r.text, width - text_column), text_column, left),
  ];
}

function layout_of(rows, figure, width, narrow) {
  if (narrow) return {left: 10, right: 10, width};
  const column = (key, label) =>
    rows.some((r) => r[key]) ? 18 + Math.min(0.12 * width, Math.max(text_width(label, "600"), ...rows.map((r) => text_width(r[key])))) : 0;
  const label_width = Math.min(0.32 * width, Math.max(60, ...rows.map((r) => 14 * r.indent + text_width(r.label, r.heading || r.summary ? "600" : "") + 4)));
  const n_column = 2 + label_width + column("n", figure.n_label);
  const events_column = n_column + column("events", figure.events_label);
  const right = 20 + Math.min(0.3 * width, Math.max(text_width(`${figure.estimate_label} (${figure.interval_label})`, "600"), ...rows.map((r) => text_width(r.text))));
  return {left: events_column + 22, right, width, label_width, n_column, events_column, text_column: width - right + 18};
}

export function draw(figure, width) {
  const narrow = width < 640;
  const rows = rows_of(figure);
  const reference = number(figure.reference);
  const favours = Boolean(figure.below_label || figure.above_label);
  const domain = domain_of(rows, figure.log_axis, reference, favours);
  const total = placed(rows, narrow);
  const layout = layout_of(rows, figure, width, narrow);
  const frame = width - layout.left - layout.right;
  const narrow_label = `${figure.estimate_label} (${figure.interval_label})`;
  const marginTop = 8;
  const marginBottom = favours ? 58 : 42;
  const side = Number.isFinite(reference) ? reference : domain[0];
  const at = figure.log_axis ? Math.log : (v) => v;
  const share = (at(side) - at(domain[0])) / (at(domain[1]) - at(domain[0]));
  const favour = (text, anchor, dx) =>
    Plot.text([text], {x: () => side, frameAnchor: "bottom", textAnchor: anchor, dx, dy: 50, fill: soft, text: (d) => d});
  const missing = rows.filter((r) => !r.heading && !r.known);
  return plot({
    width, height: marginTop + total + marginBottom, marginTop, marginBottom, marginLeft: layout.left, marginRight: layout.right,
    x: {type: figure.log_axis ? "log" : "linear", domain},
    y: {type: "linear", domain: [0, total], range: [marginTop, marginTop + total], axis: null},
    marks: [
      axis_x({label: narrow ? narrow_label : figure.estimate_label, room: frame, ticks: ticks_of(domain, figure.log_axis, frame), tickFormat: format, labelOffset: 34}),
      Plot.frame({anchor: "bottom", stroke: ink}),
      Number.isFinite(reference) && Plot.ruleX([reference], {y1: narrow ? 0 : 20, y2: total, stroke: soft, strokeDasharray: "4 3"}),
      intervals(rows, domain),
      columns(rows, figure, narrow, layout),
      favours && [
        favour(`← ${isolated(shortened(figure.below_label, layout.left + frame * share - 32))}`, "end", -8),
        favour(`${isolated(shortened(figure.above_label, layout.right + frame * (1 - share) - 32))} →`, "start", 8),
      ],
      missing.length > 0 && Plot.text(missing, {y: "y", text: (r) => shortened(r.missing || (Number.isNaN(r.estimate) ? "" : "not on this axis"), frame), frameAnchor: "middle", fill: soft, fontStyle: "italic", stroke: paper, strokeWidth: 4}),
      tip(rows.filter((r) => r.known), {x: (r) => Math.min(domain[1], Math.max(domain[0], r.estimate)), y: "y"}, (r) =>
        [isolated(r.label), r.text, r.n && `${figure.n_label} ${r.n}`, r.events && `${figure.events_label} ${r.events}`].filter(Boolean).join("\n")),
    ],
  });
}
