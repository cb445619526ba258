#include "models/calibration/target_simulator.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/config.hpp"

namespace oligosim {
namespace {

/// Leaves the analyses out that no target needs.
void keep_analyses(YamlNode& document, const std::vector<Target>& targets) {
  YamlNode& analyses = *document.find("plan")->find("analyses");
  std::erase_if(analyses.items, [&](const YamlNode& item) {
    const YamlNode* name = item.find("name");
    return !name || std::ranges::none_of(targets, [&](const Target& t) { return t.analysis == name->scalar; });
  });
}

}  // namespace

TargetSimulator::TargetSimulator(const Calibration& calibration, bool fit_only)
    : calibration_(calibration), targets_(calibration.targets), document_(calibration.document) {
  if (fit_only) std::erase_if(targets_, [](const Target& t) { return !t.used_in_fit; });
  keep_analyses(document_, targets_);
  Problems problems;
  ConfigNode root(document_, problems);
  const CohortModel model = read_cohort_model(root, problems);
  plan_ = std::make_unique<Plan>(root.child("plan"), Trial::cut_columns(*model.disease, model.trial->arms()));
  for (const Target& t : targets_) label_.push_back(label_of(*plan_, t));
}

std::optional<CohortModel> TargetSimulator::model(std::span<const double> coordinates, std::size_t times) const {
  Problems problems;
  const YamlNode own =
      with_values(times == 1 ? document_ : enlarged(document_, times), calibration_.values(coordinates), problems);
  ConfigNode root(own, problems);
  CohortModel model = read_cohort_model(root, problems);
  if (!problems.empty()) return {};
  model.trial->need(plan_->needed_columns());
  return model;
}

void TargetSimulator::simulate(const CohortModel& model, const Streams& streams, Arena& arena,
                               std::span<double> values) const {
  const Patients patients = model.trial->simulate(streams, arena);
  const Cohort data = model.trial->cut(patients, model.cut_off_day, arena);
  PlanData shared(data, plan_->parts(), arena);
  const std::span<Estimate> estimates = arena.take<Estimate>(plan_->labels().size());
  plan_->evaluate(shared, arena, estimates);
  for (std::size_t k = 0; k < targets_.size(); ++k) values[k] = targets_[k].value(estimates[label_[k]]);
}

std::optional<std::vector<double>> TargetSimulator::at_large(std::span<const double> coordinates, std::size_t times,
                                                             const Streams& streams, Arena& arena) const {
  const std::optional<CohortModel> large = model(coordinates, times);
  if (!large) return {};
  std::vector<double> values(targets_.size());
  simulate(*large, streams, arena, values);
  for (std::size_t k = 0; k < targets_.size(); ++k) {
    if (targets_[k].field == TargetField::signed_statistic) values[k] /= std::sqrt(static_cast<double>(times));
    if (targets_[k].field == TargetField::n_events) values[k] /= static_cast<double>(times);
  }
  return values;
}

}  // namespace oligosim
