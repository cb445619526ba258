// The pages in a real browser: node pages.mjs GALLERY NODE_MODULES. Exit code 77: no chromium here, nothing tested.
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";
import {executable, launch, paths} from "./chromium.mjs";

const [gallery, packages] = process.argv.slice(2);
if (!executable) {
  console.log(`skipped: no chromium (${paths.join(", ")}, or CHROMIUM=...)`);
  process.exit(77);
}

const folder = mkdtempSync(join(tmpdir(), "oligosim-pages-"));
let browser;
before(async () => {
  execFileSync(gallery, [folder]);
  browser = await launch(packages);
});
after(async () => {
  await browser?.close();
  rmSync(folder, {recursive: true});
});

/// Opens a page, runs `use(page)`, and holds that nothing was complained of, asked for or popped up all the while.
async function open(name, options, use) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  try {
    const page = await context.newPage();
    const address = `file://${folder}/${name}.html`;
    const noise = [];
    page.on("console", (message) => noise.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => noise.push(error.stack));
    page.on("dialog", (dialog) => {
      noise.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== address && !request.url().startsWith("blob:")) noise.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    await use(page, noise);
    assert.deepEqual(noise, []);
  } finally {
    await context.close();
  }
}

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return {name: download.suggestedFilename(), content: readFileSync(await download.path())};
}

const column = (table, index) => table.evaluate((t, i) => Array.from(t.tBodies[0].rows, (row) => row.cells[i].textContent), index);

for (const name of ["gallery", "hostile", "empty"]) {
  for (const width of [1280, 390]) {
    for (const colorScheme of name === "gallery" ? ["light", "dark"] : ["light"]) {
      test(`${name} at ${width} px, ${colorScheme}: every figure drawn, nothing wider than the page`, () =>
        open(name, {viewport: {width, height: 900}, colorScheme}, async (page) => {
          const figures = await page.locator("figure").count();
          assert.ok(figures >= 10);
          assert.equal(await page.locator("figure .plot > svg[role=img]").count(), figures);
          assert.equal(await page.locator("figure[data-drawn] details[open]").count(), 0);
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
          const outside = await page.evaluate(() => Array.from(document.querySelectorAll(".plot text")).filter((t) => {
            const [inner, outer] = [t.getBoundingClientRect(), t.closest(".plot").getBoundingClientRect()];
            return inner.width > 0 && (inner.left < outer.left - 4 || inner.right > outer.right + 4);
          }).map((t) => t.textContent.slice(0, 40)));
          assert.deepEqual(outside, []);
        }));
    }
  }
}

test("every chart of the gallery has marks of its kind, and a tip under the pointer", () =>
  open("gallery", {}, async (page) => {
    const marks = {step: "[aria-label=line] path", forest: "[aria-label=dot] path", waterfall: "[aria-label=bar] rect",
      distribution: "[aria-label=rect] rect", bar: "[aria-label=rect] rect", line: "[aria-label=line] path",
      zip: "[aria-label=rule] line", timeline: "[aria-label=rect] rect"};
    const kinds = new Set();
    for (const figure of await page.locator("figure").all()) {
      const kind = await figure.getAttribute("data-kind");
      kinds.add(kind);
      assert.ok((await figure.locator(marks[kind]).count()) > 0, kind);
      const chart = figure.locator(".plot > svg");
      await chart.scrollIntoViewIfNeeded();
      const box = await chart.boundingBox();
      let tip = "";
      for (let i = 0; i < 150 && !tip; ++i) {
        await page.mouse.move(box.x + box.width * (0.15 + 0.75 * ((i % 15) / 15)), box.y + box.height * (0.2 + 0.06 * Math.floor(i / 15)));
        tip = (await chart.locator("[aria-label=tip] text").allTextContents()).join(" ");
      }
      assert.match(tip, /\d/, kind);
    }
    assert.deepEqual([...kinds].sort(), Object.keys(marks).sort());
  }));

test("numbers at risk stand under their ticks", () =>
  open("gallery", {}, async (page) => {
    const offsets = await page.locator("figure").first().evaluate((figure) => {
      const middle = (t) => (t.getBoundingClientRect().left + t.getBoundingClientRect().right) / 2;
      const texts = Array.from(figure.querySelectorAll("svg text"));
      const ticks = Array.from(figure.querySelectorAll('[aria-label="x-axis tick label"] text'));
      const counts = ["11", "7", "3", "1"].map((n) => texts.find((t) => t.textContent === n));
      return counts.map((t, i) => middle(t) - middle(ticks[i]));
    });
    for (const offset of offsets) assert.ok(Math.abs(offset) < 1.5, String(offsets));
  }));

