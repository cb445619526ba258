#include "models/analysis/methods/cox_limits.hpp"

#include "engine/numeric/normal.hpp"
#include "engine/statistics/cox/cox_interval.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"

namespace oligosim {

namespace {

void add_interval(Estimate& e, const CoxInterval& interval, double standard_error) {
  e.lower = interval.lower;
  e.upper = interval.upper;
  if (e.status != Status::ok) return;
  e.standard_error = standard_error;
  add_chi_square_test(e, interval.statistic, 1, e.estimate);
}

}  // namespace

void CoxLimits::add(HazardRatioInterval kind, const CoxData& own, const CoxFit& fit, const RobustVariance& robust,
                    std::span<Estimate> logs, Arena& arena) const {
  const bool takes_search = kind == HazardRatioInterval::profile || kind == HazardRatioInterval::score;
  if (takes_search && !searched) {
    for (std::size_t j = 0; j < logs.size() && fit.status == Status::ok; ++j)
      logs[j].standard_error = fit.standard_error[j];
    return;
  }
  const double z = normal_quantile(0.5 + confidence / 2);
  switch (kind) {
    case HazardRatioInterval::wald:
      for (std::size_t j = 0; j < logs.size(); ++j) add_wald(logs[j], fit.standard_error[j], z, null);
      break;
    case HazardRatioInterval::robust:
      if (fit.status != Status::ok) break;
      for (std::size_t j = 0; j < logs.size(); ++j) {
        logs[j].status = robust.status;
        add_wald(logs[j], robust.standard_error[j], z, null);
      }
      break;
    case HazardRatioInterval::profile: {
      const std::span<CoxInterval> limits = arena.take<CoxInterval>(logs.size());
      cox_profile_intervals(own.table, own.covariates, {}, options, fit, confidence, limits, arena);
      for (std::size_t j = 0; j < logs.size(); ++j) add_interval(logs[j], limits[j], fit.standard_error[j]);
      break;
    }
    case HazardRatioInterval::score:
      add_interval(logs[0], cox_score_interval(own.table, own.covariates, {}, options, fit, confidence, arena),
                   fit.standard_error[0]);
      // The score at 0 is there also where the likelihood has no maximum.
      if (fit.status == Status::separation) add_chi_square_test(logs[0], fit.score_test, 1, fit.null_score);
      break;
  }
}

}  // namespace oligosim
