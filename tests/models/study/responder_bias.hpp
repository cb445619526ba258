#pragma once

#include <gtest/gtest.h>

#include "models/study/truth.hpp"
#include "tests/models/study/naive_responders.hpp"

namespace oligosim {

inline const std::vector<std::string> responder_analyses{
    "naive_before", "naive_at",   "naive_after",          "oracle",
    "landmark_3",   "landmark_6", "time_dependent_dates", "time_dependent_visits"};

inline naive::Mechanism mechanism_of(const std::string& scenario, const DiseaseModel& model) {
  naive::Mechanism m{.frailty_sd = scenario == "null_no_frailty" ? 0.0 : 1.0,
                     .correlation = scenario == "confounded" ? 0.4 : 0.0,
                     .hazard_ratio = scenario == "causal" ? 0.5 : 1.0,
                     .hazard = 0,
                     .responders = 0};
  m.hazard = model.solved()[0].value;
  m.responders = model.solved()[1].value;
  return m;
}

inline Study responder_study() {
  return load_study(std::string(OLIGOSIM_SOURCE_DIR) + "/configs/studies/responder_bias.yaml", {});
}

inline TrueValue value_of(const Plan& plan, const std::vector<TrueValue>& values, const std::string& analysis) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (plan.labels()[k].analysis == analysis && plan.labels()[k].parameter == "log_hazard_ratio") return values[k];
  throw std::runtime_error("no " + analysis);
}

/// Both large-sample hazard ratios of every analysis of a scenario, within four standard errors of their difference.
inline void expect_agreement(const Scenario& scenario, std::size_t in_program, std::size_t in_plain_loops) {
  scenario.disease->prepare();
  const auto patients = naive::simulate(mechanism_of(scenario.name, *scenario.disease), in_plain_loops, 7);
  const auto values = simulated_values(scenario, 20250611, {in_program}, 2);
  for (const std::string& analysis : responder_analyses) {
    const naive::LogHazardRatio other = naive::cox(naive::rows_of(analysis, patients));
    const TrueValue own = value_of(*scenario.plan, values, analysis);
    EXPECT_NEAR(own.value, other.value, 4 * std::hypot(own.standard_error, other.standard_error))
        << scenario.name << ", " << analysis;
  }
}

}  // namespace oligosim
