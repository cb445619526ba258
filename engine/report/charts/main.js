// The page's script: draws its figures, sorts its tables, saves both.
import {draw as bar} from "./bar.js";
import {draw as distribution} from "./distribution.js";
import {draw as forest} from "./forest.js";
import {draw as line} from "./line.js";
import {csv_text, download, png_blob, slug, svg_blob} from "./save.js";
import {draw as step} from "./step.js";
import {make_sortable} from "./table.js";
import {draw as timeline} from "./timeline.js";
import {draw as waterfall} from "./waterfall.js";
import {draw as zip} from "./zip.js";

const charts = {bar, distribution, forest, line, step, timeline, waterfall, zip};

function tools(buttons) {
  const box = document.createElement("div");
  box.className = "tools";
  for (const [label, hint, action] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", hint);
    button.addEventListener("click", action);
    box.append(button);
  }
  return box;
}

function show(figure) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const place = figure.querySelector(".plot");
  const title = figure.querySelector("figcaption b").textContent;
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(place.clientWidth);
    if (width === drawn || width < 100) return;
    drawn = width;
    const chart = charts[figure.dataset.kind](data, width);
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", figure.dataset.summary);
    for (const part of chart.children) part.setAttribute("aria-hidden", "true");  // of an image its name is read alone
    place.replaceChildren(chart);
    figure.dataset.drawn = "";
  };
  redraw();
  new ResizeObserver(redraw).observe(place);
  const chart = () => place.querySelector("svg");
  place.after(tools([
    ["SVG", `Save the figure as SVG: ${title}`, () => download(svg_blob(chart()), `${slug(title)}.svg`)],
    ["PNG", `Save the figure as PNG: ${title}`, async () => download(await png_blob(chart()), `${slug(title)}.png`)],
  ]));
  figure.querySelector("details").open = false;
}

for (const figure of document.querySelectorAll("figure[data-kind]")) show(figure);
for (const table of document.querySelectorAll("table")) {
  const name = table.caption?.textContent ?? document.title;
  make_sortable(table);
  table.closest(".wide").after(tools([
    ["CSV", `Save the table as CSV: ${name}`, () => download(new Blob([csv_text(table)], {type: "text/csv"}), `${slug(name)}.csv`)],
  ]));
}
