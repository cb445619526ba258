#include "engine/statistics/contrast.hpp"
#include "engine/statistics/survival/rmst.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/curve_analysis.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

/// Rows: with groups, at each month, for each later level the difference and the ratio to the reference, first so that
/// a design can stop on them; then the mean of each group at each month.
class RmstMethod : public CurveAnalysis {
 public:
  RmstMethod(ConfigNode entry, PlanReader& reader) : endpoint_(reader.endpoint(entry)), groups_(entry, reader) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    months_ = distinct_numbers(entry, "at_months", Range::above(0));
    if (months_.empty() && entry.has("at_months")) entry.problem("at_months", "is empty (at least one month)");
    if (entry.has("null_value")) {
      null_ = entry.number("null_value", Range::any());
      if (groups_.count() < 2) entry.problem("null_value", "is a difference of groups (by)");
    }
    entry.accept("null_value");
    EstimateLabel label = reader.label(entry, "rmst", endpoint_, groups_.population());
    label.interval = "wald";
    label_contrasts(label);
    label_means(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<KaplanMeierCurve<>> curves = arena.take<KaplanMeierCurve<>>(groups_.count());
    for (std::size_t group = 0; group < curves.size(); ++group)
      curves[group] = kaplan_meier(curve_table(group, data, arena), {}, arena);
    const std::size_t contrasts = 2 * (curves.size() - 1);
    for (std::size_t k = 0; k < months_.size(); ++k) {
      const double tau = months_[k] * data.parts().units_per_month;
      at_month(curves, tau, data.parts(), out.subspan(k * contrasts, contrasts),
               out.subspan(months_.size() * contrasts + k * curves.size(), curves.size()));
    }
  }

  std::optional<CensoredInput> censored_input() const override { return groups_.input(endpoint_); }

 private:
  std::size_t curve_count() const override { return groups_.count(); }
  SurvivalTable curve_table(std::size_t group, PlanData& data, Arena& arena) const override {
    return groups_.table(endpoint_, group, data, arena);
  }
  void put(std::span<const KaplanMeierCurve<Lanes>> curves, const PlanParts& parts, std::size_t first,
           const ResampledValues& out) const override {
    for (std::size_t k = 0; k < months_.size(); ++k) put_month(curves, k, parts, first, out);
  }

  /// The numbers at one month in eight resamples.
  void put_month(std::span<const KaplanMeierCurve<Lanes>> curves, std::size_t month, const PlanParts& parts,
                 std::size_t first, const ResampledValues& out) const {
    const double unit = parts.units_per_month, tau = months_[month] * unit;
    const std::size_t contrasts = 2 * (curves.size() - 1), means = months_.size() * contrasts + month * curves.size();
    const auto reference = restricted_mean(curves[0], tau);
    for (std::size_t group = 0; group < curves.size(); ++group) {
      const auto own = restricted_mean(curves[group], tau);
      out.put(means + group, first, own.value / unit);
      if (!out.variance.empty()) out.put_variance(means + group, first, own.variance / (unit * unit));
      if (group == 0) continue;
      const std::size_t row = month * contrasts + 2 * group - 2;
      out.put(row, first, (own.value - reference.value) / unit);
      out.put(row + 1, first, own.value / reference.value);
      if (out.variance.empty()) continue;
      out.put_variance(row, first, (own.variance + reference.variance) / (unit * unit));
      out.put_variance(
          row + 1, first,
          own.variance / (own.value * own.value) + reference.variance / (reference.value * reference.value));
    }
  }

  void label_contrasts(EstimateLabel label) {
    label.tested = true;
    label.two_groups = groups_.count() == 2;
    for (const double month : months_) {
      label.at = month;
      for (std::size_t level = 1; level < groups_.count(); ++level) {
        label.term = grouped_by_ + "=" + groups_.names()[level];
        label.parameter = "rmst_difference", label.ratio = false, labels_.push_back(label);
        label.parameter = "rmst_ratio", label.ratio = true, labels_.push_back(label);
      }
    }
  }

  void label_means(EstimateLabel label) {
    label.parameter = "rmst";
    for (const double month : months_) {
      label.at = month;
      for (std::size_t group = 0; group < groups_.count(); ++group) {
        label.group = groups_.names()[group];
        labels_.push_back(label);
      }
    }
  }

  void at_month(std::span<const KaplanMeierCurve<>> curves, double tau, const PlanParts& parts,
                std::span<Estimate> contrasts, std::span<Estimate> means) const {
    const auto in_months = [&parts](Estimate e) {
      for (double* x : {&e.estimate, &e.standard_error, &e.lower, &e.upper}) *x /= parts.units_per_month;
      return e;
    };
    const RestrictedMean<> reference = restricted_mean(curves[0], tau);
    means[0] = in_months(rmst(reference, parts.confidence));
    for (std::size_t level = 1; level < curves.size(); ++level) {
      const RestrictedMean<> later = restricted_mean(curves[level], tau);
      contrasts[2 * level - 2] = in_months(rmst_difference(reference, later, parts.confidence));
      test_against(contrasts[2 * level - 2], null_);
      contrasts[2 * level - 1] = rmst_ratio(reference, later, parts.confidence);
      means[level] = in_months(rmst(later, parts.confidence));
    }
  }

  std::size_t endpoint_;
  PatientGroups groups_;
  std::vector<double> months_;
  double null_ = 0;  // difference tested against, in months
};

}  // namespace

std::unique_ptr<Analysis> read_rmst(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<RmstMethod>(entry, reader);
}

}  // namespace oligosim
