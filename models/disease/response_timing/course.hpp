#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/random/stream.hpp"
#include "models/disease/response_timing/parameters.hpp"

namespace oligosim {

/// Uniform draws of all patients, one element a patient.
struct ResponseTimingDraws {
  std::span<double> frailty_u, response_u, progression_u, onset_u, evaluable_u;

  double frailty(std::size_t i) const { return normal_quantile(frailty_u[i]); }
};

inline ResponseTimingDraws response_timing_draws(const Streams& streams, std::size_t patients, Arena& arena) {
  const auto take = [&] { return arena.take<double>(patients); };
  const ResponseTimingDraws draws{take(), take(), take(), take(), take()};
  streams.uniforms(Purpose::baseline, 0, {{draws.frailty_u, draws.response_u}});
  streams.uniforms(Purpose::response, 0, {{draws.onset_u, draws.evaluable_u}});
  streams.first_uniforms(Purpose::course, 0, draws.progression_u);
  return draws;
}

/// R* of a patient; patients above the threshold respond.
inline double response_tendency(const ResponseTimingParameters& p, const ResponseTimingDraws& draws, std::size_t i) {
  const double rho = p.frailty_correlation;
  return -rho * draws.frailty(i) + std::sqrt(1 - rho * rho) * normal_quantile(draws.response_u[i]);
}

/// Month in which the patient's response begins, if the patient is a responder.
inline double response_onset(const ResponseTimingParameters& p, const ResponseTimingDraws& draws, std::size_t i) {
  return p.onset_fraction * p.best_median_months * elementary::exp(p.best_log_sd * normal_quantile(draws.onset_u[i]));
}

/// Months until `month` as a responder's hazard counts them: less after the onset where the response is a cause.
inline double responder_months(const ResponseTimingParameters& p, double onset, double month) {
  return month <= onset ? month : onset + p.hazard_ratio_after_onset * (month - onset);
}

/// Its inverse.
inline double month_of_responder(const ResponseTimingParameters& p, double onset, double months) {
  return months <= onset ? months : onset + (months - onset) / p.hazard_ratio_after_onset;
}

}  // namespace oligosim
