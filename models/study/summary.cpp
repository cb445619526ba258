#include "models/study/summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "models/study/without_visits.hpp"

namespace oligosim {
namespace {

/// As the column `look` has it; 0 is the end of the trial.
std::string look_name(int look) { return look == 0 ? "final" : std::to_string(look); }

/// Folded columns of one estimate by what they measure.
struct Slots {
  const Folded& folded;
  std::map<Measured, std::size_t> column;

  const Moments& moments(Measured m) const { return folded.moments[column.at(m)]; }
  const Sketch& sketch(Measured m) const { return folded.sketches[column.at(m)]; }
  bool has(Measured m) const { return column.count(m) != 0; }
};

class Summarizer {
 public:
  Summarizer(const TrialExperiment& experiment, const Folded& folded) : experiment_(experiment), folded_(folded) {}

  std::vector<SummaryRow> rows() {
    design_rows();
    family_rows();
    hypothesis_rows();
    course_rows();
    for (std::size_t k = 0; k < experiment_.labels().size(); ++k) estimate_rows(k);
    for (const int look : experiment_.scenario().at_looks) rows_at(look);
    return std::move(rows_);
  }

 private:
  void add(const std::string& metric, const Measure& measure, double truth = missing, const std::string& look = "final",
           double threshold = missing) {
    rows_.push_back({experiment_.scenario().name, look, label_, metric, threshold, measure, truth});
  }

  void design_rows() {
    label_ = {};
    label_.analysis = experiment_.scenario().design->primary();
    for (std::size_t k = 0; k < experiment_.layout().size(); ++k) {
      const RowColumn& column = experiment_.layout()[k];
      const std::string look = look_name(column.look);
      const Moments& m = folded_.moments[k];
      switch (column.measured) {
        case Measured::reject:
          add("reject", share(m), missing, look);
          if (experiment_.scenario().design->sides() == 1) add("stop_efficacy", share(m), missing, look);
          break;
        case Measured::efficacy:
          add("stop_efficacy", share(m), missing, look);
          break;
        case Measured::harm:
          add("stop_harm", share(m), missing, look);
          break;
        case Measured::futility:
          add("stop_futility", share(m), missing, look);
          break;
        case Measured::n:
          add("expected_n", mean(m), missing, look);
          break;
        case Measured::events:
          add("expected_events", mean(m), missing, look);
          break;
        case Measured::duration:
          add("expected_duration_months", mean(m), missing, look);
          break;
        case Measured::events_not_reached:
          add("events_not_reached", share(m));
          break;
        default:
          break;
      }
    }
  }

  void family_rows() {
    for (std::size_t c = 0; c < experiment_.layout().size(); ++c) {
      const RowColumn& column = experiment_.layout()[c];
      if (column.measured != Measured::any_rejects) continue;
      label_ = {};
      label_.analysis = experiment_.scenario().families[column.label].name;
      add("any_rejects", share(folded_.moments[c]), missing, look_name(column.look));
    }
  }

  /// Hypotheses that are tested together.
  void hypothesis_rows() {
    const Design& design = *experiment_.scenario().design;
    for (std::size_t c = 0; c < experiment_.layout().size(); ++c) {
      const RowColumn& column = experiment_.layout()[c];
      if (part_of(column.measured) != RowPart::hypotheses) continue;
      label_ = {};
      label_.analysis = design.primary();
      const Measure measured = share(folded_.moments[c]);
      if (column.measured == Measured::hypothesis_rejected) {
        label_.analysis = design.hypotheses()[column.label];
        add("adjusted_reject", measured, missing, look_name(column.look));
      } else if (column.measured == Measured::any_hypothesis) {
        add("adjusted_reject_any", measured);
      } else if (column.measured == Measured::all_hypotheses) {
        add("adjusted_reject_all", measured);
      } else if (design.true_nulls() != 0) {
        add("familywise_error", measured);
      }
    }
  }

  /// Ways to go on that the design may choose.
  void course_rows() {
    const Design& design = *experiment_.scenario().design;
    for (std::size_t c = 0; c < experiment_.layout().size(); ++c) {
      const RowColumn& column = experiment_.layout()[c];
      if (part_of(column.measured) != RowPart::course) continue;
      label_ = {};
      label_.analysis = design.primary();
      label_.term = design.courses()[column.label];
      const Moments& m = folded_.moments[c];
      if (column.measured == Measured::course_taken) add("course_share", share(m));
      if (column.measured == Measured::course_reject) add("course_reject", share(m));
      if (column.measured == Measured::course_n) add("course_expected_n", mean(m));
      if (column.measured == Measured::course_events) add("course_expected_events", mean(m));
      if (column.measured == Measured::course_duration) add("course_expected_duration_months", mean(m));
    }
  }

