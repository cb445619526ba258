#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/survival_table.hpp"
#include "tests/statistics/reference.hpp"
#include "tests/statistics/written_out.hpp"

namespace oligosim::test {

struct CompetingPatient {
  double time = 0;
  std::uint8_t cause = 0;  // 0 censored
  std::uint8_t group = 0;
  std::uint16_t stratum = 0;
  std::array<double, 4> x{};  // covariates; x[0] is the group
  double weight = 1;
};
using CompetingPatients = std::vector<CompetingPatient>;

inline CompetingPatients read_competing(const std::string& name, const std::string& grouping = "group") {
  const ReferenceTable table("data/competing_" + name + ".csv");
  CompetingPatients patients;
  for (std::size_t i = 0; i < table.size(); ++i) {
    CompetingPatient p;
    p.time = table.number(i, "time");
    p.cause = static_cast<std::uint8_t>(table.number(i, "cause"));
    p.group = static_cast<std::uint8_t>(table.number(i, grouping));
    p.stratum = static_cast<std::uint16_t>(table.number(i, "stratum"));
    p.x = {table.number(i, "group"), table.number(i, "x1"), table.number(i, "x2"), table.number(i, "x3")};
    p.weight = table.number(i, "weight");
    patients.push_back(p);
  }
  return patients;
}

/// Small data with heavy ties: times 1 to 6, causes 0 to `causes`, weights 0 to 3, two strata.
inline CompetingPatients random_competing(std::mt19937_64& random, std::size_t n, unsigned groups, unsigned causes) {
  CompetingPatients patients(n);
  for (CompetingPatient& p : patients) {
    p.time = static_cast<double>(1 + random() % 6);
    p.cause = static_cast<std::uint8_t>(random() % (causes + 1));
    p.group = static_cast<std::uint8_t>(random() % groups);
    p.stratum = static_cast<std::uint16_t>(random() % 2);
    p.x = {static_cast<double>(p.group), static_cast<double>(random() % 1000) / 250.0 - 2.0,
           static_cast<double>(random() % 3), static_cast<double>(random() % 100) / 10.0};
    p.weight = static_cast<double>(random() % 4);
  }
  return patients;
}

/// The patients as the kernels take them: sorted, with every column in table order.
struct SortedCompeting {
  Arena arena;
  SurvivalTable table;
  std::span<const std::uint8_t> cause;
  Grouping grouping;
  std::span<const double> weight;

  explicit SortedCompeting(const CompetingPatients& patients, std::size_t groups = 2, bool stratified = false) {
    const auto column = [&](auto value) {
      std::vector<decltype(value(CompetingPatient{}))> values;
      for (const CompetingPatient& p : patients) values.push_back(value(p));
      return values;
    };
    const auto times = column([](const CompetingPatient& p) { return p.time; });
    const auto causes = column([](const CompetingPatient& p) { return p.cause; });
    table = sort_survival(times, causes, arena);
    cause = in_table_order<std::uint8_t>(table, causes, arena);
    grouping.group = in_table_order<std::uint8_t>(table, column([](const auto& p) { return p.group; }), arena);
    grouping.groups = groups;
    if (stratified) {
      const auto strata = column([](const CompetingPatient& p) { return p.stratum; });
      grouping.stratum = in_table_order<std::uint16_t>(table, strata, arena);
      grouping.strata = strata.empty() ? 1 : 1u + *std::max_element(strata.begin(), strata.end());
    }
    weight = in_table_order<double>(table, column([](const auto& p) { return p.weight; }), arena);
  }
  SortedCompeting(const SortedCompeting&) = delete;

  /// Column by column, in table order.
  std::vector<double> terms(const CompetingPatients& patients, const std::vector<std::size_t>& columns) const {
    std::vector<double> values;
    for (const std::size_t c : columns) {
      for (const std::uint32_t row : table.row) values.push_back(patients[row].x[c]);
    }
    return values;
  }

  /// Weights of eight resamples: those of the patients in lane 0, random ones in the others.
  std::span<const Lanes> lane_weights(std::mt19937_64& random) {
    const std::span<Lanes> weights = arena.take<Lanes>(table.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      for (std::size_t k = 0; k < lanes; ++k) {
        weights[i][k] = k == 0 ? weight[i] : static_cast<double>(random() % (k % 2 ? 2 : 4));
      }
    }
    return weights;
  }
  std::span<const double> one_lane(std::span<const Lanes> weights, std::size_t k) {
    const std::span<double> own = arena.take<double>(weights.size());
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = weights[i][k];
    return own;
  }
};

/// The same bits, or both NaN.
inline bool identical(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace oligosim::test
