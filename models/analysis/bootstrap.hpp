#pragma once

#include <span>
#include <vector>

#include "models/analysis/analysis.hpp"
#include "models/analysis/banded_curves.hpp"
#include "models/analysis/bootstrap_spec.hpp"
#include "models/analysis/plan_data.hpp"
#include "models/analysis/resampling.hpp"

namespace oligosim {

/// Bootstrap intervals of the numbers of one analysis: for each number and each kind a row beside the analysis' own; of
/// the band, for the values of curves in its months.
class Bootstrap {
 public:
  /// Mistakes, such as a kind that the method cannot have, go to the block. `patients`, `rows`: of the sections of the
  /// patients and of the analysis; they are not kept.
  Bootstrap(const Analysis& analysis, BootstrapSpec spec, const ConfigNode& block, const PlanParts& patients,
            const PlanParts& rows);

  const std::vector<EstimateLabel>& labels() const { return labels_; }
  const BootstrapSpec& spec() const { return spec_; }
  /// Versions of the data that evaluate() and draw() go through, of so many patients; cluster counted as patients.
  std::size_t work(std::size_t patients) const;

  /// `units`: the patients, who are resampled; `rows`: what the analysis reads, patients or their lesions; `own`: its
  /// estimates. Where nobody resamples the rows have their estimate alone. Limits of ratios are made on the log scale,
  /// of shares and times on theirs.
  void evaluate(PlanData& units, PlanData& rows, std::span<const Estimate> own, const Resampling& by, Arena& arena,
                std::span<Estimate> out) const;

  /// The pictures of the analysis, with the band where it is wanted, and the distribution of each number over the
  /// resamples, for a page. `estimates`: those of the analysis, then those of evaluate().
  std::vector<Figure> draw(PlanData& units, PlanData& rows, std::span<const Estimate> estimates, const Resampling& by,
                           Arena& arena) const;

 private:
  void add_labels();
  /// What other analyses use too must not be made in the scratch of this one.
  void make_shared(PlanData& units) const;
  void add_bands(PlanData& rows, const Streams& streams, Arena& arena, std::span<Estimate> out) const;
  CurveBands bands(PlanData& rows, const Streams& streams, Arena& arena) const;

  const Analysis& analysis_;
  BootstrapSpec spec_;
  std::vector<std::size_t> numbers_;  // positions of the analysis' labels that are resampled
  struct Row {
    std::size_t number;  // position of the analysis' label
    Choice<BootstrapLimits> limits;
  };
  std::vector<Row> rows_;  // one a label
  std::vector<EstimateLabel> labels_;
};

}  // namespace oligosim
