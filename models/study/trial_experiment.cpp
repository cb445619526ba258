#include "models/study/trial_experiment.hpp"

#include <algorithm>
#include <optional>

#include "engine/numeric/normal.hpp"
#include "models/study/trial_measures.hpp"
#include "models/study/trial_under_way.hpp"

namespace oligosim {

TrialExperiment::TrialExperiment(const Scenario& scenario, std::uint64_t seed, const std::vector<TrueValue>& truths,
                                 const std::vector<std::vector<TrueValue>>& of_draws)
    : scenario_(scenario),
      seed_(seed),
      stopped_(scenario),
      labels_(scenario.plan->labels()),
      without_visits_(scenario.also_without_visits),
      one_sided_bound_(normal_quantile(1 - scenario.design->alpha())),
      primary_(scenario.plan->position(scenario.design->primary())),
      arms_(ArmsLogRank::of(scenario)) {
  labels_.insert(labels_.end(), stopped_.labels().begin(), stopped_.labels().end());
  const std::vector<std::size_t>& also = scenario_.also_without_visits;
  for (std::size_t k = 0; k < stopped_.labels().size(); ++k)
    if (const auto same = stopped_.same_truth(k); same && std::ranges::binary_search(also, *same))
      without_visits_.push_back(scenario_.plan->labels().size() + k);
  truths_ = by_label(truths);
  for (const std::vector<TrueValue>& of_draw : of_draws) of_draws_.push_back(by_label(of_draw));
  for (const std::string& analysis : scenario_.design->hypotheses())
    hypotheses_.push_back(scenario_.plan->position(analysis));
  layout_ = row_layout(scenario_, labels_, without_visits_);
  columns_ = row_columns(layout_);
}

/// `truths`: true_values(), or none.
Truths TrialExperiment::by_label(std::vector<TrueValue> truths) const {
  const std::vector<std::size_t>& also = scenario_.also_without_visits;
  const std::size_t planned = scenario_.plan->labels().size();
  truths.resize(planned + also.size());
  Truths all{{truths.begin(), truths.begin() + static_cast<std::ptrdiff_t>(planned)},
             std::vector<TrueValue>(labels_.size())};
  for (std::size_t k = 0; k < also.size(); ++k) all.without_visits[also[k]] = truths[planned + k];
  for (std::size_t k = 0; k < stopped_.labels().size(); ++k) {
    const std::optional<std::size_t> same_truth = stopped_.same_truth(k);
    all.observed.push_back(same_truth ? truths[*same_truth] : TrueValue{});
    if (same_truth) all.without_visits[planned + k] = all.without_visits[*same_truth];
  }
  return all;
}

std::vector<TrueValue> TrialExperiment::true_values() const {
  const auto planned = static_cast<std::ptrdiff_t>(scenario_.plan->labels().size());
  std::vector<TrueValue> values(truths_.observed.begin(), truths_.observed.begin() + planned);
  for (const std::size_t k : scenario_.also_without_visits) values.push_back(truths_.without_visits[k]);
  return values;
}

namespace {

std::size_t at_any_look(std::span<const RowColumn> layout, Measured measured) {
  const auto column =
      std::ranges::find_if(layout, [&](const RowColumn& c) { return c.measured == measured && c.look == 0; });
  return static_cast<std::size_t>(column - layout.begin());
}

}  // namespace

std::size_t TrialExperiment::rejects_column() const { return at_any_look(layout_, Measured::reject); }

std::size_t TrialExperiment::efficacy_column() const {
  return at_any_look(layout_, scenario_.design->sides() == 1 ? Measured::reject : Measured::efficacy);
}

/// Calls f(trial under way, its patients, estimates) at the end of a replicate.
template <class F>
void TrialExperiment::run_to_the_end(std::uint32_t number, Arena& arena, const F& f) const {
  const Streams streams(seed_, number);
  const Trial& trial = scenario_.trial_of(streams);
  Patients patients = trial.simulate(streams, arena);
  const Resampling by = Resampling::of(streams);
  TrialUnderWay under_way(scenario_, trial, stopped_, primary_, arms_, hypotheses_, patients, by, arena);
  scenario_.design->conduct(under_way);
  const std::span<Estimate> estimates = arena.take<Estimate>(labels_.size());
  const std::size_t planned = scenario_.plan->labels().size();
  under_way.evaluate(estimates.first(planned));
  std::ranges::copy(under_way.adjusted, estimates.begin() + static_cast<std::ptrdiff_t>(planned));
  f(under_way, patients, estimates);
}

void TrialExperiment::replicate(std::uint32_t number, Arena& arena, std::span<double> row) const {
  const Truths& truths = of_draws_.empty() ? truths_ : of_draws_[scenario_.draw_of(Streams(seed_, number))];
  run_to_the_end(number, arena, [&](const auto& under_way, const Patients& patients, auto estimates) {
    const EndedTrial ended{scenario_, under_way, patients, labels_, estimates, truths, one_sided_bound_};
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = ended.measured(layout_[k]);
  });
}

TrialExperiment::Record TrialExperiment::record(std::uint32_t number, Arena& arena) const {
  std::optional<Record> record;
  run_to_the_end(number, arena, [&](auto& under_way, const Patients& patients, auto estimates) {
    record = {under_way.seen.first(under_way.looks), under_way.decision, patients, &under_way.data(), estimates};
  });
  return *record;
}

}  // namespace oligosim
