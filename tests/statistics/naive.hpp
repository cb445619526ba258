#pragma once

// Second implementations, from the definitions on unsorted rows, with nothing shared with the engine.

#include <cmath>
#include <complex>
#include <functional>
#include <numeric>
#include <set>
#include <vector>

#include "tests/statistics/patients.hpp"

namespace oligosim::test::naive {

template <class Keep>
double count(const Patients& rows, Keep keep) {
  return static_cast<double>(std::count_if(rows.begin(), rows.end(), keep));
}

inline std::set<double> times(const Patients& rows, bool events_only) {
  std::set<double> distinct;
  for (const Patient& p : rows) {
    if (p.event || !events_only) distinct.insert(p.time);
  }
  return distinct;
}

inline double at_risk(const Patients& rows, double t) {
  return count(rows, [&](const Patient& p) { return p.time >= t; });
}
inline double events(const Patients& rows, double t) {
  return count(rows, [&](const Patient& p) { return p.time == t && p.event; });
}

/// S(t), or S(t-) if `before`.
inline double survival(const Patients& rows, double t, bool before = false) {
  double s = 1;
  for (const double u : times(rows, true)) {
    if (before ? u < t : u <= t) s *= 1 - events(rows, u) / at_risk(rows, u);
  }
  return s;
}

inline double greenwood(const Patients& rows, double t) {
  double sum = 0;
  for (const double u : times(rows, true)) {
    const double n = at_risk(rows, u), d = events(rows, u);
    if (u <= t) sum += d / (n * (n - d));
  }
  return sum;
}

/// Inverse of the points (t, y) at p as R's findq does it: duplicates of y out, sorted by y, the constant interpolation
/// from the right of approx(), once with y + tol and once with y - tol.
inline double find_quantile(std::vector<std::pair<double, double>> points, double p) {
  const double tol = std::sqrt(std::numeric_limits<double>::epsilon());
  const double last_time = points.back().first;
  std::vector<std::pair<double, double>> kept;  // (y, t)
  bool last_is_missing = false;
  for (const auto& [t, y] : points) {
    if (std::isnan(y)) {
      last_is_missing = true;
    } else if (std::none_of(kept.begin(), kept.end(), [y = y](const auto& k) { return k.first == y; })) {
      kept.emplace_back(y, t);
      last_is_missing = false;
    }
  }
  const double last_y = kept.back().first;
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto interpolate = [&](double shift) {
    if (p < kept.front().first + shift) return missing;
    for (const auto& [y, t] : kept) {
      if (y + shift >= p) return t;
    }
    return missing;
  };
  const double from = interpolate(tol);
  if (!last_is_missing && std::abs(p - last_y) < tol) return (from + last_time) / 2;
  return (from + interpolate(-tol)) / 2;
}

struct LogRank {
  std::vector<double> observed, expected;
  std::vector<std::vector<double>> variance;
};

inline LogRank log_rank(const Patients& rows, std::size_t groups, std::size_t strata, double rho, double gamma) {
  LogRank sums{std::vector<double>(groups), std::vector<double>(groups),
               std::vector<std::vector<double>>(groups, std::vector<double>(groups))};
  for (std::size_t s = 0; s < strata; ++s) {
    Patients stratum;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(stratum),
                 [&](const Patient& p) { return strata == 1 || p.stratum == s; });
    for (const double t : times(stratum, true)) {
      const double before = survival(stratum, t, true);
      const double w = std::pow(before, rho) * std::pow(1 - before, gamma);
      const double n = at_risk(stratum, t), d = events(stratum, t);
      for (std::size_t g = 0; g < groups; ++g) {
        const auto in = [&](std::size_t k) {
          return count(stratum, [&](const Patient& p) { return p.time >= t && p.group == k; });
        };
        sums.observed[g] +=
            w * count(stratum, [&](const Patient& p) { return p.time == t && p.event && p.group == g; });
        sums.expected[g] += w * d * in(g) / n;
        for (std::size_t h = 0; h < groups && n > 1; ++h) {
          sums.variance[g][h] += w * w * d * (n - d) / (n - 1) * (in(g) / n) * ((g == h) - in(h) / n);
        }
      }
    }
  }
  return sums;
}