  void estimate_rows(std::size_t k) {
    label_ = experiment_.labels()[k];
    const Slots slots = slots_of(k, 0);
    if (slots.has(Measured::rejects)) {
      add("power", share_of_all(slots.moments(Measured::rejects)));
      add("power_excluding_missing", share(slots.moments(Measured::rejects)));
    }
    const TrueValue& truth = experiment_.truths().observed[k];
    if (slots.has(Measured::estimate)) location_rows(slots, truth);
    if (slots.has(Measured::covered)) interval_rows(slots, truth.value);
    if (slots.has(Measured::estimate)) distribution_rows(k, slots, 0);
    if (std::ranges::binary_search(experiment_.without_visits(), k)) rows_without_visits(k, slots);
  }

  /// An estimate against the value without visits.
  void rows_without_visits(std::size_t k, const Slots& slots) {
    const TrueValue& truth = experiment_.truths().without_visits[k];
    if (std::isnan(truth.value)) return;
    label_.parameter += without_visits_suffix;
    const Slots own = slots_of(k, 0, true);
    const Errors found = errors(slots.moments(Measured::estimate), own, truth);
    add("bias", found.mean(), truth.value);
    add("mse", found.mean_square(), truth.value);
    if (own.has(Measured::covered)) coverage_rows(own, truth.value);
  }

  /// Estimates at a look, of the trials that came to it.
  void rows_at(int look) {
    const std::string at = look_name(look);
    for (std::size_t k = 0; k < experiment_.scenario().plan->labels().size(); ++k) {
      label_ = experiment_.labels()[k];
      const Slots slots = slots_of(k, look);
      if (slots.has(Measured::rejects)) add("power", share(slots.moments(Measured::rejects)), missing, at);
      if (slots.has(Measured::estimate)) {
        centre_rows(slots, missing, at);
        error_rows(slots, at);
      }
      if (slots.has(Measured::width)) add("interval_width", mean(slots.moments(Measured::width)), missing, at);
      if (slots.has(Measured::estimate)) distribution_rows(k, slots, look);
    }
  }

  Slots slots_of(std::size_t k, int look, bool without_visits = false) const {
    Slots slots{folded_, {}};
    for (std::size_t c = 0; c < experiment_.layout().size(); ++c) {
      const RowColumn& column = experiment_.layout()[c];
      if (is_of_estimate(column, k, look) && column.without_visits == without_visits) slots.column[column.measured] = c;
    }
    return slots;
  }

  /// Where the statistic or the estimate is missing, the answer is no.
  static Measure share_of_all(Moments indicator) {
    const std::uint64_t lost = indicator.missing;
    Moments none;
    none.n = lost;
    indicator.merge(none);
    indicator.missing = 0;
    Measure m = share(indicator);
    m.n_missing = lost;
    return m;
  }

  static bool is_of_estimate(const RowColumn& column, std::size_t k, int look) {
    return part_of(column.measured) == RowPart::estimate && column.label == k && column.look == look;
  }

  /// What the study asks of the distribution of estimate k.
  void distribution_rows(std::size_t k, const Slots& slots, int look) {
    const std::string at = look_name(look);
    for (const double p : experiment_.scenario().distributions.of(label_).quantiles)
      add("quantile", quantile(slots.sketch(Measured::natural), p, slots.moments(Measured::estimate).missing), missing,
          at, p);
    for (std::size_t c = 0; c < experiment_.layout().size(); ++c) {
      const RowColumn& column = experiment_.layout()[c];
      if (!is_of_estimate(column, k, look)) continue;
      const Moments& m = folded_.moments[c];
      if (column.measured == Measured::at_most)
        add("share_at_most", look == 0 ? share_of_all(m) : share(m), missing, at, column.threshold);
      if (column.measured == Measured::contains) add("interval_contains", share(m), missing, at, column.threshold);
    }
  }

  void centre_rows(const Slots& slots, double truth, const std::string& at) {
    const Moments& x = slots.moments(Measured::estimate);
    add("mean", label_.ratio ? geometric_mean(x) : mean(x), truth, at);
    add("median", median(slots.sketch(Measured::natural), x.missing), truth, at);
  }

