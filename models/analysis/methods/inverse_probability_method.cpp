#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/cox/robust_variance.hpp"
#include "engine/statistics/logistic.hpp"
#include "engine/statistics/survival/robust_survival.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/adjusted_comparison.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// Each row by itself: a weight is not a number of patients.
Clusters one_each(std::size_t rows, Arena& arena) {
  const std::span<std::uint32_t> code = arena.take<std::uint32_t>(rows);
  for (std::size_t i = 0; i < rows; ++i) code[i] = static_cast<std::uint32_t>(i);
  return {code, rows};
}

/// Rows: hazard_ratio and log_hazard_ratio of the second group over the first; at each month the weighted survival of
/// each group.
class InverseProbabilityMethod : public Analysis {
 public:
  InverseProbabilityMethod(ConfigNode entry, PlanReader& reader) : comparison_(entry, reader, true) {
    name_ = entry.text("name");
    grouped_by_ = comparison_.groups().by();
    months_ = distinct_numbers(entry, "at_months", Range::at_least(0), std::vector<double>{});
    null_ = std::log(entry.number("null_value", Range::between(0.01, 100), 1.0));
    label_rows(reader.label(entry, "inverse_probability_weighting", comparison_.endpoint(), comparison_.population()));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = comparison_.table(data, arena);
    const std::span<const std::uint8_t> group = comparison_.group(table, data, arena);
    const LogisticFit propensity =
        logistic(group, comparison_.covariates(table, data, arena), comparison_.columns(), arena);
    PropensityWeights weights{{}, propensity.status};
    // Whether covariates that tell the groups apart matter depends on the target population.
    if (propensity.status == Status::ok || propensity.status == Status::separation)
      weights = propensity_weights(group, propensity.probability, comparison_.target(), arena);
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    out[1] = log_ratio(table, group, weights, z, arena);
    out[0] = as_ratio(out[1]);
    write_curves(table, group, weights, data.parts(), out.subspan(2), arena);
  }

 private:
  void label_rows(EstimateLabel label) {
    label.interval = "robust";
    label.tested = label.two_groups = true;
    label.term = comparison_.groups().compared();
    label.parameter = "hazard_ratio", label.ratio = true, labels_.push_back(label);
    label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
    label.tested = label.two_groups = label.log_scale = false;
    label.term.clear();
    label.interval = "log";
    label.parameter = "survival", label.share = true;
    for (const double month : months_)
      for (const std::string& name : comparison_.groups().names())
        label.at = month, label.group = name, labels_.push_back(label);
  }

  Estimate log_ratio(const SurvivalTable& table, std::span<const std::uint8_t> group, const PropensityWeights& weights,
                     double z, Arena& arena) const {
    const auto patients = static_cast<double>(table.size());
    const auto events = static_cast<double>(std::ranges::count(table.event, 1));
    if (weights.status != Status::ok) return log_hazard_ratio(missing, patients, events, weights.status);
    const std::span<double> second = arena.take<double>(table.size());
    std::ranges::copy(group, second.begin());
    const CoxCovariates covariates{.values = second, .columns = 1, .stratum = {}, .strata = 1, .start = {}};
    const CoxFit fit = cox(table, covariates, weights.weight, {.ties = Ties::breslow, .initial = {}}, arena);
    Estimate e = log_hazard_ratio(fit.coefficient[0], patients, events, fit.status);
    if (fit.status != Status::ok) return e;
    const RobustVariance robust = robust_variance(table, covariates, fit.coefficient, fit.variance, weights.weight,
                                                  one_each(table.size(), arena), Ties::breslow, arena);
    e.status = robust.status;
    add_wald(e, robust.standard_error[0], z, null_);
    return e;
  }

  void write_curves(const SurvivalTable& table, std::span<const std::uint8_t> group, const PropensityWeights& weights,
                    const PlanParts& parts, std::span<Estimate> out, Arena& arena) const {
    if (months_.empty()) return;
    for (std::uint8_t g = 0; g < 2; ++g) {
      const SurvivalTable own = with_code(table, group, g, arena);
      const std::span<double> weight = arena.take<double>(own.size());
      for (std::size_t i = 0, next = 0; i < table.size(); ++i)
        if (group[i] == g) weight[next++] = weights.status == Status::ok ? weights.weight[i] : 1;
      const KaplanMeierCurve<> curve = robust_kaplan_meier(own, weight, one_each(own.size(), arena), arena);
      for (std::size_t k = 0; k < months_.size(); ++k) {
        Estimate e = survival_at(curve, months_[k] * parts.units_per_month, SurvivalInterval::log, parts.confidence);
        if (weights.status != Status::ok) e = {.status = weights.status};
        e.n = static_cast<double>(own.size());
        e.n_events = static_cast<double>(std::ranges::count(own.event, 1));
        out[2 * k + g] = e;
      }
    }
  }

  AdjustedComparison comparison_;
  std::vector<double> months_;
  double null_ = 0;  // log hazard ratio tested against
};

}  // namespace

std::unique_ptr<Analysis> read_inverse_probability_weighting(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<InverseProbabilityMethod>(entry, reader);
}

}  // namespace oligosim
