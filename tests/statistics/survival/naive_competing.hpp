#pragma once

// Second implementations, from the definitions on unsorted rows, with nothing shared with the engine.

#include <complex>
#include <set>
#include <vector>

#include "tests/statistics/survival/competing.hpp"

namespace oligosim::test::naive {

using Rows = CompetingPatients;

template <class Keep>
double count_rows(const Rows& rows, Keep keep) {
  return static_cast<double>(std::count_if(rows.begin(), rows.end(), keep));
}
template <class Keep>
Rows part(const Rows& rows, Keep keep) {
  Rows kept;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(kept), keep);
  return kept;
}
inline std::set<double> event_times(const Rows& rows) {
  std::set<double> distinct;
  for (const CompetingPatient& p : rows) {
    if (p.cause != 0) distinct.insert(p.time);
  }
  return distinct;
}
inline double followed(const Rows& rows, double t) {
  return count_rows(rows, [&](const auto& p) { return p.time >= t; });
}
inline double failing(const Rows& rows, double t) {
  return count_rows(rows, [&](const auto& p) { return p.time == t && p.cause != 0; });
}
inline double failing_of(const Rows& rows, double t, unsigned cause) {
  return count_rows(rows, [&](const auto& p) { return p.time == t && p.cause == cause; });
}

/// S before t: product over the times before it.
inline double event_free_before(const Rows& rows, double t) {
  double s = 1;
  for (const double u : event_times(rows)) {
    if (u < t) s *= 1 - failing(rows, u) / followed(rows, u);
  }
  return s;
}

/// F(t), or F(t-) if `before`.
inline double incidence(const Rows& rows, unsigned cause, double t, bool before = false) {
  double f = 0;
  for (const double u : event_times(rows)) {
    if (before ? u < t : u <= t) f += event_free_before(rows, u) * failing_of(rows, u, cause) / followed(rows, u);
  }
  return f;
}

inline double tied(double events, double n) { return events > 1 ? 1 - (events - 1) / (n - 1) : 1; }

/// Delta method: derivatives of F(t) by the hazard of the cause, and of all others, at each time, by complex steps
/// through the product and the sum that define it.
inline double incidence_variance(const Rows& rows, unsigned cause, double t) {
  using Complex = std::complex<double>;
  const auto derivative = [&](double at, bool of_the_cause) {
    Complex survival = 1, f = 0;
    for (const double u : event_times(rows)) {
      if (u > t) break;
      const Complex step(0, u == at ? 1e-100 : 0);
      const double n = followed(rows, u), own = failing_of(rows, u, cause);
      const Complex hazard = own / n + (of_the_cause ? step : 0);
      f += survival * hazard;
      survival *= 1.0 - failing(rows, u) / n - step;
    }
    return f.imag() / 1e-100;
  };
  double sum = 0;
  for (const double u : event_times(rows)) {
    const double n = followed(rows, u), own = failing_of(rows, u, cause), others = failing(rows, u) - own;
    if (u > t) break;
    if (own > 0) sum += std::pow(derivative(u, true), 2) * tied(own, n) * own / (n * n);
    if (others > 0) sum += std::pow(derivative(u, false), 2) * tied(others, n) * others / (n * n);
  }
  return sum;
}

struct Gray {
  std::vector<double> score;
  std::vector<std::vector<double>> variance;
  bool pools_over_nobody = false;  // 1 - F = 0 where groups are compared
};

/// Gray's test on one stratum: every quantity at every time from its definition, and the variance as the sum over
/// events of the square of (what moves now) - (what moved until now) + (what moves in all), multiplied out.
inline void add_gray(const Rows& rows, unsigned cause, std::size_t groups, double rho, Gray& sums) {
  std::vector<Rows> in(groups);
  for (const CompetingPatient& p : rows) in[p.group].push_back(p);
  const auto risk_set = [&](std::size_t g, double t) {
    return followed(in[g], t) > 0 ? followed(in[g], t) / event_free_before(in[g], t) : 0;
  };
  const auto all = [&](double t) {
    double sum = 0;
    for (std::size_t g = 0; g < groups; ++g) sum += risk_set(g, t);
    return sum;
  };
  const auto pooled = [&](double t, bool before) {
    double f = 0;
    for (const double u : event_times(rows)) {
      if (before ? u < t : u <= t) f += failing_of(rows, u, cause) / all(u);
    }
    return f;
  };
  const auto compared = [&](double t) {
    std::size_t present = 0;
    for (const Rows& g : in) present += followed(g, t) > 0;
    return present > 1 && failing_of(rows, t, cause) > 0;
  };
  const auto now = [&](std::size_t i, std::size_t k, double t) {
    if (!compared(t)) return 0.0;
    return std::pow(1 - pooled(t, true), rho) * risk_set(k, t) * ((i == k) - risk_set(i, t) / all(t));
  };
  const auto until = [&](std::size_t i, std::size_t k, double t) {
    double sum = 0;
    for (const double u : event_times(rows)) {
      if (u > t || !compared(u)) continue;
      const double left = 1 - pooled(u, true);
      sums.pools_over_nobody |= std::abs(left) < 1e-9;
      sum += now(i, k, u) * failing_of(rows, u, cause) / (all(u) * left);
    }
    return sum;
  };
  const auto add = [&](std::size_t k, double t, double spread, double reach, double at_once) {
    std::vector<double> before(groups), in_all(groups);
    for (std::size_t i = 0; i < groups; ++i) {
      before[i] = at_once * now(i, k, t) - reach * until(i, k, t);
      in_all[i] = reach * until(i, k, 1e9);
    }
    for (std::size_t i = 0; i < groups; ++i) {
      for (std::size_t j = 0; j < groups; ++j) {
        sums.variance[i][j] +=
            spread * (before[i] * before[j] + before[i] * in_all[j] + in_all[i] * before[j] + in_all[i] * in_all[j]);
      }
    }
  };
  for (const double t : event_times(rows)) {
    const double events = failing_of(rows, t, cause);
    double free = 0;
    for (std::size_t g = 0; g < groups; ++g) free += risk_set(g, t) * (1 - incidence(in[g], cause, t, true));
    for (std::size_t k = 0; k < groups; ++k) {
      const double n = followed(in[k], t), s = event_free_before(in[k], t),
                   others = failing(in[k], t) - failing_of(in[k], t, cause);
      if (n == 0) continue;
      const double after = failing(in[k], t) == n ? 0 : event_free_before(in[k], t + .5);
      const double competing_reach = after > 0 ? (1 - pooled(t, false)) / after : 0;
      if (events > 0) {
        if (compared(t)) {
          const double expected = events * risk_set(k, t) * (1 - incidence(in[k], cause, t, true)) / free;
          sums.score[k] += std::pow(1 - pooled(t, true), rho) * (failing_of(in[k], t, cause) - expected);
        }
        add(k, t, tied(events, all(t) * s) * s * events / (all(t) * n), 1 - competing_reach, 1);
      }
      if (others > 0 && after > 0) add(k, t, tied(others, n) * s * s * others / (n * n), competing_reach, 0);
    }
  }
}

inline Gray gray(const Rows& rows, unsigned cause, std::size_t groups, std::size_t strata, double rho) {
  Gray sums{std::vector<double>(groups), std::vector<std::vector<double>>(groups, std::vector<double>(groups))};
  for (std::size_t s = 0; s < strata; ++s) {
    add_gray(part(rows, [&](const auto& p) { return strata == 1 || p.stratum == s; }), cause, groups, rho, sums);
  }
  return sums;
}

}  // namespace oligosim::test::naive
