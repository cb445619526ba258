#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/survival_table.hpp"
#include "tests/statistics/reference.hpp"
#include "tests/statistics/written_out.hpp"

namespace oligosim::test {

struct Patient {
  double time = 0;
  bool event = false;
  std::uint8_t group = 0;
  std::uint16_t stratum = 0;
  std::array<double, 4> x{};  // covariates; x[0] is the group
  double weight = 1;
};
using Patients = std::vector<Patient>;

inline Patients read_patients(const std::string& name, const std::string& grouping = "group") {
  const ReferenceTable table("data/" + name + ".csv");
  Patients patients;
  for (std::size_t i = 0; i < table.size(); ++i) {
    Patient p;
    p.time = table.number(i, "time");
    p.event = table.number(i, "event") != 0;
    p.group = static_cast<std::uint8_t>(table.number(i, grouping));
    p.stratum = static_cast<std::uint16_t>(table.number(i, "stratum"));
    p.x = {table.number(i, "group"), table.number(i, "x1"), table.number(i, "x2"), table.number(i, "x3")};
    p.weight = table.number(i, "weight");
    patients.push_back(p);
  }
  return patients;
}

/// Small data with heavy ties: times 1 to 6, weights 0 to 3, two or more groups, two strata.
inline Patients random_patients(std::mt19937_64& random, std::size_t n, unsigned groups) {
  Patients patients(n);
  for (Patient& p : patients) {
    p.time = static_cast<double>(1 + random() % 6);
    p.event = random() % 3 != 0;
    p.group = static_cast<std::uint8_t>(random() % groups);
    p.stratum = static_cast<std::uint16_t>(random() % 2);
    p.x = {static_cast<double>(p.group), static_cast<double>(random() % 1000) / 250.0 - 2.0,
           static_cast<double>(random() % 3), static_cast<double>(random() % 100) / 10.0};
    p.weight = static_cast<double>(random() % 4);
  }
  return patients;
}

/// The patients as the kernels take them: sorted, with every column in table order.
struct Sorted {
  Arena arena;
  std::vector<std::uint8_t> groups, events;
  std::vector<std::uint16_t> strata_codes;
  std::vector<double> times, weights, covariates;
  SurvivalTable table;
  Grouping grouping;
  std::span<double> weight;  // in table order

  explicit Sorted(const Patients& patients, std::size_t group_count = 2, bool stratified = false) {
    for (const Patient& p : patients) {
      times.push_back(p.time);
      events.push_back(p.event);
      groups.push_back(p.group);
      strata_codes.push_back(p.stratum);
      weights.push_back(p.weight);
    }
    table = sort_survival(times, events, arena);
    grouping.group = in_table_order<std::uint8_t>(table, groups, arena);
    grouping.groups = group_count;
    if (stratified) {
      grouping.stratum = in_table_order<std::uint16_t>(table, strata_codes, arena);
      grouping.strata = strata_codes.empty() ? 1 : 1u + *std::max_element(strata_codes.begin(), strata_codes.end());
    }
    weight = in_table_order<double>(table, weights, arena);
  }
  Sorted(const Sorted&) = delete;

  CoxCovariates terms(const Patients& patients, const std::vector<std::size_t>& columns) {
    covariates.clear();
    for (const std::size_t c : columns) {
      for (const std::uint32_t row : table.row) covariates.push_back(patients[row].x[c]);
    }
    return {covariates, columns.size(), grouping.stratum, grouping.strata};
  }
};

}  // namespace oligosim::test
