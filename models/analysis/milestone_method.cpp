#include "engine/statistics/contrast.hpp"
#include "engine/statistics/milestone.hpp"
#include "models/analysis/curve_analysis.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

constexpr Choice<MilestoneTest> tests[] = {{"plain", MilestoneTest::plain}, {"log_log", MilestoneTest::log_log}};

/// Rows: at each month, for each later level, the difference of S to the reference.
class MilestoneMethod : public CurveAnalysis {
 public:
  MilestoneMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    if (!entry.has("by")) entry.problem("by", "missing (the column whose groups are compared)");
    group_ = reader.by(entry).value_or(0);
    months_ = entry.numbers("at_months", Range::at_least(0));
    if (months_.empty() && entry.has("at_months")) entry.problem("at_months", "is empty (at least one month)");
    test_ = entry.choice<MilestoneTest>("test", tests, MilestoneTest::plain);
    if (entry.has("null_value")) {
      null_ = entry.number("null_value", Range::inside(-1, 1));
      if (test_ != MilestoneTest::plain)
        entry.problem("null_value", "is a difference of probabilities, which test: log_log does not test (plain)");
    }
    entry.accept("null_value");
    if (group_ >= reader.parts().factors.size()) return;
    const Factor& factor = reader.parts().factors[group_];
    levels_ = factor.levels().size();
    grouped_by_ = reader.columns()[factor.column()].name;
    EstimateLabel label = reader.label(entry, "milestone", endpoint_, population_);
    label.parameter = "survival_difference";
    label.interval = "plain";
    label.tested = true;
    label.two_groups = levels_ == 2;
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
        out[row] = survival_difference(curves[0], curves[level], month * data.parts().units_per_month, test_,
                                       data.parts().confidence);
        test_against(out[row], null_);
      }
  }

  std::optional<CensoredInput> censored_input() const override {
    return CensoredInput{endpoint_, population_, {group_}, {}, false};
  }

 private:
  std::size_t curve_count() const override { return levels_; }
  SurvivalTable curve_table(std::size_t level, PlanData& data, Arena& arena) const override {
    return filter_group(data.table(endpoint_, population_), data, group_, level, arena);
  }
  void put(std::span<const KaplanMeierCurve<Lanes>> curves, const PlanParts& parts, std::size_t first,
           const ResampledValues& out) const override {
    std::size_t row = 0;
    for (const double month : months_) {
      const double time = month * parts.units_per_month;
      const Lanes reference = survival_values(curves[0], time), variance = survival_variances(curves[0], time);
      for (std::size_t level = 1; level < levels_; ++level, ++row) {
        out.put(row, first, survival_values(curves[level], time) - reference);
        if (!out.variance.empty()) out.put_variance(row, first, survival_variances(curves[level], time) + variance);
      }
    }
  }

  std::size_t endpoint_ = 0, population_ = 0, group_ = 0, levels_ = 0;
  std::vector<double> months_;
  MilestoneTest test_ = MilestoneTest::plain;
  double null_ = 0;  // difference tested against
};

}  // namespace

std::unique_ptr<Analysis> read_milestone(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<MilestoneMethod>(entry, reader);
}

}  // namespace oligosim