  void error_rows(const Slots& slots, const std::string& at) {
    add("empirical_se", empirical_se(slots.moments(Measured::estimate)), missing, at);
    const Moments& variance = slots.moments(Measured::variance);
    if (variance.n > 0) add("model_se", model_se(variance), missing, at);
  }

  /// How far estimates are from a true value.
  struct Errors {
    const Moments& found;  // the estimates, or their deviations from each replicate's own true value
    double expected;
    double truth_error;
    double of_own_truths;  // squares of the errors of the true values of each draw, which the deviations hold

    Measure mean() const { return bias(found, expected, truth_error); }
    Measure mean_square() const {
      Measure m = mean_squared_error(found, expected, truth_error);
      for (double* part : {&m.value, &m.lower, &m.upper}) *part -= of_own_truths;
      return m;
    }
  };

  /// `own`: with the deviations, where replicates have true values of their own. A draw whose numbers are missing more
  /// often then weighs less in the estimates and in their truths alike.
  Errors errors(const Moments& estimates, const Slots& own, const TrueValue& truth) const {
    const double error = std::isnan(truth.standard_error) ? 0 : truth.standard_error;
    if (!drawn() || !own.has(Measured::deviation))
      return {estimates, label_.ratio ? std::log(truth.value) : truth.value, error, 0};
    const auto draws = static_cast<double>(experiment_.scenario().draws.size());
    return {own.moments(Measured::deviation), 0, error, draws * error * error};
  }

  void location_rows(const Slots& slots, const TrueValue& of) {
    const Moments& x = slots.moments(Measured::estimate);
    centre_rows(slots, of.value, look_name(0));
    if (!std::isnan(of.value)) add("bias", errors(x, slots, of).mean(), of.value);
    error_rows(slots, look_name(0));
    if (slots.moments(Measured::variance).n > 0 && !drawn())
      add("relative_error", relative_error(x, slots.moments(Measured::variance)));
    if (!std::isnan(of.value)) add("mse", errors(x, slots, of).mean_square(), of.value);
    add("missing", missing_share(x));
  }

  /// Whether each replicate has parameters of its own: the estimates then vary because the truth does, and what
  /// takes their spread for sampling variation is left out.
  bool drawn() const { return !experiment_.scenario().draws.empty(); }

  /// Share of replicates without a finite estimate.
  static Measure missing_share(const Moments& x) {
    Moments lost;
    lost.n = x.missing + x.infinite;
    lost.mean = 1;
    Moments found;
    found.n = x.n;
    lost.merge(found);
    return share(lost);
  }

  void coverage_rows(const Slots& slots, double truth) {
    add("coverage", share(slots.moments(Measured::covered)), truth);
    add("miss_below", share(slots.moments(Measured::miss_below)), truth);
    add("miss_above", share(slots.moments(Measured::miss_above)), truth);
  }

  void interval_rows(const Slots& slots, double truth) {
    if (!std::isnan(truth) || slots.moments(Measured::covered).n > 0) {
      coverage_rows(slots, truth);
      add("coverage_reached", share(slots.moments(Measured::covered_reached)), truth);
    }
    const Moments& x = slots.moments(Measured::estimate);
    const double centre = label_.ratio ? std::exp(x.mean) : x.mean;
    if (x.n > 0 && !drawn())
      add("bias_eliminated_coverage",
          bias_eliminated_coverage(slots.sketch(Measured::lower), slots.sketch(Measured::upper), centre, x.missing));
    add("interval_width", mean(slots.moments(Measured::width)));
    if (!label_.resampled) return;
    add("limit_mcse", mean(slots.moments(Measured::limit_mcse)));
    add("degenerate", mean(slots.moments(Measured::degenerate)));
  }

  const TrialExperiment& experiment_;
  const Folded& folded_;
  EstimateLabel label_;
  std::vector<SummaryRow> rows_;
};

}  // namespace

std::vector<SummaryRow> summarize(const TrialExperiment& experiment, const Folded& folded) {
  return Summarizer(experiment, folded).rows();
}

const SummaryRow* find_row(std::span<const SummaryRow> rows, const std::string& scenario, const std::string& metric,
                           const std::string& look, const std::string& analysis) {
  for (const SummaryRow& row : rows)
    if (row.scenario == scenario && row.metric == metric && row.look == look && row.label.analysis == analysis)
      return &row;
  return nullptr;
}

}  // namespace oligosim
