// Sorts a table by a click on a header: up, down, and back to the order of the page.
const words = new Intl.Collator("en", {numeric: true});
const leading_number = /^[<>≤≥]?\s*([-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)/i;

function number_of(text) {
  const trimmed = text.trim();
  if (/^[+]?(Inf\b|∞)/.test(trimmed)) return Infinity;
  if (/^[-−](Inf\b|∞)/.test(trimmed)) return -Infinity;
  const match = leading_number.exec(trimmed);
  return match ? Number(match[1].replace("−", "-")) : NaN;
}

/// Numbers by size, words by letter; what is missing comes last in either direction.
function comparison(numeric, direction) {
  return (a, b) => {
    if (!numeric) return direction * words.compare(a.text, b.text);
    if (Number.isNaN(a.number) || Number.isNaN(b.number)) return Number.isNaN(a.number) - Number.isNaN(b.number);
    return a.number === b.number ? 0 : direction * (a.number < b.number ? -1 : 1);
  };
}

export function make_sortable(table) {
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[0].cells);
  const order = Array.from(body.rows);
  if (order.length < 2) return;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = {none: "ascending", ascending: "descending", descending: "none"}[head.ariaSort ?? "none"];
      for (const other of heads) other.ariaSort = null;
      if (next !== "none") head.ariaSort = next;
      const numeric = !head.classList.contains("w");
      const keyed = order.map((row) => {
        const text = row.cells[column]?.textContent ?? "";
        return {row, text, number: numeric ? number_of(text) : NaN};
      });
      if (next !== "none") keyed.sort(comparison(numeric, next === "ascending" ? 1 : -1));
      body.append(...keyed.map((k) => k.row));
    });
  });
}