// A page of its own for each figure: Chromium lets one page save ten files.
test("a figure is saved as SVG and PNG, on white and without the tip", async () => {
  let figures = 0;
  await open("gallery", {}, async (page) => {
    figures = await page.locator("figure").count();
  });
  assert.ok(figures > 0);
  for (let index = 0; index < figures; ++index)
    await open("gallery", {colorScheme: "dark"}, async (page) => {
      const figure = page.locator("figure").nth(index);
      const svg = await saved(page, figure.getByRole("button", {name: /as SVG/}));
      assert.match(svg.name, /^[a-z0-9_]+\.svg$/);
      const text = svg.content.toString();
      const root = await page.evaluate((t) => {
        const parsed = new DOMParser().parseFromString(t, "image/svg+xml");
        return parsed.querySelector("parsererror") ? "broken" : parsed.documentElement.localName;
      }, text);
      assert.equal(root, "svg");
      assert.doesNotMatch(text, /var\(|aria-label="tip"|#e6edf3/);
      assert.match(text, /fill="#ffffff"/);
      const png = await saved(page, figure.getByRole("button", {name: /as PNG/}));
      assert.equal(png.content.subarray(1, 4).toString(), "PNG");
      assert.ok(png.content.readUInt32BE(16) >= 3 * 800); // three pixels a point
    });
});

test("a table is sorted by mouse and keyboard, and comes back to its own order", () =>
  open("gallery", {}, async (page) => {
    const table = page.locator("table").first();
    const original = await column(table, 1);
    const head = table.getByRole("button", {name: "Estimate"});
    await head.click();
    assert.deepEqual(await column(table, 1), ["-3.5", "0.369 ± 0.01", "11.2", "Inf", "NA"]);
    assert.equal(await table.getByRole("columnheader", {name: "Estimate"}).getAttribute("aria-sort"), "ascending");
    await head.press("Enter");
    assert.deepEqual(await column(table, 1), ["Inf", "11.2", "0.369 ± 0.01", "-3.5", "NA"]);
    await head.press("Space");
    assert.deepEqual(await column(table, 1), original);
    await table.getByRole("button", {name: "Analysis"}).click();
    const words = await column(table, 0);
    assert.ok(words.indexOf("median 9") < words.indexOf("median 10"));
    await table.getByRole("button", {name: "p", exact: true}).click();
    assert.deepEqual(await column(table, 3), ["1e-05", "< 0.001", "0.032", "0.5", "NA"]);
  }));

test("a table is saved as CSV: numbers stay, formulas are defused", () =>
  open("gallery", {}, async (page) => {
    const csv = await saved(page, page.getByRole("button", {name: "Save the table as CSV: Estimates"}));
    assert.equal(csv.name, "estimates.csv");
    assert.equal(csv.content.toString(), [
      "Analysis,Estimate,Interval,p", "median 10,11.2,9.3 to 21.5,NA", "median 9,-3.5,-4.4 to Inf,< 0.001",
      '"Cox, ""responders""",0.369 ± 0.01,0.148 to 0.917,0.032', `"'=HYPERLINK(""x"")",NA,,0.5`,
      "empty,Inf,-0.3 (-1 to 2),1e-05", ""].join("\n"));
  }));

test("without JavaScript the tables stand open", () =>
  open("gallery", {javaScriptEnabled: false}, async (page) => {
    assert.equal(await page.locator("figure .plot svg").count(), 0);
    const figures = await page.locator("figure").count();
    assert.equal(await page.locator("figure details[open]").count(), figures);
    for (const figure of await page.locator("figure").all()) assert.ok(await figure.locator("table").first().isVisible());
  }));

test("on paper: charts without buttons, dark ink even where the screen is dark", () =>
  open("gallery", {colorScheme: "dark"}, async (page) => {
    await page.emulateMedia({media: "print", colorScheme: "dark"});
    for (const chart of await page.locator(".plot > svg").all()) assert.ok(await chart.isVisible());
    assert.equal(await page.locator(".tools >> visible=true").count(), 0);
    const color = await page.evaluate(() => getComputedStyle(document.body).color);
    assert.equal(color, "rgb(27, 31, 36)");
    await page.emulateMedia({media: null});
    const pdf = await page.pdf();
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 50000);
  }));

test("figures, tables and buttons have names for screen readers and the keyboard", () =>
  open("gallery", {}, async (page) => {
    const title = "Power by number of events";
    const figure = page.getByRole("figure", {name: title});
    assert.equal(await figure.count(), 1);
    assert.equal(await figure.getByRole("img", {name: /needs about 120 events/}).count(), 1);
    await figure.getByRole("button", {name: `Save the figure as PNG: ${title}`}).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");  // the summary of the numbers
    assert.ok(await figure.getByRole("region", {name: title}).isVisible());
    assert.equal(await page.locator("table:not(:has(caption))").count(), 0);
  }));

test("hostile names are words and nothing else", () =>
  open("hostile", {}, async (page) => {
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator('script:not([type="application/json"])').count(), 1);
    assert.match(await page.title(), /^<\/script><script>alert/);
    const cells = await page.locator("td").allTextContents();
    for (const name of ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "W".repeat(300)]) assert.ok(cells.includes(name));
    const csv = await saved(page, page.getByRole("button", {name: "Save the table as CSV: =cmd", exact: false}).last());
    for (const line of csv.content.toString().split("\n")) assert.doesNotMatch(line, /(^|,)"?=/);
    assert.match(csv.content.toString(), /'=cmd/);
  }));

test("the policy lets no other script run and nothing be fetched", () =>
  open("gallery", {}, async (page, noise) => {
    const ran = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.intruded = true";
      document.body.append(script);
      const fetched = await fetch("https://example.org/").then(() => true, () => false);
      return {intruded: window.intruded === true, fetched};
    });
    assert.deepEqual(ran, {intruded: false, fetched: false});
    const refusals = noise.splice(0).join("\n");
    assert.match(refusals, /script-src/);
    assert.match(refusals, /connect-src/);
  }));
