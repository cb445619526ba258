#pragma once

// Rows (start, stop] of patients, and the partial likelihood written down from its definition on unsorted rows.

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "engine/statistics/cox/cox.hpp"
#include "tests/statistics/reference.hpp"
#include "tests/statistics/written_out.hpp"

namespace oligosim::test {

struct Row {
  double start = -std::numeric_limits<double>::infinity();
  double time = 0;
  bool event = false;
  std::uint16_t stratum = 0;
  std::vector<double> x;
  double weight = 1;
};
using Rows = std::vector<Row>;

/// Every other row starts late, e^40 times the hazard of the early ones.
inline Rows late_rows_at_a_high_risk(std::uint64_t seed, int count) {
  std::mt19937_64 random(seed);
  Rows rows;
  for (int i = 0; i < count; ++i) {
    const double z = static_cast<double>(random() % 1000) / 1000;
    const bool late = i % 2;
    rows.push_back({late ? 50.0 : 0.0,
                    (late ? 50 : 0) + 1 + 40 * static_cast<double>(random() % 997) / 997,
                    true,
                    0,
                    {late ? 40 + z : z},
                    1});
  }
  return rows;
}

/// Small data with heavy ties: stops 1 to 6, starts 0 to 6 (some not before their stop) or none, weights 0 to 3, two
/// strata, x[0] 0/1, x[1] continuous, x[2] 0/1/2.
inline Rows random_rows(std::mt19937_64& random, std::size_t n, bool with_start) {
  Rows rows(n);
  for (Row& row : rows) {
    row.time = static_cast<double>(1 + random() % 6);
    if (with_start) row.start = random() % 8 == 0 ? row.time : row.time - static_cast<double>(1 + random() % 4);
    row.event = random() % 3 != 0;
    row.stratum = static_cast<std::uint16_t>(random() % 2);
    row.x = {static_cast<double>(random() % 2), static_cast<double>(random() % 1000) / 250.0 - 2.0,
             static_cast<double>(random() % 3)};
    row.weight = static_cast<double>(random() % 4);
  }
  return rows;
}

/// The rows as cox() takes them.
struct SortedRows {
  Arena arena;
  SurvivalTable table;
  std::vector<double> values, start, weight;
  std::vector<std::uint16_t> stratum;
  CoxCovariates covariates;

  SortedRows(const Rows& rows, const std::vector<std::size_t>& columns, bool with_start, bool stratified) {
    std::vector<double> times;
    std::vector<std::uint8_t> events;
    for (const Row& row : rows) times.push_back(row.time), events.push_back(row.event);
    table = sort_survival(times, events, arena);
    for (const std::size_t c : columns) {
      for (const std::uint32_t r : table.row) values.push_back(rows[r].x[c]);
    }
    for (const std::uint32_t r : table.row) {
      weight.push_back(rows[r].weight);
      if (with_start) start.push_back(rows[r].start);
      if (stratified) stratum.push_back(rows[r].stratum);
    }
    const std::size_t strata = stratum.empty() ? 1 : 1u + *std::max_element(stratum.begin(), stratum.end());
    covariates = {values, columns.size(), stratum, strata, start};
  }
  SortedRows(const SortedRows&) = delete;
};

namespace naive {

/// A value with its first three derivatives in one variable; T is double, or complex for one more.
template <class T>
struct Jet3 {
  T value{}, first{}, second{}, third{};
  friend Jet3 operator+(Jet3 a, Jet3 b) {
    return {a.value + b.value, a.first + b.first, a.second + b.second, a.third + b.third};
  }
  friend Jet3 operator-(Jet3 a, Jet3 b) {
    return {a.value - b.value, a.first - b.first, a.second - b.second, a.third - b.third};
  }
  friend Jet3 operator*(double c, Jet3 a) { return {c * a.value, c * a.first, c * a.second, c * a.third}; }
  friend Jet3 exp(Jet3 a) {
    using std::exp;
    const T e = exp(a.value);
    return {e, e * a.first, e * (a.second + a.first * a.first),
            e * (a.third + 3.0 * a.first * a.second + a.first * a.first * a.first)};
  }
  friend Jet3 log(Jet3 a) {
    using std::log;
    const T u = a.first / a.value, v = a.second / a.value - u * u;
    return {log(a.value), u, v, a.third / a.value - 3.0 * u * v - u * u * u};
  }
};

/// Log partial likelihood; T is double, complex or Jet3. Weights have no part: write them out.
template <class T>
T partial_likelihood(const Rows& rows, const std::vector<std::size_t>& columns, const std::vector<T>& beta, Ties ties,
                     bool stratified) {
  using std::exp, std::log;
  std::vector<T> predictor, hazard;
  for (const Row& row : rows) {
    T sum{};
    for (std::size_t j = 0; j < columns.size(); ++j) sum = sum + row.x[columns[j]] * beta[j];
    predictor.push_back(sum);
    hazard.push_back(exp(sum));
  }
  std::set<std::pair<int, double>> event_times;
  const auto stratum = [&](const Row& row) { return stratified ? row.stratum : 0; };
  for (const Row& row : rows) {
    if (row.event && row.start < row.time) event_times.insert({stratum(row), row.time});
  }
  T total{};
  for (const auto& [s, t] : event_times) {
    T at_risk{}, dying{};
    double d = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (stratum(rows[i]) != s || !(rows[i].start < t && t <= rows[i].time)) continue;
      at_risk = at_risk + hazard[i];
      if (rows[i].time == t && rows[i].event) dying = dying + hazard[i], total = total + predictor[i], ++d;
    }
    for (double k = 0; k < d; ++k) total = total - log(at_risk - (ties == Ties::efron ? k / d : 0.0) * dying);
  }
  return total;
}

using Matrix = std::vector<std::vector<double>>;

/// A likelihood as a function of beta, with its derivatives.
struct Likelihood {
  const Rows& rows;
  std::vector<std::size_t> columns;
  Ties ties;
  bool stratified;

