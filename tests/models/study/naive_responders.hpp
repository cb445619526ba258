#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

// The responder study of docs and configs/studies/responder_bias.yaml once more, in plain loops, months, another
// generator and another Cox regression: nothing here is shared with the program.
namespace oligosim::naive {

struct Mechanism {
  double frailty_sd, correlation, hazard_ratio, hazard, responders;
};

struct Responder {
  bool responder, not_evaluable, progressed;
  double time;                                    // progression scan or censoring
  double response;                                // scan that shows the response, censored or not; infinity: never
  double scan, censoring;                         // progression scan, whenever that is
  int scan_number, response_number, last_number;  // of visits, from 1; last: at or before time
};

inline std::vector<Responder> simulate(const Mechanism& m, std::size_t patients, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const std::array<double, 19> planned{1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61, 73, 85, 97, 109};
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> tendency(patients), z(patients);
  for (std::size_t i = 0; i < patients; ++i) {
    z[i] = normal(generator);
    tendency[i] = -m.correlation * z[i] + std::sqrt(1 - m.correlation * m.correlation) * normal(generator);
  }
  // P(N > threshold) = responders, by halving.
  double low = -8, high = 8;
  for (int k = 0; k < 80; ++k) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(middle / std::sqrt(2.0)) > m.responders ? low : high) = middle;
  }
  std::vector<Responder> all;
  for (std::size_t i = 0; i < patients; ++i) {
    Responder p{};
    p.responder = tendency[i] > low;
    const double onset = 0.5 * std::exp(std::log(5.3) + 0.4 * normal(generator));
    double progression = -std::log(1 - uniform(generator)) / (m.hazard * std::exp(m.frailty_sd * z[i]));
    if (p.responder && progression > onset) progression = onset + (progression - onset) / m.hazard_ratio;
    p.censoring = std::max(1.0, 90 - 78 * std::pow(uniform(generator), 1 / 2.2));
    p.scan = p.response = infinity;
    double before = -1;
    std::vector<double> visits;
    for (std::size_t k = 0; k < planned.size(); ++k) {
      before = std::max({planned[k] + 0.3 + 0.6 * normal(generator), 0.5, before + 0.25});
      visits.push_back(before);
      const int number = static_cast<int>(k) + 1;
      if (p.scan_number == 0 && before >= progression) p.scan = before, p.scan_number = number;
      if (p.responder && p.response_number == 0 && before >= onset) p.response = before, p.response_number = number;
    }
    p.not_evaluable = p.scan_number == 1 && uniform(generator) < 0.4;
    p.progressed = p.scan <= p.censoring;
    p.time = std::min(p.scan, p.censoring);
    for (const double visit : visits) p.last_number += visit <= p.time;
    all.push_back(p);
  }
  return all;
}

struct Interval {
  double start, stop;
  bool event;
  int x;
};

struct LogHazardRatio {
  double value, standard_error;
};

/// Efron's partial likelihood of one 0/1 covariate by Newton's method: at each event time the numbers at risk are
/// counted in sorted starts and stops.
inline LogHazardRatio cox(const std::vector<Interval>& rows) {
  std::array<std::vector<double>, 2> starts, stops, events;
  std::vector<double> times;
  for (const Interval& r : rows) {
    starts[r.x].push_back(r.start), stops[r.x].push_back(r.stop);
    if (r.event) events[r.x].push_back(r.stop), times.push_back(r.stop);
  }
  for (auto* group : {&starts, &stops, &events})
    for (auto& one : *group) std::sort(one.begin(), one.end());
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  struct RiskSet {
    double n[2], d[2];
  };
  std::vector<RiskSet> sets;
  for (const double t : times) {
    RiskSet s{};
    for (int x = 0; x < 2; ++x) {
      const auto below = [&](const std::vector<double>& v) {
        return static_cast<double>(std::lower_bound(v.begin(), v.end(), t) - v.begin());
      };
      const auto upto = [&](const std::vector<double>& v) {
        return static_cast<double>(std::upper_bound(v.begin(), v.end(), t) - v.begin());
      };
      s.n[x] = below(starts[x]) - below(stops[x]);
      s.d[x] = upto(events[x]) - below(events[x]);
    }
    sets.push_back(s);
  }
  double beta = 0, information = 0;
  for (int k = 0; k < 50; ++k) {
    double score = 0;
    information = 0;
    for (const RiskSet& s : sets) {
      const double d = s.d[0] + s.d[1];
      score += s.d[1];
      for (double l = 0; l < d; ++l) {
        const double other = s.n[0] - l / d * s.d[0], own = (s.n[1] - l / d * s.d[1]) * std::exp(beta);
        const double share = own / (own + other);
        score -= share;
        information += share * (1 - share);
      }
    }
    beta += score / information;
    if (std::abs(score / information) < 1e-12) break;
  }
  return {beta, 1 / std::sqrt(information)};
}

/// Rows of each analysis, by the names of the study.
inline std::vector<Interval> rows_of(const std::string& analysis, const std::vector<Responder>& patients) {
  std::vector<Interval> rows;
  const auto switched = [&](double time, double at, bool event) {
    if (at < time) {
      rows.push_back({0, at, false, 0});
      rows.push_back({at, time, event, 1});
    } else {
      rows.push_back({0, time, event, 0});
    }
  };
  for (const Responder& p : patients) {
    if (p.not_evaluable) continue;
    const double never = std::numeric_limits<double>::infinity();
    const auto plain = [&](bool x) { rows.push_back({0, p.time, p.progressed, x ? 1 : 0}); };
    const auto landmark = [&](double month) {
      if (p.time > month) rows.push_back({0, p.time - month, p.progressed, p.response <= month ? 1 : 0});
    };
    if (analysis == "naive_before") plain(p.progressed ? p.response < p.scan : p.response <= p.censoring);
    if (analysis == "naive_at") plain(p.response <= p.time);
    if (analysis == "naive_after") plain(p.response <= std::min(p.progressed ? p.scan + 6 : never, p.censoring));
    if (analysis == "oracle") plain(p.responder);
    if (analysis == "landmark_3") landmark(3);
    if (analysis == "landmark_6") landmark(6);
    if (analysis == "time_dependent_dates") switched(p.time, p.response, p.progressed);
    if (analysis == "time_dependent_visits" && p.last_number > 0)
      switched(p.last_number, p.response_number > 0 ? p.response_number : never, p.progressed);
  }
  return rows;
}

}  // namespace oligosim::naive
