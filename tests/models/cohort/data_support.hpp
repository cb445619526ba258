#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/io/number.hpp"
#include "models/cohort/data_set.hpp"
#include "models/cohort/endpoint_checks.hpp"

namespace oligosim {

/// A data set read from text, with what was said about it.
struct ReadData {
  Problems problems;
  Warnings warnings;
  DataSet data;

  explicit ReadData(const std::string& text, const DataOptions& options = {}, const std::string& name = "d.csv")
      : data(parse_data(text, name, options, problems, warnings)) {}
};

/// Columns as `name(kind:levels or values)=value value ...`, texts without values, one a line.
inline std::string dump_data(const DataSet& data) {
  std::string result;
  const Cohort cohort = data.cohort();
  for (std::size_t j = 0; j < data.columns().size(); ++j) {
    const ColumnInfo& info = data.columns()[j];
    const bool number = info.kind == ColumnKind::number;
    result += info.name + (number ? "(number:" : "(category:");
    for (const std::string& level : info.levels) result += " " + level;
    for (const double value : info.values) result += " " + shortest(value);
    result += ")";
    for (std::size_t i = 0; i < cohort.patients(); ++i) {
      const std::string value = number                                        ? shortest(cohort.numbers(j)[i])
                                : cohort.categories(j)[i] == missing_category ? "NA"
                                                                              : std::to_string(cohort.categories(j)[i]);
      result += " " + value;
    }
    result += "\n";
  }
  return result;
}

/// What check_endpoints says: problems, then warnings.
inline std::string checked(const ReadData& read, const std::vector<EndpointColumns>& endpoints,
                           const TimeScale& scale = {"days", 30.4375}) {
  Problems problems;
  Warnings warnings;
  check_endpoints(read.data, endpoints, scale, problems, warnings);
  return problems.text() + warnings.text();
}

}  // namespace oligosim
