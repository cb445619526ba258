#include "models/selftest/selftest_page.hpp"

#include "engine/report/html.hpp"

namespace oligosim {
namespace {

HtmlTable empty_table(const std::string& caption) {
  return {.caption = caption, .header = {"check", "expected", "found", "verdict"}, .rows = {}, .text_columns = 1};
}

std::vector<std::string> line(const SelftestCheck& c) {
  return {c.what, c.expected, c.found, c.passed ? "passed" : "FAILED"};
}

std::string failures(std::span<const SelftestGroup> groups) {
  HtmlTable table = empty_table("What failed");
  for (const SelftestGroup& g : groups)
    for (const SelftestCheck& c : g.checks)
      if (!c.passed) table.rows.push_back(line(c));
  return table.rows.empty() ? "" : to_html(table);
}

std::string overview(std::span<const SelftestGroup> groups) {
  HtmlTable table{.caption = "What was checked, and who says what it should be",
                  .header = {"group", "source", "checks", "failed"},
                  .rows = {},
                  .text_columns = 2};
  for (const SelftestGroup& g : groups)
    table.rows.push_back({g.title, g.source, std::to_string(g.checks.size()), std::to_string(g.failed())});
  return to_html(table);
}

}  // namespace

std::string selftest_page(std::span<const SelftestGroup> groups,
                          const std::vector<std::pair<std::string, std::string>>& facts) {
  std::size_t checks = 0, failed = 0;
  for (const SelftestGroup& g : groups) checks += g.checks.size(), failed += g.failed();
  const std::string verdict = failed == 0 ? "passed" : "FAILED";
  std::string body = "<h1>Selftest " + verdict + "</h1>\n<p class=\"lead\">" + std::to_string(checks - failed) +
                     " of " + std::to_string(checks) + " checks passed on this computer</p>\n" + failures(groups) +
                     overview(groups);
  HtmlTable about{.caption = "Program and computer", .header = {"what", "value"}, .rows = {}, .text_columns = 2};
  for (const auto& [name, value] : facts) about.rows.push_back({name, value});
  body += to_html(about);
  for (const SelftestGroup& g : groups) {
    HtmlTable table = empty_table(g.source);
    for (const SelftestCheck& c : g.checks) table.rows.push_back(line(c));
    body += "<h2>" + html_escaped(g.title) + "</h2>\n" + to_html(table);
  }
  body += "<h2>How to make this again</h2>\n" + preformatted("command", "oligosim selftest --out DIR");
  return html_page("Selftest " + verdict, body);
}

}  // namespace oligosim
