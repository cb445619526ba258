#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/resampling/resamples.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/bootstrap_spec.hpp"
#include "models/analysis/plan_data.hpp"
#include "models/analysis/resampled_rows.hpp"
#include "models/analysis/resampling.hpp"

namespace oligosim {

/// What the intervals of an analysis are made of: its numbers in the versions of the data that their kinds need, on the
/// scale of the limits (logarithms of ratios); spans that no kind needs are empty.
struct BootstrapVersions {
  ResampledValues resample, second_level, without, as_it_is;
  ResampledValues truth;                 // of simulated cohorts, in their model
  std::span<const double> truth_errors;  // one a label

  /// The values as they lie round the estimate. Simulated cohorts lie round the true value of their model, which need
  /// not be where the data have the number (Davison and Hinkley 1997, section 2.2).
  std::span<const double> round_estimate(std::size_t number, double estimate, Arena& arena) const;
  /// Of limits that go by where the values lie round the estimate.
  double truth_error(std::size_t number) const { return truth_errors.empty() ? 0 : truth_errors[number]; }
  /// An error of the same kind as those of the resamples, which may be another than that reported: from the model,
  /// where that is robust.
  double own_variance(std::size_t number, const Estimate& own) const {
    return as_it_is.variance.empty() ? own.standard_error * own.standard_error : as_it_is.variance_of(number)[0];
  }
};

/// Who is resampled for one analysis, and by whose random numbers.
class BootstrapSource {
 public:
  /// `units`: the patients, who are resampled; `rows`: what the analysis reads, patients or their lesions. All that is
  /// given must outlive it, and what it makes lives in the arena.
  BootstrapSource(const Analysis& analysis, const BootstrapSpec& spec, PlanData& units, PlanData& rows,
                  const Resampling& by, Arena& arena);

  const ResampleFrame& frame() const { return frame_; }
  /// Those of the block's kind.
  ResampledValues resamples() const;
  BootstrapVersions versions() const;

 private:
  ResampledValues values(RowVersion version, std::size_t count, bool variances) const;
  void add_truths(BootstrapVersions& versions) const;
  void take_logarithms(const ResampledValues& values) const;

  const Analysis& analysis_;
  const BootstrapSpec& spec_;
  const Resampling& by_;
  PlanData& rows_;
  Arena& arena_;
  Streams streams_;
  std::span<const std::uint32_t> unit_of_row_;  // empty: rows are the units
  ResampleFrame frame_;
  Resamples resamples_;
};

}  // namespace oligosim
