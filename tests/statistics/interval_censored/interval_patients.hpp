#pragma once

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/statistics/interval_censored/event_intervals.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim::test {

inline constexpr double never = std::numeric_limits<double>::infinity();

/// Patients whose event times are known to lie in intervals, column by column.
struct IntervalPatients {
  std::vector<double> left, right;
  std::vector<std::uint8_t> group;
  std::vector<std::uint16_t> stratum;
  std::vector<std::vector<double>> x;  // covariates, column by column

  EventIntervals intervals() const { return {left, right}; }
  Grouping grouping(std::size_t groups, bool stratified = false) const {
    Grouping g{.group = group, .groups = groups};
    if (stratified) g.stratum = stratum, g.strata = 2;
    return g;
  }
  std::vector<double> values() const {
    std::vector<double> all;
    for (const std::vector<double>& column : x) all.insert(all.end(), column.begin(), column.end());
    return all;
  }
  void add(double l, double r, std::uint8_t g = 0, std::uint16_t s = 0) {
    left.push_back(l), right.push_back(r), group.push_back(g), stratum.push_back(s);
  }
};

/// `terms`: names of columns, with blanks between.
inline IntervalPatients read_intervals(const std::string& name, const std::string& terms = "") {
  const ReferenceTable table("data/interval_" + name + ".csv");
  IntervalPatients patients;
  for (std::size_t i = 0; i < table.size(); ++i)
    patients.add(table.number(i, "left"), table.number(i, "right"), static_cast<std::uint8_t>(table.number(i, "group")),
                 static_cast<std::uint16_t>(table.number(i, "stratum")));
  std::stringstream columns(terms);
  for (std::string column; columns >> column;) {
    patients.x.emplace_back();
    for (std::size_t i = 0; i < table.size(); ++i) patients.x.back().push_back(table.number(i, column));
  }
  return patients;
}

/// Whole ends up to 9 with many the same; points, right-censored, from 0 on.
inline IntervalPatients random_intervals(std::mt19937_64& random, std::size_t n, unsigned groups) {
  IntervalPatients patients;
  for (std::size_t i = 0; i < n; ++i) {
    const auto left = static_cast<double>(random() % 7);
    const unsigned kind = random() % 4;
    const double right = kind == 0               ? never
                         : kind == 1 && left > 0 ? left
                                                 : left + static_cast<double>(1 + random() % 3);
    patients.add(left, right, static_cast<std::uint8_t>(random() % groups), static_cast<std::uint16_t>(random() % 2));
  }
  return patients;
}

}  // namespace oligosim::test
