#include <cmath>

#include "engine/statistics/interval_censored/weibull_regression.hpp"
#include "models/analysis/event_intervals.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/model_terms.hpp"

namespace oligosim {
namespace {

/// Rows: for each term hazard_ratio, log_hazard_ratio and time_ratio; the shape, the likelihood ratio test and the log
/// likelihood. Of columns that are combinations of others as in CoxMethod.
class WeibullMethod : public Analysis {
 public:
  WeibullMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.endpoint(entry)), population_(reader.population(entry)), terms_(entry, reader) {
    name_ = entry.text("name");
    null_ = std::log(entry.number("null_value", Range::between(0.01, 100), 1.0));
    if (entry.has("null_value") && terms_.columns() != 1)
      entry.problem("null_value", "is the hazard ratio of a single term");
    label_rows(reader.label(entry, "weibull", endpoint_, population_));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = terms_.complete(data.table(endpoint_, population_), data, {}, arena);
    const EventIntervals times = event_intervals(table, endpoint_, data, arena);
    std::span<const double> values = terms_.matrix(table.row, {}, data, arena);
    WeibullFit fit = weibull_regression(times, values, terms_.columns(), arena);
    EstimableColumns left;  // empty: all
    if (fit.status == Status::singular && terms_.columns() > 1)
      left = estimable_columns(values, table.size(), terms_.columns(), arena);
    if (!left.kept.empty()) {
      values = columns_kept(values, left, arena);
      fit = weibull_regression(times, values, left.kept.size(), arena);
    }
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    for (std::size_t j = 0; j < terms_.columns(); ++j) {
      const std::optional<std::size_t> place = left.place(j);
      const Status status = place ? fit.status : Status::singular;
      Estimate log = log_hazard_ratio(place ? fit.coefficient[*place] : missing, fit.n, fit.n_events, status);
      if (place) add_wald(log, std::sqrt(variance(fit, *place, *place)), z, null_);
      out[3 * j] = as_ratio(log);
      out[3 * j + 1] = log;
      out[3 * j + 2] = place ? time_ratio(fit, *place, z) : out[3 * j];
    }
    model_rows(fit, z, out.subspan(3 * terms_.columns()));
  }

 private:
  static double variance(const WeibullFit& fit, std::size_t j, std::size_t k) {
    return fit.variance[j * (fit.coefficient.size() + 1) + k];
  }

  /// exp(-b / shape); by the delta method. Longer times favour the level as lower hazards do.
  static Estimate time_ratio(const WeibullFit& fit, std::size_t j, double z) {
    const std::size_t shape = fit.coefficient.size();
    const double b = fit.coefficient[j], k = std::exp(fit.log_shape);
    const double squared = variance(fit, j, j) - 2 * b * variance(fit, j, shape) + b * b * variance(fit, shape, shape);
    Estimate log = log_hazard_ratio(-b / k, fit.n, fit.n_events, fit.status);
    add_wald(log, std::sqrt(squared) / k, z);
    log.signed_statistic = log.statistic;
    return as_ratio(log);
  }

  static void model_rows(const WeibullFit& fit, double z, std::span<Estimate> out) {
    for (Estimate& e : out) e = Estimate{.n = fit.n, .n_events = fit.n_events, .status = fit.status};
    if (fit.status != Status::ok) return;
    const std::size_t shape = fit.coefficient.size();
    out[0] = log_hazard_ratio(fit.log_shape, fit.n, fit.n_events, fit.status);
    out[0].standard_error = std::sqrt(variance(fit, shape, shape));
    out[0].lower = fit.log_shape - z * out[0].standard_error;
    out[0].upper = fit.log_shape + z * out[0].standard_error;
    out[0] = as_ratio(out[0]);
    add_chi_square_test(out[1], 2 * (fit.log_likelihood - fit.null_log_likelihood), static_cast<double>(shape),
                        fit.coefficient[0]);
    out[2].estimate = fit.log_likelihood;
  }

  void label_rows(EstimateLabel label) {
    const EstimateLabel common = label;
    label.interval = "wald";
    label.tested = true;
    label.two_groups = terms_.columns() == 1;
    for (std::size_t j = 0; j < terms_.columns(); ++j) {
      label.term = terms_.name(j);
      label.parameter = "hazard_ratio", label.ratio = true, label.log_scale = false, labels_.push_back(label);
      label.parameter = "log_hazard_ratio", label.ratio = false, label.log_scale = true, labels_.push_back(label);
      label.parameter = "time_ratio", label.ratio = true, label.log_scale = false, labels_.push_back(label);
    }
    label = common;
    label.parameter = "shape", label.interval = "wald", label.ratio = true, labels_.push_back(label);
    label = common;
    label.parameter = "likelihood_ratio_test", label.tested = true, label.estimated = false, labels_.push_back(label);
    label.parameter = "log_likelihood", label.tested = false, labels_.push_back(label);
  }

  std::size_t endpoint_, population_;
  ModelTerms terms_;
  double null_ = 0;  // log hazard ratio tested against
};

}  // namespace

std::unique_ptr<Analysis> read_weibull(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<WeibullMethod>(entry, reader);
}

}  // namespace oligosim
