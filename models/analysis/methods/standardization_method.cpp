#include "engine/statistics/contrast.hpp"
#include "engine/statistics/cox/estimable_model.hpp"
#include "engine/statistics/survival/standardized_survival.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/adjusted_comparison.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"

namespace oligosim {
namespace {

/// Rows: at each month the ratio of the cumulative hazards of the second group over the first and the difference of
/// survival, first so that a design can stop on them; then the survival of each.
class StandardizationMethod : public Analysis {
 public:
  StandardizationMethod(ConfigNode entry, PlanReader& reader) : comparison_(entry, reader, false) {
    name_ = entry.text("name");
    grouped_by_ = comparison_.groups().by();
    months_ = distinct_numbers(entry, "at_months", Range::above(0));
    if (months_.empty() && entry.has("at_months")) entry.problem("at_months", "is empty (at least one month)");
    null_ = std::log(entry.number("null_value", Range::between(0.01, 100), 1.0));
    label_rows(reader.label(entry, "standardization", comparison_.endpoint(), comparison_.population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = comparison_.table(data, arena);
    const std::span<const std::uint8_t> group = comparison_.group(table, data, arena);
    CoxCovariates covariates = with_group(table, group, data, arena);
    const CoxFit fit = fitted(table, covariates, arena);
    const std::span<std::uint8_t> standard = arena.take<std::uint8_t>(table.size());
    for (std::size_t i = 0; i < standard.size(); ++i) standard[i] = is_standard(group[i]);
    Estimate nothing{.n = static_cast<double>(table.size()),
                     .n_events = static_cast<double>(std::ranges::count(table.event, 1)),
                     .status = fit.status};
    if (nothing.status == Status::ok && std::ranges::count(standard, 1) == 0) nothing.status = Status::empty_group;
    std::ranges::fill(out, nothing);
    if (nothing.status != Status::ok) return;
    const std::span<double> times = arena.take<double>(months_.size());
    const std::span<StandardizedSurvival> curves = arena.take<StandardizedSurvival>(months_.size());
    for (std::size_t k = 0; k < times.size(); ++k) times[k] = months_[k] * data.parts().units_per_month;
    standardized_survival(table, covariates, fit, standard, times, curves, arena);
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    for (std::size_t k = 0; k < times.size(); ++k) {
      const bool within = times[k] <= table.time.back();
      contrasts(curves[k], within, z, out.subspan(2 * k, 2));
      for (const int g : {0, 1}) survival(curves[k], g, within, z, out[2 * (months_.size() + k) + g]);
    }
  }

 private:
  bool is_standard(std::uint8_t group) const {
    return comparison_.target() == TargetPopulation::all ||
           comparison_.target() == (group ? TargetPopulation::second_group : TargetPopulation::first_group);
  }

  void label_rows(EstimateLabel label) {
    label.interval = "wald";
    for (const double month : months_) {
      label.at = month, label.term = comparison_.groups().compared(), label.tested = label.two_groups = true;
      label.parameter = "cumulative_hazard_ratio", label.ratio = true, labels_.push_back(label);
      label.parameter = "survival_difference", label.ratio = false, labels_.push_back(label);
    }
    label.term.clear(), label.tested = label.two_groups = false;
    label.parameter = "survival", label.interval = "log_log", label.share = true;
    for (const double month : months_)
      for (const std::string& name : comparison_.groups().names())
        label.at = month, label.group = name, labels_.push_back(label);
  }

  /// The group's column, then the covariates.
  CoxCovariates with_group(const SurvivalTable& table, std::span<const std::uint8_t> group, PlanData& data,
                           Arena& arena) const {
    const std::span<const double> terms = comparison_.covariates(table, data, arena);
    const std::span<double> values = arena.take<double>(table.size() + terms.size());
    std::ranges::copy(group, values.begin());
    std::ranges::copy(terms, values.begin() + static_cast<std::ptrdiff_t>(table.size()));
    return {.values = values, .columns = comparison_.columns() + 1, .stratum = {}, .strata = 1, .start = {}};
  }

  /// Without covariates that are combinations of others, as long as the group is none: predictions are the same.
  static CoxFit fitted(const SurvivalTable& table, CoxCovariates& covariates, Arena& arena) {
    const CoxOptions options{.ties = Ties::breslow, .initial = {}};
    const CoxFit whole = cox(table, covariates, {}, options, arena);
    if (whole.status != Status::singular) return whole;
    const EstimableModel left = estimable_model(table, covariates, {}, options, arena);
    if (!left.columns.place(0)) return whole;
    covariates = left.covariates;
    return cox(table, covariates, {}, options, arena);
  }

  void contrasts(const StandardizedSurvival& at, bool within, double z, std::span<Estimate> out) const {
    Estimate &ratio = out[0], &difference = out[1];
    if (!within) {
      ratio.status = difference.status = Status::not_reached;
      return;
    }
    double log_squares = 0, squares = 0, slope[2];
    for (const int g : {0, 1}) slope[g] = 1 / (at.survival[g] * std::log(at.survival[g]));
    for (std::size_t i = 0; i < at.influence[0].size(); ++i) {
      const double first = at.influence[0][i], second = at.influence[1][i];
      squares += (second - first) * (second - first);
      log_squares += (slope[1] * second - slope[0] * first) * (slope[1] * second - slope[0] * first);
    }
    difference.estimate = at.survival[1] - at.survival[0];
    difference.standard_error = std::sqrt(squares);
    difference.lower = difference.estimate - z * difference.standard_error;
    difference.upper = difference.estimate + z * difference.standard_error;
    set_normal_test(difference, difference.estimate / difference.standard_error);
    ratio.estimate = std::log(std::log(at.survival[1]) / std::log(at.survival[0]));
    if (!std::isfinite(ratio.estimate)) {  // nobody fails, or everybody
      ratio.estimate = missing, ratio.status = Status::no_events;
      return;
    }
    add_wald(ratio, std::sqrt(log_squares), z, null_);
    ratio = as_ratio(ratio);
  }

  static void survival(const StandardizedSurvival& at, int group, bool within, double z, Estimate& e) {
    if (!within) {
      e.status = Status::not_reached;
      return;
    }
    double squares = 0;
    for (const double x : at.influence[group]) squares += x * x;
    e.estimate = at.survival[group];
    e.standard_error = std::sqrt(squares);
    const double hazard = -std::log(e.estimate), spread = z * e.standard_error / (e.estimate * hazard);
    e.lower = std::exp(-hazard * std::exp(spread));
    e.upper = std::exp(-hazard * std::exp(-spread));
  }

  AdjustedComparison comparison_;
  std::vector<double> months_;
  double null_ = 0;  // log ratio of cumulative hazards tested against
};

}  // namespace

std::unique_ptr<Analysis> read_standardization(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<StandardizationMethod>(entry, reader);
}

}  // namespace oligosim
