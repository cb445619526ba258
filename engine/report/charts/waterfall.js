// One bar a patient, sorted by the page: the largest growth first.
import * as Plot from "@observablehq/plot";
import {axis_y, color, format, ink, isolated, legend, line_labels, number, paper, plot, soft} from "./common.js";

const triangle = (data, above) =>
  Plot.dot(data, {x: "position", y: "change", dy: above ? -9 : 9, symbol: "triangle", r: 4, fill: ink});

export function draw(figure, width) {
  const bars = figure.bars.map((b, position) => ({...b, change: number(b.change), position, index: figure.groups.indexOf(b.group)}));
  const items = figure.groups.filter((g) => g !== "").map((g) => ({label: isolated(g), color: color(figure.groups.indexOf(g)), mark: "square"}));
  const progressed = bars.filter((b) => b.progression);
  if (progressed.length) items.push({label: figure.progression_label, color: ink, mark: "triangle"});
  const key = legend(items, width - 8);
  const narrow = width < 560;
  const marginTop = key.height + 16;
  const highest = Math.max(40, ...bars.map((b) => b.change));
  return plot({
    width, height: marginTop + (narrow ? 280 : 340), marginTop, marginBottom: 20, marginLeft: 56, marginRight: 10,
    x: {type: "band", domain: bars.map((b) => b.position), axis: null, padding: bars.length > 60 ? 0.1 : 0.22},
    y: {domain: [-100, highest * 1.08], nice: false},
    marks: [
      axis_y({label: figure.value_label, room: narrow ? 260 : 320, labelOffset: 48, ticks: 7, tickFormat: format}),
      Plot.frame({anchor: "left", stroke: ink}),
      Plot.barY(bars, {x: "position", y: "change", fill: (b) => color(b.index), insetTop: -0.5, insetBottom: -0.5}),
      Plot.ruleY([0], {stroke: ink}),
      Plot.ruleY(figure.lines, {y: "change", stroke: soft, strokeDasharray: "5 4"}),
      [true, false].map((growth) =>  // where no bars are: growth is on the left, shrinkage on the right
        line_labels(figure.lines.filter((l) => l.change >= 0 === growth), "change", width / 2, growth ? "right" : "left", growth ? -8 : 9)),
      triangle(progressed.filter((b) => b.change >= 0), true),
      triangle(progressed.filter((b) => b.change < 0), false),
      key.mark,
      Plot.tip(bars, Plot.pointerX({x: "position", y: "change", fill: paper, stroke: soft, fontSize: 12, lineWidth: 24, title: (b) =>
        [isolated(b.name), `${format(b.change)} %`, b.group && isolated(b.group), b.progression && `${figure.progression_label}${b.note ? `: ${isolated(b.note)}` : ""}`].filter(Boolean).join("\n")})),
    ],
  });
}
