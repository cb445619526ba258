#include "engine/report/style.hpp"

namespace oligosim {

std::string_view page_style() {
  return R"css(
:root, .on-paper {
  color-scheme: light; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --tile: #f6f8fa; --accent: #0072b2;
  --paper: #ffffff; --band: #e3e9ef;
  --group-1: #0072b2; --group-2: #d55e00; --group-3: #009e73; --group-4: #b0578f; --group-5: #b57900; --group-6: #3d96cf;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark; --ink: #e6edf3; --soft: #9da7b1; --line: #3d444d; --tile: #161b22; --accent: #56b4e9;
    --paper: #0d1117; --band: #263241;
    --group-1: #56b4e9; --group-2: #f0813a; --group-3: #2fbf94; --group-4: #d98cb8; --group-5: #e69f00; --group-6: #f0e442;
  }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 78rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p.lead { color: var(--soft); margin: 0 0 1.25rem; }
.strip { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; }
.below { margin-top: .75rem; }
.tile { background: var(--tile); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .875rem; display: block; }
.flow { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .6rem; margin: .75rem 0 1.5rem; }
.flow i { color: var(--soft); font-style: normal; }
.flow .then { display: flex; align-items: center; gap: .6rem; }
.flow .arms { display: grid; gap: .4rem; }
.box { border: 1px solid var(--soft); border-radius: .4rem; padding: .35rem .7rem; font-size: .875rem; max-width: 17rem; }
.box b { display: block; }
.box span { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; margin: .5rem 0 .25rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(76rem, calc(100vw - 2rem)); }
th, td { padding: .3rem .45rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
th button { all: unset; cursor: pointer; }
th button:hover { color: var(--ink); }
th button::after { content: "\2195"; content: "\2195" / ""; opacity: .35; padding-left: .25em; font-size: .8em; }
th[aria-sort=ascending] button::after { content: "\2191"; content: "\2191" / ""; opacity: 1; }
th[aria-sort=descending] button::after { content: "\2193"; content: "\2193" / ""; opacity: 1; }
.w { text-align: left; white-space: normal; min-width: 6rem; max-width: 24rem; }
@media (min-width: 60rem) { td.w { min-width: 11rem; } }
pre { background: var(--tile); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
.note { border-left: 4px solid var(--accent); padding: .25rem .75rem; }
figure { margin: 1.5rem 0 2rem; max-width: 56rem; }
figcaption { font-size: .95rem; margin-bottom: .75rem; color: var(--soft); }
figcaption b { color: var(--ink); display: block; font-size: 1rem; }
.plot { overflow: hidden; }
.plot svg { --plot-background: var(--paper); display: block; max-width: 100%; height: auto; }
details { font-size: .95rem; }
summary { cursor: pointer; color: var(--soft); }
.tools { display: flex; gap: .5rem; margin: .25rem 0 .5rem; }
.tools button { font: inherit; font-size: .8rem; color: var(--soft); background: var(--tile); border: 1px solid var(--line); border-radius: .35rem; padding: .1rem .6rem; cursor: pointer; }
.tools button:hover { color: var(--ink); border-color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media print {
  body { max-width: none; font-size: 11px; padding: 0; }
  .wide { overflow: visible; }
  .tools, th button::after { display: none; }
  figure { break-inside: avoid; }
  figure[data-drawn] details { display: none; }
}
)css";
}

}  // namespace oligosim
