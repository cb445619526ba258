#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace oligosim::test {

/// A CSV file under tests/reference: a comment line, a header line, rows.
class ReferenceTable {
 public:
  explicit ReferenceTable(const std::string& path) {
    std::ifstream file(std::string(OLIGOSIM_SOURCE_DIR "/tests/reference/") + path);
    if (!file) throw std::runtime_error("no reference file " + path);
    std::string line;
    std::getline(file, line);
    std::getline(file, line);
    const std::vector<std::string> names = split(line);
    for (std::size_t i = 0; i < names.size(); ++i) column_[names[i]] = i;
    while (std::getline(file, line)) rows_.push_back(split(line));
    if (rows_.empty()) throw std::runtime_error("no rows in " + path);
  }

  std::size_t size() const { return rows_.size(); }
  std::string text(std::size_t row, const std::string& name) const { return rows_[row].at(column_.at(name)); }
  double number(std::size_t row, const std::string& name) const {
    const std::string value = text(row, name);
    return value == "NA" ? std::numeric_limits<double>::quiet_NaN() : std::stod(value);
  }
  std::string describe(std::size_t row) const {
    std::string all;
    for (const std::string& field : rows_[row]) all += field + ",";
    return all;
  }

 private:
  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
    return fields;
  }

  std::map<std::string, std::size_t> column_;
  std::vector<std::vector<std::string>> rows_;
};

/// Within `tolerance` times the larger of the expected value and 1e-3; NaN where NaN is expected.
inline ::testing::AssertionResult close(double value, double expected, double tolerance) {
  if (std::isnan(value) && std::isnan(expected)) return ::testing::AssertionSuccess();
  if (value == expected) return ::testing::AssertionSuccess();
  if (std::abs(value - expected) <= tolerance * std::max(std::abs(expected), 1e-3)) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << std::scientific << value << " is not " << expected << " to " << tolerance
                                       << ", difference " << value - expected;
}

}  // namespace oligosim::test
