#include "models/selftest/selftest.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/csv_value.hpp"
#include "engine/io/number.hpp"
#include "models/selftest/oracle.hpp"

namespace oligosim {
namespace {

struct Kind {
  Checks (*check)(GroupInput&);
  bool operator==(const Kind&) const = default;
};

constexpr Choice<Kind> kinds[] = {
    {"plan", {check_plan}},    {"proportions", {check_proportions}}, {"boundaries", {check_boundaries}},
    {"simon", {check_simon}},  {"philox", {check_philox}},           {"binomial", {check_binomial}},
    {"golden", {check_golden}}};

/// As R writes such files: a first line that begins with # says what made them.
std::string without_comment(const std::string& text) {
  return text.starts_with('#') ? text.substr(std::min(text.find('\n'), text.size() - 1) + 1) : text;
}

}  // namespace

const std::string& oracle_file(const OracleFiles& files, const std::string& name) {
  const auto found = files.find(name);
  if (found == files.end()) throw InputError("selftest: there is no file '" + name + "' among the oracles");
  return found->second;
}

YamlNode oracle_yaml(const OracleFiles& files, const std::string& name) {
  Problems problems;
  YamlNode tree = parse_yaml(oracle_file(files, name), name, problems);
  problems.refuse();
  return tree;
}

OracleTable::OracleTable(const OracleFiles& files, const std::string& name) : name_(name) {
  Problems problems;
  table_ = parse_csv(without_comment(oracle_file(files, name)), name, problems);
  problems.refuse();
}

std::string OracleTable::text(std::size_t row, const std::string& column) const {
  const auto position = table_.find(column);
  if (!position) throw InputError(name_ + ":1:1: there is no column '" + column + "'");
  return std::string(table_.field(row, *position));
}

double OracleTable::number(std::size_t row, const std::string& column) const {
  const std::string field = text(row, column);
  if (is_missing(field)) return std::nan("");
  const std::optional<double> value = csv_number(field);
  if (!value) throw InputError(name_ + ": column " + column + ": " + why_no_number(field));
  return *value;
}

SelftestCheck number_check(const std::string& what, double expected, double found, double tolerance) {
  const bool same = expected == found || (std::isnan(expected) && std::isnan(found)) ||
                    std::fabs(found - expected) <= tolerance * std::max(1.0, std::fabs(expected));
  return {what, shortest(expected), shortest(found), same};
}

SelftestCheck text_check(const std::string& what, const std::string& expected, const std::string& found) {
  return {what, expected, found, expected == found};
}

std::size_t SelftestGroup::failed() const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, [](const SelftestCheck& c) { return !c.passed; }));
}

std::vector<SelftestGroup> run_selftest(const OracleFiles& files, unsigned threads) {
  Problems problems;
  const YamlNode tree = oracle_yaml(files, "selftest.yaml");
  ConfigNode root(tree, problems);
  std::vector<SelftestGroup> groups;
  for (ConfigNode node : root.children("groups")) {
    SelftestGroup group{node.text("title"), node.text("source"), {}};
    const Kind kind = node.choice<Kind>("kind", kinds);
    GroupInput input{node, files, threads};
    if (problems.empty()) group.checks = kind.check(input);
    node.finish();
    groups.push_back(std::move(group));
  }
  root.finish();
  problems.refuse();
  return groups;
}

}  // namespace oligosim
