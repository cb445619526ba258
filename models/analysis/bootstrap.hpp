#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/resampling/intervals.hpp"
#include "engine/resampling/resamples.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {

class PlanReader;

/// Kinds of bootstrap interval (Davison and Hinkley 1997, chapter 5), and the jackknife's. Definitions:
/// engine/resampling/intervals.hpp.
enum class BootstrapLimits { normal, basic, percentile, bca, bca_mid, studentized, double_bootstrap, jackknife };

/// A `bootstrap` block of a plan: how patients are resampled, and which intervals are made of it.
struct BootstrapSpec {
  std::size_t resamples = 0;
  CaseKind kind = CaseKind::multinomial;
  std::optional<std::size_t> strata;   // position in PlanParts::strata of the patients
  std::optional<std::size_t> cluster;  // column of the patients' file whose equal values stay together
  std::vector<Choice<BootstrapLimits>> limits;
  std::uint64_t seed = 0;

  bool wants(BootstrapLimits kind) const;
};

/// Whose random numbers resample.
class Resampling {
 public:
  static Resampling none() { return {false, {}}; }
  /// Those that the block's seed names: real data.
  static Resampling by_seed() { return {true, {}}; }
  /// Those of a replicate: a simulated trial.
  static Resampling of(Streams replicate) { return {true, replicate}; }

  bool wanted() const { return wanted_; }
  Streams streams(std::uint64_t seed) const { return replicate_.value_or(Streams(seed, 0)); }

 private:
  Resampling(bool wanted, std::optional<Streams> replicate) : wanted_(wanted), replicate_(replicate) {}
  bool wanted_;
  std::optional<Streams> replicate_;
};

/// Reads a block. `patients`: of the section whose rows are patients.
BootstrapSpec read_bootstrap(ConfigNode& block, PlanReader& patients);

/// Bootstrap intervals of the numbers of one analysis: for each number and each kind a row beside the analysis' own.
class Bootstrap {
 public:
  /// Mistakes, such as a kind that the method cannot have, go to the block.
  Bootstrap(const Analysis& analysis, BootstrapSpec spec, const ConfigNode& block);

  const std::vector<EstimateLabel>& labels() const { return labels_; }
  const BootstrapSpec& spec() const { return spec_; }

  /// `units`: the patients, who are resampled; `rows`: what the analysis reads, patients or their lesions; `own`: its
  /// estimates. Where nobody resamples the rows have their estimate alone. Limits of ratios are made on the log scale,
  /// of shares and times on theirs.
  void evaluate(PlanData& units, PlanData& rows, std::span<const Estimate> own, const Resampling& by, Arena& arena,
                std::span<Estimate> out) const;

  /// The distribution of each number over the resamples, for a page.
  std::vector<Figure> draw(PlanData& units, PlanData& rows, std::span<const Estimate> own, const Resampling& by,
                           Arena& arena) const;

 private:
  struct Versions;
  void add_labels();
  /// What other analyses use too must not be made in the scratch of this one.
  void make_shared(PlanData& units) const;
  void refuse_kinds(const ConfigNode& block) const;
  Versions versions(PlanData& units, PlanData& rows, const Streams& streams, Arena& arena) const;

  const Analysis& analysis_;
  BootstrapSpec spec_;
  std::vector<std::size_t> numbers_;  // positions of the analysis' labels that are resampled
  std::vector<EstimateLabel> labels_;
};

}  // namespace oligosim
