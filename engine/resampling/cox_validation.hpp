#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/montecarlo/moments.hpp"
#include "engine/statistics/cox/cox_selection.hpp"

namespace oligosim {

/// How the model of the data is made, and so the one of each resample.
struct CoxModelling {
  CoxOptions cox;               // no penalty; `initial` has no part
  std::optional<double> p_out;  // of backward elimination; none: the model of all terms
};

/// The model of one resample, on its resample and on the data. Where status is not ok it has no numbers and is left
/// out: no events, separation, a singular information (of all terms or in a refit), no pair to compare.
struct ResampledCoxModel {
  double concordance = missing;        // Harrell's C on the data
  double own_concordance = missing;    // and on the resample
  double calibration_slope = missing;  // coefficient of its linear predictor as the only covariate of the data; NaN for
                                       // a model without terms, or whose predictor separates the data
  std::uint32_t terms = 0;             // in it
  std::uint32_t same_sign = 0;         // columns whose coefficient has the sign of the data's, both with all terms in
  Status status = Status::ok;

  double optimism() const { return own_concordance - concordance; }
};

/// Optimism and stability of a Cox model by the bootstrap: the whole of its making is repeated in each resample
/// (Harrell, Lee and Mark 1996, as rms::validate; inclusion frequencies: Sauerbrei and Schumacher 1992). Holds spans of
/// its arguments and of the arena. Covariates without start times.
class CoxValidation {
 public:
  CoxValidation(const SurvivalTable& table, const CoxCovariates& covariates, const CoxTerms& terms,
                const CoxModelling& modelling, Arena& arena);

  /// The model of the data, and the fit of all terms that it started from.
  const CoxModel& model() const { return model_; }
  const CoxFit& whole() const { return whole_; }

  /// Harrell's C of that model on the data, its standard error as R's concordance.
  Estimate apparent_concordance(Arena& arena) const;

  /// The models of eight resamples, or of the first out.size() of them. `weight`: in table order, whole numbers.
  void resample(std::span<const Lanes> weight, std::span<ResampledCoxModel> out, Arena& arena) const;

 private:
  CoxModel made_from(const CoxFit& fit, std::span<const double> weight, Arena& arena) const;
  ResampledCoxModel judge(const CoxFit& fit, std::span<const double> weight, Arena& arena) const;
  double calibration_slope(std::span<const double> predictor, Arena& arena) const;
  std::span<double> linear_predictor(std::span<const double> coefficient, Arena& arena) const;

  SurvivalTable table_;
  CoxCovariates covariates_;
  CoxTerms terms_;
  CoxModelling modelling_;
  CoxResamples resamples_;
  CoxFit whole_;
  CoxModel model_;
};

/// Over resamples: means with their Monte Carlo error; those without the number are in Moments::missing.
struct CoxValidationMeans {
  CoxValidationMeans(std::size_t terms, std::size_t columns, Arena& arena);
  void add(const ResampledCoxModel& resampled);

  Moments optimism, calibration_slope;
  std::span<Moments> kept;       // one a term: 1 where it is in the resample's model, 0 where not
  std::span<Moments> same_sign;  // one a column, of models with all terms in
};

}  // namespace oligosim
