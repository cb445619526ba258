#pragma once

#include <complex>
#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "engine/statistics/clusters.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim::test {

/// Terms of a reference file, "group+x1", as columns of Patient::x.
inline std::vector<std::size_t> terms_of(const std::string& names) {
  std::vector<std::size_t> columns;
  std::stringstream stream(names);
  for (std::string term; std::getline(stream, term, '+');) {
    columns.push_back(term == "group" ? 0 : static_cast<std::size_t>(term.at(1) - '0'));
  }
  return columns;
}

/// Three rows to a cluster, in table order.
struct ThreeToACluster {
  std::vector<std::uint32_t> codes;
  Clusters clusters;

  explicit ThreeToACluster(const SurvivalTable& table) {
    for (const std::uint32_t row : table.row) codes.push_back(row / 3);
    clusters = {codes, table.size() / 3 + 1};
  }
};

using Complex = std::complex<double>;

/// Derivatives by each of n weights, all at `weight`, of a function of weights: complex steps, exact to rounding.
inline std::vector<double> by_weight(const std::vector<double>& weight,
                                     const std::function<Complex(const std::vector<Complex>&)>& f) {
  std::vector<double> result;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    std::vector<Complex> at(weight.begin(), weight.end());
    at[i] += Complex(0, 1e-100);
    result.push_back(f(at).imag() / 1e-100);
  }
  return result;
}

/// Sum over clusters of the squared sum of weight * influence; by rows and their copies if not `clustered`.
inline double jackknife_variance(const std::vector<double>& influence, const std::vector<double>& weight,
                                 bool clustered) {
  double total = 0;
  std::vector<double> sums(influence.size() / 3 + 1);
  for (std::size_t i = 0; i < influence.size(); ++i) {
    sums[i / 3] += weight[i] * influence[i];
    if (!clustered) total += weight[i] * influence[i] * influence[i];
  }
  for (const double sum : sums) total += clustered ? sum * sum : 0;
  return total;
}

}  // namespace oligosim::test
