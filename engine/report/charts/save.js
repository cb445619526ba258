// Saves a chart as SVG or PNG and a table as CSV: files that the page makes itself.

export const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 60) || "figure";

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/// The chart as a file of its own: without the tip, on white, its colours those of the page on paper.
export function svg_text(chart) {
  const copy = chart.cloneNode(true);
  copy.querySelectorAll('[aria-label="tip"]').forEach((g) => g.remove());
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", "var(--paper)");
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const sample = document.createElement("div");
  sample.className = "on-paper";
  document.body.append(sample);
  const colors = getComputedStyle(sample);
  const text = new XMLSerializer().serializeToString(copy).replace(/var\((--[\w-]+)\)/g, (whole, name) => colors.getPropertyValue(name).trim() || whole);
  sample.remove();
  return text;
}

export const svg_blob = (chart) => new Blob([svg_text(chart)], {type: "image/svg+xml"});

/// Three pixels a point: 300 dots an inch where the chart is printed 10 cm wide or more.
export async function png_blob(chart, scale = 3) {
  const url = URL.createObjectURL(svg_blob(chart));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = chart.width.baseVal.value * scale;
    canvas.height = chart.height.baseVal.value * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

// A number, with what the page's tables write behind one: "-3.1 %", "-0.2 ± 0.01", "-1.2 (-2 to Inf)", "-2 to 1".
const value = "[-+]?(?:\\d+\\.?\\d*(?:e[-+]?\\d+)?|Inf|NA)(?: %)?";
const plain_number = new RegExp(`^${value}(?: ± ${value})?(?: to ${value}| \\(${value} to ${value}\\))?$`);

/// One field: what a spreadsheet would take for a formula gets an apostrophe in front, numbers stay numbers.
function field(text) {
  const harmless = /^\s*[=+\-@＝＋－＠]/.test(text) && !plain_number.test(text) ? `'${text}` : text;
  return /[",\n\r]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export const csv_text = (table) =>
  Array.from(table.rows, (row) => Array.from(row.cells, (cell) => field(cell.textContent)).join(",") + "\n").join("");
