#pragma once

// A two-arm trial of exponential survival written as plainly as possible, with another generator and other code than
// the program's, to check its power against.

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace oligosim {

struct NaiveTrial {
  int patients = 200;
  double rate_per_month = 10;
  double control_median = 6;
  double hazard_ratio = 1;
  double dropout_by_12 = 0;
  int control_share = 1, experimental_share = 1;  // allocation; one block is 2 * their sum
  std::vector<int> event_looks;
  std::vector<double> boundaries;
  std::vector<double> futility = {};  // empty: none
};

/// The look, from 0, at which a trial stopped, and whether it claims efficacy there.
struct NaiveStop {
  std::size_t look;
  bool efficacy, futility;
};

struct NaivePatient {
  double entry, event, dropout;
  int arm;
};

/// Log-rank z of the patients as known at a calendar time; positive where arm 1 does better.
inline double naive_log_rank(const std::vector<NaivePatient>& patients, double now) {
  double difference = 0, variance = 0;
  const auto followed = [now](const NaivePatient& p) { return std::min({p.event, p.dropout, now - p.entry}); };
  for (const NaivePatient& p : patients) {
    if (p.entry >= now || p.event > p.dropout || p.entry + p.event > now) continue;
    double at_risk[2] = {0, 0};
    for (const NaivePatient& q : patients)
      if (q.entry < now && followed(q) >= p.event) ++at_risk[q.arm];
    const double share = at_risk[1] / (at_risk[0] + at_risk[1]);
    difference += share - p.arm;
    variance += share * (1 - share);
  }
  return difference / std::sqrt(variance);
}

inline std::vector<NaivePatient> naive_patients(const NaiveTrial& t, std::mt19937_64& random) {
  std::exponential_distribution<double> unit(1);
  std::vector<NaivePatient> patients;
  std::vector<int> block;
  double entry = 0;
  for (int i = 0; i < t.patients; ++i) {
    if (block.empty()) {
      block.assign(static_cast<std::size_t>(2 * t.control_share), 0);
      block.insert(block.end(), static_cast<std::size_t>(2 * t.experimental_share), 1);
      std::shuffle(block.begin(), block.end(), random);
    }
    const int arm = block.back();
    block.pop_back();
    entry += unit(random) / t.rate_per_month;
    const double hazard = std::log(2.0) / t.control_median * (arm ? t.hazard_ratio : 1);
    const double loss = -std::log1p(-t.dropout_by_12) / 12;
    patients.push_back({entry, unit(random) / hazard, loss > 0 ? unit(random) / loss : 1e300, arm});
  }
  return patients;
}

/// How this trial ends. Looks at the given numbers of events.
inline NaiveStop naive_stop(const NaiveTrial& t, std::mt19937_64& random) {
  const std::vector<NaivePatient> patients = naive_patients(t, random);
  std::vector<double> calendar;
  for (const NaivePatient& p : patients)
    if (p.event <= p.dropout) calendar.push_back(p.entry + p.event);
  std::sort(calendar.begin(), calendar.end());
  for (std::size_t k = 0; k < t.event_looks.size(); ++k) {
    const auto last = static_cast<std::size_t>(t.event_looks[k]) - 1;
    if (last >= calendar.size()) return {k, naive_log_rank(patients, 1e9) >= t.boundaries.back(), false};
    const double z = naive_log_rank(patients, calendar[last]);
    if (z >= t.boundaries[k]) return {k, true, false};
    if (k < t.futility.size() && z < t.futility[k]) return {k, false, true};
  }
  return {t.event_looks.size() - 1, false, false};
}

/// Does this trial reject?
inline bool naive_rejects(const NaiveTrial& t, std::mt19937_64& random) { return naive_stop(t, random).efficacy; }

}  // namespace oligosim
