#include "engine/resampling/cox_validation.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "engine/statistics/survival/concordance.hpp"

namespace oligosim {

CoxValidation::CoxValidation(const SurvivalTable& table, const CoxCovariates& covariates, const CoxTerms& terms,
                             const CoxModelling& modelling, Arena& arena)
    : table_(table),
      covariates_(covariates),
      terms_(terms),
      modelling_(modelling),
      resamples_(table, covariates, {}, arena) {
  assert(covariates.start.empty() && modelling.cox.penalty == Penalty::none);
  modelling_.cox.initial = {};
  whole_ = cox(table_, covariates_, {}, modelling_.cox, arena);
  model_ = made_from(whole_, {}, arena);
}

CoxModel CoxValidation::made_from(const CoxFit& fit, std::span<const double> weight, Arena& arena) const {
  if (!modelling_.p_out) return {terms_.all(), fit.coefficient, fit.status};
  return eliminate_backward(table_, covariates_, terms_, fit, weight, *modelling_.p_out, modelling_.cox, arena);
}

std::span<double> CoxValidation::linear_predictor(std::span<const double> coefficient, Arena& arena) const {
  const std::size_t rows = table_.size();
  const std::span<double> predictor = arena.take<double>(rows, 0.0);
  for (std::size_t j = 0; j < covariates_.columns; ++j)
    for (std::size_t i = 0; i < rows; ++i) predictor[i] += coefficient[j] * covariates_.values[j * rows + i];
  return predictor;
}

Estimate CoxValidation::apparent_concordance(Arena& arena) const {
  if (model_.status != Status::ok) return {.n = whole_.n, .n_events = whole_.n_events, .status = model_.status};
  const Arena::Scope scope(arena);
  Marker marker{.value = linear_predictor(model_.coefficient, arena), .stratum = {}, .start = {}};
  marker.stratum = covariates_.stratum, marker.strata = covariates_.strata;
  return concordance(table_, marker, {}, {}, arena);
}

void CoxValidation::resample(std::span<const Lanes> weight, std::span<ResampledCoxModel> out, Arena& arena) const {
  assert(weight.size() == table_.size() && out.size() <= lanes);
  const Arena::Scope scope(arena);
  CoxOptions options = modelling_.cox;
  if (whole_.status == Status::ok) options.initial = whole_.coefficient;
  const std::array<CoxFit, lanes> fits = resamples_.fits(weight, options, arena);
  const std::span<double> own = arena.take<double>(weight.size());
  for (std::size_t k = 0; k < out.size(); ++k) {
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = weight[i][k];
    out[k] = judge(fits[k], own, arena);
  }
}

ResampledCoxModel CoxValidation::judge(const CoxFit& fit, std::span<const double> weight, Arena& arena) const {
  const Arena::Scope scope(arena);
  ResampledCoxModel result;
  const CoxModel model = made_from(fit, weight, arena);
  result.status = model.status;
  if (model.status != Status::ok) return result;
  Marker marker{.value = linear_predictor(model.coefficient, arena), .stratum = {}, .start = {}};
  marker.stratum = covariates_.stratum, marker.strata = covariates_.strata;
  // The order of the linear predictor is that of the same patients, resampled or not.
  const RankedMarker ranked = rank_marker(table_, marker, arena);
  const double own = concordance_counts<double>(table_, ranked, weight, arena).concordance();
  const double on_data = concordance_counts<double>(table_, ranked, {}, arena).concordance();
  if (std::isnan(own) || std::isnan(on_data)) {
    result.status = Status::no_events;
    return result;
  }
  result.own_concordance = own;
  result.concordance = on_data;
  result.terms = model.terms;
  for (std::size_t j = 0; j < covariates_.columns; ++j)
    if ((fit.coefficient[j] > 0.0) == (whole_.coefficient[j] > 0.0)) result.same_sign |= std::uint32_t{1} << j;
  if (model.terms != 0) result.calibration_slope = calibration_slope(marker.value, arena);
  return result;
}

double CoxValidation::calibration_slope(std::span<const double> predictor, Arena& arena) const {
  const double perfect = 1.0;
  CoxOptions options = modelling_.cox;
  options.initial = {&perfect, 1};
  CoxCovariates only = covariates_;
  only.values = predictor;
  only.columns = 1;
  return cox(table_, only, {}, options, arena).coefficient[0];
}

CoxValidationMeans::CoxValidationMeans(std::size_t terms, std::size_t columns, Arena& arena)
    : kept(arena.take<Moments>(terms, Moments{})), same_sign(arena.take<Moments>(columns, Moments{})) {}

void CoxValidationMeans::add(const ResampledCoxModel& resampled) {
  const bool known = resampled.status == Status::ok;
  const auto add_bits = [known](std::span<Moments> each, std::uint32_t bits) {
    for (std::size_t t = 0; t < each.size(); ++t) each[t].add(known ? static_cast<double>(bits >> t & 1u) : missing);
  };
  optimism.add(resampled.optimism());
  calibration_slope.add(resampled.calibration_slope);
  add_bits(kept, resampled.terms);
  add_bits(same_sign, resampled.same_sign);
}

}  // namespace oligosim