  double value(const std::vector<double>& beta) const {
    return partial_likelihood<double>(rows, columns, beta, ties, stratified);
  }

  /// Along e_j + e_k at a real or complex place.
  template <class T>
  Jet3<T> along(const std::vector<T>& beta, std::size_t j, std::size_t k) const {
    std::vector<Jet3<T>> at;
    for (std::size_t i = 0; i < beta.size(); ++i) at.push_back({beta[i], T(i == j || i == k ? 1.0 : 0.0), {}, {}});
    return partial_likelihood<Jet3<T>>(rows, columns, at, ties, stratified);
  }

  template <class T>
  std::vector<std::vector<T>> information_at(const std::vector<T>& beta) const {
    const std::size_t p = beta.size();
    std::vector<std::vector<T>> result(p, std::vector<T>(p));
    for (std::size_t j = 0; j < p; ++j) result[j][j] = -along(beta, j, j).second;
    for (std::size_t j = 0; j < p; ++j) {
      for (std::size_t k = 0; k < j; ++k) {
        result[j][k] = result[k][j] = (-along(beta, j, k).second - result[j][j] - result[k][k]) / 2.0;
      }
    }
    return result;
  }

  Matrix information(const std::vector<double>& beta) const { return information_at(beta); }

  std::vector<double> gradient(const std::vector<double>& beta) const {
    std::vector<double> result;
    for (std::size_t j = 0; j < beta.size(); ++j) result.push_back(along(beta, j, j).first);
    return result;
  }

  double penalized_value(const std::vector<double>& beta) const {
    return value(beta) + std::log(determinant(information(beta))) / 2;
  }

  /// By complex steps through the determinant.
  std::vector<double> penalized_gradient(const std::vector<double>& beta) const {
    std::vector<double> result = gradient(beta);
    for (std::size_t r = 0; r < beta.size(); ++r) {
      std::vector<std::complex<double>> at(beta.begin(), beta.end());
      at[r] += std::complex<double>(0, 1e-100);
      result[r] += std::log(determinant(information_at(at))).imag() / 1e-100 / 2;
    }
    return result;
  }

  /// By Gaussian elimination without pivoting: the matrices are positive definite, or a pivot is 0.
  template <class T>
  static T determinant(std::vector<std::vector<T>> m) {
    T product = 1;
    for (std::size_t c = 0; c < m.size(); ++c) {
      product *= m[c][c];
      if (std::abs(m[c][c]) == 0) return 0;
      for (std::size_t r = c + 1; r < m.size(); ++r) {
        const T factor = m[r][c] / m[c][c];
        for (std::size_t k = c; k < m.size(); ++k) m[r][k] -= factor * m[c][k];
      }
    }
    return product;
  }
};

}  // namespace naive

}  // namespace oligosim::test