/// a'V^-1 a by Gauss-Jordan elimination with pivoting.
inline double quadratic_form(std::vector<std::vector<double>> v, const std::vector<double>& a) {
  const std::size_t n = a.size();
  std::vector<double> x = a;
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t best = c;
    for (std::size_t r = c; r < n; ++r) best = std::abs(v[r][c]) > std::abs(v[best][c]) ? r : best;
    if (std::abs(v[best][c]) < 1e-12) return missing;
    std::swap(v[c], v[best]);
    std::swap(x[c], x[best]);
    for (std::size_t r = 0; r < n; ++r) {
      if (r == c) continue;
      const double factor = v[r][c] / v[c][c];
      for (std::size_t k = c; k < n; ++k) v[r][k] -= factor * v[c][k];
      x[r] -= factor * x[c];
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * x[i] / v[i][i];
  return sum;
}

/// Log partial likelihood; V is double, or a number type that carries derivatives.
template <class V>
V log_likelihood(const Patients& rows, const std::vector<std::size_t>& columns, const std::vector<V>& beta, Ties ties,
                 bool stratified) {
  using std::exp, std::log;
  const auto predictor = [&](const Patient& p) {
    V sum(0.0);
    for (std::size_t j = 0; j < columns.size(); ++j) sum = sum + beta[j] * V(p.x[columns[j]]);
    return sum;
  };
  V total(0.0);
  for (const double t : times(rows, true)) {
    for (std::size_t s = 0; s < 2; ++s) {
      V risk(0.0), dying(0.0);
      double d = 0;
      for (const Patient& p : rows) {
        if (p.time < t || (stratified ? p.stratum != s : s > 0)) continue;
        const V r = exp(predictor(p));
        risk = risk + r;
        if (p.time == t && p.event) dying = dying + r, total = total + predictor(p), ++d;
      }
      for (double k = 0; k < d; ++k) total = total - log(risk - V(ties == Ties::efron ? k / d : 0.0) * dying);
    }
  }
  return total;
}

/// A value with its first two derivatives in one variable.
struct Jet {
  double value, first = 0, second = 0;
  explicit Jet(double v, double f = 0, double s = 0) : value(v), first(f), second(s) {}
  friend Jet operator+(Jet a, Jet b) { return Jet(a.value + b.value, a.first + b.first, a.second + b.second); }
  friend Jet operator-(Jet a, Jet b) { return Jet(a.value - b.value, a.first - b.first, a.second - b.second); }
  friend Jet operator*(Jet a, Jet b) {
    return Jet(a.value * b.value, a.first * b.value + a.value * b.first,
               a.second * b.value + 2 * a.first * b.first + a.value * b.second);
  }
  friend Jet exp(Jet a) {
    const double e = std::exp(a.value);
    return Jet(e, e * a.first, e * (a.second + a.first * a.first));
  }
  friend Jet log(Jet a) {
    const double u = a.first / a.value;
    return Jet(std::log(a.value), u, a.second / a.value - u * u);
  }
};

/// Log likelihood of one covariate with its derivatives.
inline Jet profile(const Patients& rows, std::size_t column, double beta, Ties ties, bool stratified) {
  return log_likelihood<Jet>(rows, {column}, {Jet(beta, 1)}, ties, stratified);
}

/// Minus the Hessian at beta, from exact second derivatives along e_j, e_k and e_j + e_k.
inline std::vector<std::vector<double>> information(const Patients& rows, const std::vector<std::size_t>& columns,
                                                    const std::vector<double>& beta, Ties ties, bool stratified) {
  const auto curvature = [&](std::size_t j, std::size_t k) {
    std::vector<Jet> at;
    for (std::size_t i = 0; i < beta.size(); ++i) at.emplace_back(beta[i], i == j || i == k);
    return log_likelihood<Jet>(rows, columns, at, ties, stratified).second;
  };
  std::vector<std::vector<double>> result(beta.size(), std::vector<double>(beta.size()));
  for (std::size_t j = 0; j < beta.size(); ++j) {
    for (std::size_t k = 0; k < beta.size(); ++k) {
      result[j][k] = j == k ? -curvature(j, j) : -(curvature(j, k) - curvature(j, j) - curvature(k, k)) / 2;
    }
  }
  return result;
}

/// The root of the score by bisection in [-30, 30], polished by Newton; NaN if the score does not change its sign.
inline double maximize(const Patients& rows, std::size_t column, Ties ties, bool stratified) {
  const auto score = [&](double beta) { return profile(rows, column, beta, ties, stratified).first; };
  double low = -30, high = 30;
  if (score(low) < 1e-6 || score(high) > -1e-6) return missing;
  for (int i = 0; i < 12; ++i) {
    const double middle = (low + high) / 2;
    (score(middle) > 0 ? low : high) = middle;
  }
  double beta = (low + high) / 2;
  for (int i = 0; i < 8; ++i) {
    const Jet l = profile(rows, column, beta, ties, stratified);
    beta -= l.first / l.second;
  }
  return beta;
}

/// Gradient by complex steps: exact to rounding, from the likelihood alone.
inline std::vector<double> gradient(const Patients& rows, const std::vector<std::size_t>& columns,
                                    const std::vector<double>& beta, Ties ties, bool stratified) {
  using Complex = std::complex<double>;
  std::vector<double> result;
  for (std::size_t j = 0; j < beta.size(); ++j) {
    std::vector<Complex> at(beta.begin(), beta.end());
    at[j] += Complex(0, 1e-100);
    result.push_back(log_likelihood<Complex>(rows, columns, at, ties, stratified).imag() / 1e-100);
  }
  return result;
}

}  // namespace oligosim::test::naive
