#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

class PlanReader;

/// What a resample draws: patients with replacement, weights of them (engine/resampling/resamples.hpp), times of the
/// same patients (conditional_bootstrap.hpp), events of the same risk sets (weird_bootstrap.hpp), or other patients,
/// whom a study simulates.
enum class BootstrapKind { cases, bayesian, conditional, weird, parametric };

/// Kinds of bootstrap interval (Davison and Hinkley 1997, chapter 5), the jackknife's, and a simultaneous
/// band. Definitions: engine/resampling/intervals.hpp, multiplier_band.hpp.
enum class BootstrapLimits { normal, basic, percentile, bca, bca_mid, studentized, double_bootstrap, jackknife, band };

/// A `bootstrap` block of a plan: how patients are resampled, and which intervals are made of it.
struct BootstrapSpec {
  std::size_t resamples = 0;
  BootstrapKind kind = BootstrapKind::cases;
  std::optional<std::size_t> strata;   // position in PlanParts::strata of the patients
  std::optional<std::size_t> cluster;  // column of the patients' file whose equal values stay together
  std::vector<Choice<BootstrapLimits>> limits;
  double band_from = 0, band_to = 0;  // months
  std::uint64_t seed = 0;
  std::string study, scenario;  // of kind parametric: a file, beside the plan, and its scenario; empty: the only one

  bool wants(BootstrapLimits kind) const;
  /// With replacement or by weights.
  bool draws_patients() const;
  /// Whether any kind is made of resamples of the numbers; the band is not.
  bool of_resamples() const;
  /// Whether any kind goes by how far simulated cohorts lie from the true values of their model.
  bool needs_truths() const;
  /// Whether any kind leaves patients out, one by one.
  bool leaves_out() const;
  /// Whether the band goes round this number.
  bool in_band(const EstimateLabel& label) const;
};

/// Reads a block. `patients`: of the section whose rows are patients.
BootstrapSpec read_bootstrap(ConfigNode& block, PlanReader& patients);

/// Tells the block where its kind cannot be had of this analysis. `rows`: of the section that the analysis stands in.
void refuse_kind(const BootstrapSpec& spec, const Analysis& analysis, const ConfigNode& block,
                 const PlanParts& patients, const PlanParts& rows);

}  // namespace oligosim
