// The selftest passes with the numbers of its sources and fails with any of them changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "models/selftest/oracle.hpp"
#include "models/selftest/selftest_page.hpp"

namespace oligosim {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

std::string joined(const std::vector<std::string>& parts, const char* by) {
  std::string text;
  for (const std::string& part : parts) text += (&part == &parts.front() ? "" : by) + part;
  return text;
}

std::size_t failures(const OracleFiles& files) {
  std::size_t failed = 0;
  for (const SelftestGroup& group : run_selftest(files, 2)) failed += group.failed();
  return failed;
}

/// Changes one number after another in these columns of a file, in every `step`-th row, and expects a failure each
/// time.
void expect_each_change_to_fail(const std::string& group, const std::string& file,
                                const std::vector<std::string>& columns, std::size_t step = 1) {
  OracleFiles files = built_in_oracles();
  files["selftest.yaml"] = "groups: [" + group + "]\n";
  ASSERT_EQ(failures(files), 0u) << file;
  const std::vector<std::string> lines = lines_of(files[file]);
  const std::size_t header = lines.front().starts_with('#') ? 1 : 0;
  const std::vector<std::string> names = fields_of(lines[header]);
  std::size_t changed = 0;
  for (std::size_t row = header + 1; row < lines.size(); row += step)
    for (std::size_t c = 0; c < names.size(); ++c) {
      std::vector<std::string> fields = fields_of(lines[row]);
      if (std::ranges::find(columns, names[c]) == columns.end() || fields[c] == "NA") continue;
      if (names[c] == "words") {
        fields[c][3] = fields[c][3] == '0' ? '1' : '0';
      } else {
        const double x = std::stod(fields[c]);
        fields[c] = std::to_string(x + std::max(1.0, std::fabs(x)) * (file.ends_with("_r.csv") ? 1e-5 : 0.2));
      }
      std::vector<std::string> other = lines;
      other[row] = joined(fields, ",");
      OracleFiles broken = files;
      broken[file] = joined(other, "\n") + "\n";
      EXPECT_GE(failures(broken), 1u) << file << ":" << row + 1 << ": " << names[c];
      ++changed;
    }
  EXPECT_GE(changed, 12u) << file;
}

TEST(Selftest, OracleEveryBuiltInCheckPasses) {
  std::size_t checks = 0;
  for (const SelftestGroup& group : run_selftest(built_in_oracles(), 2)) {
    checks += group.checks.size();
    for (const SelftestCheck& c : group.checks)
      EXPECT_TRUE(c.passed) << group.title << ": " << c.what << ": expected " << c.expected << ", found " << c.found;
  }
  EXPECT_GE(checks, 600u);
}

TEST(Selftest, AChangedNumberFails) {
  const std::vector<std::string> numbers = {"estimate", "standard_error", "lower", "upper", "statistic",
                                            "df",       "p_value"};
  const auto of_plan = [](const std::string& plan, const std::string& data, const std::string& expected) {
    return "{kind: plan, title: t, source: s, plan: " + plan + ", data: " + data + ", expected: " + expected + "}";
  };
  expect_each_change_to_fail(of_plan("aml.yaml", "aml.csv", "aml_r.csv"), "aml_r.csv", numbers);
  expect_each_change_to_fail(of_plan("veteran.yaml", "veteran.csv", "veteran_r.csv"), "veteran_r.csv", numbers);
  expect_each_change_to_fail(of_plan("song2025.yaml", "song2025_like.csv", "song2025.csv"), "song2025.csv", numbers,
                             10);
  const auto table = [](const std::string& kind, const std::string& expected) {
    return "{kind: " + kind + ", title: t, source: s, expected: " + expected + "}";
  };
  expect_each_change_to_fail(table("proportions", "proportions.csv"), "proportions.csv",
                             {"lower_percent", "upper_percent"});
  expect_each_change_to_fail(table("boundaries", "boundaries.csv"), "boundaries.csv", {"boundary"});
  expect_each_change_to_fail(table("simon", "simon.csv"), "simon.csv", {"r1", "n1", "r", "n", "expected"});
}

TEST(Selftest, AChangedWordOrHashFails) {
  OracleFiles files = built_in_oracles();
  files["selftest.yaml"] = "groups: [{kind: philox, title: t, source: s, expected: philox.csv}]\n";
  for (std::size_t digit = 0; digit < 3; ++digit) {
    OracleFiles broken = files;
    std::string& text = broken["philox.csv"];
    char& changed = text[text.rfind('\n', text.size() - 2) - 1 - digit];
    changed = changed == '0' ? '1' : '0';
    EXPECT_GE(failures(broken), 9u);
  }
  files = built_in_oracles();
  std::string& index = files["selftest.yaml"];
  index[index.rfind("sha256: ") + 10] ^= 1;
  EXPECT_EQ(failures(files), 2u);
}

TEST(Selftest, WhatCannotBeUnderstoodIsRefused) {
  OracleFiles files = built_in_oracles();
  const auto refusal = [&](const std::string& name, const std::string& text) -> std::string {
    OracleFiles other = files;
    other[name] = text;
    try {
      run_selftest(other, 1);
    } catch (const InputError& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("selftest.yaml", "groups: [{kind: prophecy, title: t, source: s}]\n"),
              testing::HasSubstr("selftest.yaml:1:17: groups[0].kind: 'prophecy' is not a choice"));
  EXPECT_THAT(refusal("selftest.yaml", "groups: [{kind: simon, title: t, source: s, expected: lost.csv}]\n"),
              testing::HasSubstr("no file 'lost.csv'"));
  EXPECT_THAT(refusal("boundaries.csv", "spending,design\npocock,1\n"), testing::HasSubstr("no column"));
}

TEST(Selftest, ThePageShowsWhatFailedFirstAndEscapesIt) {
  const SelftestGroup group{"Title <b>", "R & co", {{"a", "1", "1", true}, {"b<script>", "1", "2", false}}};
  const std::string page = selftest_page(std::span(&group, 1), {{"cpu", "x"}});
  EXPECT_THAT(page, testing::HasSubstr("<h1>Selftest FAILED</h1>"));
  EXPECT_THAT(page, testing::HasSubstr("1 of 2 checks passed"));
  EXPECT_THAT(page, testing::HasSubstr("Content-Security-Policy\" content=\"default-src 'none'"));
  EXPECT_EQ(page.find("b<script>"), std::string::npos);
}

}  // namespace
}  // namespace oligosim
