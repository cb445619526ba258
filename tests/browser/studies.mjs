// The pages of shipped studies, of an analysis, of a trial under way and of findings: node studies.mjs PROGRAM NODE_MODULES SOURCE.
// No serious violation of the rules of accessibility (axe-core), light and dark, and nothing wider than a telephone. Exit code 77:
// no chromium here, nothing tested.
import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import {after, before, test} from "node:test";
import {executable, launch, paths} from "./chromium.mjs";

const [program, packages, source] = process.argv.slice(2);
if (!executable) {
  console.log(`skipped: no chromium (${paths.join(", ")}, or CHROMIUM=...)`);
  process.exit(77);
}

const folder = mkdtempSync(join(tmpdir(), "oligosim-studies-"));
const axe = readFileSync(createRequire(resolve(packages, "x")).resolve("axe-core/axe.min.js"), "utf8");
const pages = {
  randomized_pfs: ["run", "configs/studies/randomized_pfs.yaml", "--replicates", "200"],
  single_arm_phase2: ["run", "configs/studies/single_arm_phase2.yaml", "--replicates", "200"],
  treatment_switching: ["run", "configs/studies/treatment_switching.yaml", "--replicates", "100"],
  arm_selection: ["run", "configs/studies/examples/arm_selection.yaml", "--replicates", "200"],
  unequal_visits: ["run", "configs/studies/unequal_visits.yaml", "--replicates", "100"],
  analysis: ["analyze", "configs/plans/song2025.yaml", "--data", "tests/reference/data/song2025_like.csv"],
  monitoring: ["monitor", "configs/monitoring/randomized_pfs.yaml"],
  forecast: ["monitor", "configs/monitoring/next_looks.yaml"],
  findings: ["stress", "configs/findings/song2025.yaml"],
};

let browser;
before(async () => {
  for (const [name, words] of Object.entries(pages))
    execFileSync(program, [...words, "--out", join(folder, name)], {cwd: source, stdio: "ignore"});
  browser = await launch(packages);
});
after(async () => {
  await browser?.close();
  rmSync(folder, {recursive: true});
});

async function open(name, options, use) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, bypassCSP: true, ...options});
  try {
    const page = await context.newPage();
    await page.goto(`file://${folder}/${name}/report.html`);
    await use(page);
  } finally {
    await context.close();
  }
}

for (const name of Object.keys(pages)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}, ${colorScheme}: no serious violation`, () =>
      open(name, {colorScheme}, async (page) => {
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const {violations} = await window.axe.run(document, {resultTypes: ["violations"]});
          return violations.map(({id, impact, nodes}) =>
            ({id, impact, count: nodes.length, first: nodes[0].html.slice(0, 200), why: nodes[0].failureSummary}));
        });
        assert.deepEqual(violations.filter((v) => v.impact === "serious" || v.impact === "critical"), []);
      }));
  }

  test(`${name} at 390 px: wide tables scroll in boxes of their own, which the keyboard reaches`, () =>
    open(name, {viewport: {width: 390, height: 844}}, async (page) => {
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
      const outside = await page.evaluate(() => Array.from(document.querySelectorAll("table")).filter((table) => {
        const box = table.closest(".wide");
        return table.getBoundingClientRect().width > 0 && (!box || box.getBoundingClientRect().right > 390);
      }).map((table) => table.caption?.textContent ?? table.textContent.slice(0, 40)));
      assert.deepEqual(outside, []);
      const stuck = await page.evaluate(() => Array.from(document.querySelectorAll(".wide"))
        .filter((box) => box.scrollWidth > box.clientWidth && box.tabIndex < 0).length);
      assert.equal(stuck, 0);
    }));
}
