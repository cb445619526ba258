#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/analysis/plan.hpp"
#include "models/design/design.hpp"
#include "models/study/distribution.hpp"
#include "models/study/failures.hpp"
#include "models/study/families.hpp"
#include "models/trial/trial.hpp"

namespace oligosim {

/// The disease model under one draw of its parameters, and the trial with it.
struct ParameterDraw {
  std::shared_ptr<DiseaseModel> disease;
  std::shared_ptr<Trial> trial;
};

/// One scenario of a study, read and validated: everything that a replicate needs.
struct Scenario {
  std::string name;
  std::shared_ptr<DiseaseModel> disease;
  std::shared_ptr<Trial> trial;
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<const Design> design;
  WantedDistributions distributions = {};
  std::vector<Family> families = {};
  std::optional<FailureLimit> failures = {};
  std::vector<int> at_looks = {};        // from 1, those whose metrics are told as well as the final ones
  bool estimates_of_stopping = true;     // StoppedEstimates; false where another scenario's design has none
  bool truth_without_crossover = false;  // true values are those of the trial in which nobody crosses over
  /// Positions among the plan's labels of numbers that are held against their values without visits as well.
  std::vector<std::size_t> also_without_visits = {};
  bool own_truths = false;                // replicates have them: this scenario, or another one, has draws
  std::vector<ParameterDraw> draws = {};  // of `disease.posterior`; none: the parameters are those of the disease file

  /// Solves what the arms should show, under each draw on its own. To be called before anything is simulated.
  void prepare(unsigned threads) const;
  /// What was solved for; with draws the median of them, and their range in words.
  std::vector<SolvedValue> solved() const;
  /// Which draw a replicate has: equally likely, by a stream of its own, so that no other number moves.
  std::size_t draw_of(const Streams& streams) const;
  /// The trial that a replicate simulates.
  const Trial& trial_of(const Streams& streams) const {
    return draws.empty() ? *trial : *draws[draw_of(streams)].trial;
  }
  /// The scenario whose true values it is held against: itself, or the same without crossover.
  Scenario of_truth() const;
  /// The same whose patients are watched at every moment (Trial::without_visits); nothing where visits show nothing.
  std::optional<Scenario> without_visits() const;
  /// The scenario with the parameters of draw k for certain.
  Scenario at_draw(std::size_t k) const;
};

}  // namespace oligosim
