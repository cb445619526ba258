#include "engine/statistics/categorical/fisher_exact.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/brent.hpp"
#include "engine/statistics/signed_score.hpp"

namespace oligosim {

namespace {

// Tables whose probabilities differ by less than this factor count as equally probable.
constexpr double tie = 1.0 + 1e-7;

/// The count in the first cell given the margins: u = low ... high, with weights that the odds ratio tilts.
struct FirstCell {
  double row, column, rest;  // totals of the first row and column; n - row - column, which may be negative
  double low, high, observed;

  explicit FirstCell(const FourfoldTable& t)
      : row(double(t.a) + t.b),
        column(double(t.a) + t.c),
        rest(double(t.d) - t.a),
        low(std::max(0.0, -rest)),
        high(std::min(row, column)),
        observed(t.a) {}

  /// P(u + 1) / P(u) where the odds ratio is 1.
  double ratio(double u) const { return (row - u) * (column - u) / ((u + 1.0) * (rest + u + 1.0)); }

  /// The most probable count, looked for from the observed one.
  double mode(double odds_ratio) const {
    double u = observed;
    while (u < high && ratio(u) * odds_ratio > 1.0) ++u;
    while (u > low && ratio(u - 1.0) * odds_ratio < 1.0) --u;
    return u;
  }

  /// visit(u, weight) for all u, the weights relative to the mode's, so that none overflows.
  template <class Visit>
  void each(double odds_ratio, const Visit& visit) const {
    const double from = mode(odds_ratio);
    double weight = 1.0;
    for (double u = from; u < high; ++u) {
      visit(u, weight);
      weight *= ratio(u) * odds_ratio;
    }
    visit(high, weight);
    weight = 1.0;
    for (double u = from; u > low; --u) {
      weight /= ratio(u - 1.0) * odds_ratio;
      visit(u - 1.0, weight);
    }
  }
};

// P(A >= a) at an odds ratio.
double upper_tail(const FirstCell& cell, double odds_ratio) {
  if (odds_ratio == 0.0) return cell.observed == cell.low ? 1.0 : 0.0;
  double all = 0, tail = 0;
  cell.each(odds_ratio, [&](double u, double w) {
    all += w;
    tail += u >= cell.observed ? w : 0.0;
  });
  return tail / all;
}

// E(A) at an odds ratio.
double mean(const FirstCell& cell, double odds_ratio) {
  if (odds_ratio == 0.0) return cell.low;
  double all = 0, sum = 0;
  cell.each(odds_ratio, [&](double u, double w) { all += w, sum += w * u; });
  return sum / all;
}

// The odds ratio at which a rising function of it is `target`: looked for between 0 and 1, as itself or as its inverse.
template <class Function>
double solve(const Function& rising, double target, double tolerance) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const double at_one = rising(1.0) - target;
  const auto excess = [&](double x) { return rising(x) - target; };
  const auto excess_of_inverse = [&](double x) { return rising(1.0 / x) - target; };
  if (at_one > 0.0) return brent_root(excess, 0.0, 1.0, excess(0.0), at_one, tolerance);
  if (at_one < 0.0)
    return 1.0 / brent_root(excess_of_inverse, epsilon, 1.0, excess_of_inverse(epsilon), at_one, tolerance);
  return 1.0;
}

double lower_limit(const FourfoldTable& table, double tail, double tolerance) {
  const FirstCell cell(table);
  if (cell.observed == cell.low) return 0.0;
  return solve([&](double odds_ratio) { return upper_tail(cell, odds_ratio); }, tail, tolerance);
}

double conditional_odds_ratio(const FourfoldTable& table, double tolerance) {
  const FirstCell cell(table);
  if (cell.observed == cell.low) return 0.0;
  if (cell.observed == cell.high) return std::numeric_limits<double>::infinity();
  return solve([&](double odds_ratio) { return mean(cell, odds_ratio); }, cell.observed, tolerance);
}

}  // namespace

FisherPValues fisher_p_values(const FourfoldTable& table) {
  const FirstCell cell(table);
  double observed = 0;
  cell.each(1.0, [&](double u, double w) { observed = u == cell.observed ? w : observed; });
  double all = 0;
  FisherPValues p{0, 0, 0};
  cell.each(1.0, [&](double u, double w) {
    all += w;
    p.two_sided += w <= observed * tie ? w : 0.0;
    p.less += u <= cell.observed ? w : 0.0;
    p.greater += u >= cell.observed ? w : 0.0;
  });
  return {p.two_sided / all, p.less / all, p.greater / all};
}

Estimate fisher_exact(const FourfoldTable& t, double confidence, FisherRoots roots) {
  Estimate result;
  result.n = double(t.a) + t.b + t.c + t.d;
  if ((t.a | t.b) == 0 || (t.c | t.d) == 0 || (t.a | t.c) == 0 || (t.b | t.d) == 0) {
    result.status = Status::empty_group;
    return result;
  }
  const FisherPValues p = fisher_p_values(t);
  result.p_value = p.two_sided;
  result.signed_statistic = signed_score(p.less, p.greater);
  const double tail = (1.0 - confidence) / 2.0;
  const double tolerance = roots == FisherRoots::as_r ? std::pow(std::numeric_limits<double>::epsilon(), 0.25) : 0.0;
  result.estimate = conditional_odds_ratio(t, tolerance);
  result.lower = lower_limit(t, tail, tolerance);
  result.upper = 1.0 / lower_limit({t.b, t.a, t.d, t.c}, tail, tolerance);  // the columns changed over
  return result;
}

}  // namespace oligosim
