#include "engine/statistics/contrast.hpp"
#include "engine/statistics/survival/milestone.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/curve_analysis.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

enum class Measure { difference, odds_ratio };
constexpr Choice<Measure> measures[] = {{"difference", Measure::difference}, {"odds_ratio", Measure::odds_ratio}};
constexpr Choice<MilestoneTest> tests[] = {{"plain", MilestoneTest::plain}, {"log_log", MilestoneTest::log_log}};

/// Rows: at each month, for each later level, the difference of S to the reference, or the ratio of their odds.
class MilestoneMethod : public CurveAnalysis {
 public:
  MilestoneMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    if (!entry.has("by")) entry.problem("by", "missing (the column whose groups are compared)");
    group_ = reader.by(entry).value_or(0);
    months_ = distinct_numbers(entry, "at_months", Range::at_least(0));
    if (months_.empty() && entry.has("at_months")) entry.problem("at_months", "is empty (at least one month)");
    read_test(entry);
    if (group_ >= reader.parts().factors.size()) return;
    const Factor& factor = reader.parts().factors[group_];
    levels_ = factor.levels().size();
    grouped_by_ = reader.columns()[factor.column()].name;
    EstimateLabel label = reader.label(entry, "milestone", endpoint_, population_);
    label.ratio = odds();
    label.parameter = odds() ? "survival_odds_ratio" : "survival_difference";
    label.interval = odds() ? "wald" : "plain";
    label.tested = true;
    label.two_groups = levels_ == 2;
    if (levels_ < 2) refuse_levels(entry, label);
    for (const double month : months_) {
      label.at = month;
      for (std::size_t level = 1; level < levels_; ++level) {
        label.term = grouped_by_ + "=" + factor.levels()[level];
        labels_.push_back(label);
      }
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<KaplanMeierCurve<>> curves = arena.take<KaplanMeierCurve<>>(levels_);
    for (std::size_t level = 0; level < levels_; ++level)
      curves[level] = kaplan_meier(curve_table(level, data, arena), {}, arena);
    std::size_t row = 0;
    for (const double month : months_)
      for (std::size_t level = 1; level < levels_; ++level, ++row) {
        const double time = month * data.parts().units_per_month, confidence = data.parts().confidence;
        if (odds()) {
          out[row] = survival_odds_ratio(curves[0], curves[level], time, null_, confidence);
          continue;
        }
        out[row] = survival_difference(curves[0], curves[level], time, test_, confidence);
        test_against(out[row], null_);
      }
  }

  std::optional<CensoredInput> censored_input() const override {
    return CensoredInput{endpoint_, population_, {group_}, {}, false};
  }

 private:
  bool odds() const { return measure_ == Measure::odds_ratio; }

  /// With a label, so that it is not said besides that nothing is asked for.
  void refuse_levels(ConfigNode& entry, const EstimateLabel& label) {
    entry.problem("by", "'" + grouped_by_ + "' has " + (levels_ == 0 ? "no levels" : "only one level") +
                            ", which is compared with no other (at least two)");
    labels_.push_back(label);
  }

  void read_test(ConfigNode& entry) {
    measure_ = entry.choice<Measure>("measure", measures, Measure::difference);
    test_ = entry.choice<MilestoneTest>("test", tests, MilestoneTest::plain);
    if (odds() && test_ != MilestoneTest::plain)
      entry.problem("test", "stands beside measure: odds_ratio, which is tested on the log scale (one of the two)");
    null_ = odds() ? 1 : 0;
    if (entry.has("null_value")) {
      null_ = entry.number("null_value", odds() ? Range::between(0.01, 100) : Range::inside(-1, 1));
      if (test_ != MilestoneTest::plain)
        entry.problem("null_value", "is a difference of probabilities, which test: log_log does not test (plain)");
    }
    entry.accept("null_value");
  }

  /// The odds ratio at a time and its variance on the log scale in eight resamples.
  void put_odds(std::span<const KaplanMeierCurve<Lanes>> curves, double time, std::size_t level, std::size_t row,
                std::size_t first, const ResampledValues& out) const {
    Lanes value, variance;
    for (std::size_t k = 0; k < lanes; ++k) {
      const Estimate e = survival_odds_ratio(curves[0], curves[level], time, null_, 0.95, k);
      value[k] = e.estimate, variance[k] = e.standard_error * e.standard_error;
    }
    out.put(row, first, value);
    if (!out.variance.empty()) out.put_variance(row, first, variance);
  }

  std::size_t curve_count() const override { return levels_; }
  bool reads_variances() const override { return odds(); }
  SurvivalTable curve_table(std::size_t level, PlanData& data, Arena& arena) const override {
    return filter_group(data.table(endpoint_, population_), data, group_, level, arena);
  }
  void put(std::span<const KaplanMeierCurve<Lanes>> curves, const PlanParts& parts, std::size_t first,
           const ResampledValues& out) const override {
    std::size_t row = 0;
    for (const double month : months_) {
      const double time = month * parts.units_per_month;
      const Lanes reference = survival_values(curves[0], time),
                  variance = out.variance.empty() ? Lanes{} : survival_variances(curves[0], time);
      for (std::size_t level = 1; level < levels_; ++level, ++row) {
        if (odds()) {
          put_odds(curves, time, level, row, first, out);
          continue;
        }
        out.put(row, first, survival_values(curves[level], time) - reference);
        if (!out.variance.empty()) out.put_variance(row, first, survival_variances(curves[level], time) + variance);
      }
    }
  }

  std::size_t endpoint_ = 0, population_ = 0, group_ = 0, levels_ = 0;
  std::vector<double> months_;
  MilestoneTest test_ = MilestoneTest::plain;
  Measure measure_ = Measure::difference;
  double null_ = 0;  // difference or ratio tested against
};

}  // namespace

std::unique_ptr<Analysis> read_milestone(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<MilestoneMethod>(entry, reader);
}

}  // namespace oligosim
