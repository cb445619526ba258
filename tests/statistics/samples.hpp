#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sample.hpp"
#include "tests/statistics/reference.hpp"
#include "tests/statistics/same.hpp"

namespace oligosim::test {

/// A field of numbers separated by blanks.
template <class T = double>
std::vector<T> numbers(const std::string& field) {
  std::stringstream stream(field);
  std::vector<T> values;
  for (double x; stream >> x;) values.push_back(static_cast<T>(x));
  return values;
}

/// Values of two groups with integer weights.
struct TwoGroups {
  std::vector<double> value;
  std::vector<std::uint8_t> group;  // 0, 1
  std::vector<double> weight;

  void add(double x, std::uint8_t g, double w = 1) { value.push_back(x), group.push_back(g), weight.push_back(w); }

  /// The values of one group, each as often as its weight.
  std::vector<double> written_out(std::uint8_t g) const {
    std::vector<double> rows;
    for (std::size_t i = 0; i < value.size(); ++i)
      if (group[i] == g) rows.insert(rows.end(), static_cast<std::size_t>(weight[i]), value[i]);
    return rows;
  }
};

inline TwoGroups two_groups(const std::vector<double>& first, const std::vector<double>& second) {
  TwoGroups data;
  for (const double x : first) data.add(x, 0);
  for (const double x : second) data.add(x, 1);
  return data;
}

/// Up to `most` values, whole or with decimals, weights 0 to 3 or all 1.
inline TwoGroups random_groups(std::mt19937_64& random, std::size_t most) {
  TwoGroups data;
  const std::size_t n = random() % (most + 1);
  const bool whole = random() % 2 == 0, weighted = random() % 2 == 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double fine = static_cast<double>(random() % 1000000) / 1e5;
    data.add(whole ? static_cast<double>(random() % 5) : fine, static_cast<std::uint8_t>(random() % 2),
             weighted ? static_cast<double>(random() % 4) : 1);
  }
  return data;
}

/// Eight random columns of weights 0 to 3, as lanes and one by one.
struct LaneWeights {
  std::vector<Lanes> together;
  std::vector<std::vector<double>> apart;

  LaneWeights(std::mt19937_64& random, std::size_t n) : together(n), apart(lanes, std::vector<double>(n)) {
    for (std::size_t k = 0; k < lanes; ++k)
      for (std::size_t i = 0; i < n; ++i) together[i][k] = apart[k][i] = static_cast<double>(random() % 4);
  }
};

/// The same bits, or both NaN.
}  // namespace oligosim::test
