// Bundles the charts into one script and writes it as C++: node build.mjs NODE_MODULES OUTPUT.cpp
import {createHash} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";

const [packages, output] = process.argv.slice(2);
const {buildSync} = createRequire(resolve(packages, "x"))("esbuild");
const bundle = buildSync({
  entryPoints: [join(dirname(fileURLToPath(import.meta.url)), "main.js")],
  nodePaths: [packages],
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  format: "iife",
  target: "es2022",
  legalComments: "none",  // collected from the packages below
  logLevel: "warning",
});

/// The licences of the packages whose code is in the bundle: each text once, under the names that it covers.
function licences() {
  const inside = Object.values(bundle.metafile.outputs).flatMap((o) => Object.entries(o.inputs));
  const names = inside.filter(([, use]) => use.bytesInOutput > 0).map(([file]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  const texts = new Map();
  for (const name of new Set(names.filter(Boolean))) {
    const text = readFileSync(join(packages, name, "LICENSE"), "utf8").trim();
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
  return Array.from(texts, ([text, covered]) => `${covered.join(", ")}:\n${text}`).join("\n\n").replaceAll("*/", "* /");
}
const script = `/*\n${licences()}\n*/\n${bundle.outputFiles[0].text.trim()}\n`;

// What would end the script element, or open a state of the HTML parser in which its end is not seen.
if (/<\/script|<!--|<script/i.test(script)) throw new Error("the bundle cannot stand inside a script element");
if (/\r|\0/.test(script)) throw new Error("the HTML parser would change the bundle, and so its hash");
if (/\beval\(|new Function\(/.test(script)) throw new Error("the bundle needs eval, which the page's policy forbids");

// Raw strings of at most 8000 characters: compilers limit the length of one.
if (script.includes(')~~~"')) throw new Error("the bundle contains the end of a raw string");
const pieces = script.match(/[^]{1,8000}/gu).map((piece) => `R"~~~(${piece})~~~"`);
writeFileSync(output, `// Made by engine/report/charts/build.mjs.
#include "engine/report/charts.hpp"

namespace oligosim {

std::string_view charts_script() {
  static constexpr char script[] =
${pieces.join("\n")};
  return {script, sizeof script - 1};
}

std::string_view charts_script_sha256() { return "${createHash("sha256").update(script).digest("base64")}"; }

}  // namespace oligosim
`);
