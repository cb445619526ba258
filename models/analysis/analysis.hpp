#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/report/figure.hpp"
#include "engine/statistics/estimate.hpp"
#include "models/analysis/plan_data.hpp"
#include "models/analysis/resampled_rows.hpp"

namespace oligosim {

class Resampling;

/// What one number of an analysis is: the key columns of estimates.csv and summary.csv.
struct EstimateLabel {
  std::string analysis;
  std::string method;
  std::string endpoint;
  std::string population;
  std::string group;
  std::string term;
  std::string parameter;
  double at = missing;   // month or probability
  std::string interval;  // kind of lower and upper; empty if there are none

  bool ratio = false;       // summarized on the log scale
  bool log_scale = false;   // the numbers are logs of a ratio already
  bool tested = false;      // has a p value that power is reported for
  bool two_groups = false;  // its signed statistic compares two groups: a design can stop on it
  bool unbounded = false;   // where not reached it counts as infinite (a quantile), rather than missing
  bool estimated = true;    // has an estimate (a test alone has none)
  bool share = false;       // of patients; shown in percent
  bool resampled = false;   // the limits are of the bootstrap
  bool of_sample = false;   // says something of these patients alone: it has no true value
};

/// Whether they are labels of one number, whatever the kind of interval.
bool same_number(const EstimateLabel& a, const EstimateLabel& b);
/// The number among those of another analysis that is of the same kind: of the same group and term if there is one,
/// otherwise the only one.
std::optional<std::size_t> counterpart(const EstimateLabel& label, std::span<const EstimateLabel> others);
/// An estimate as a number: infinite where it is `unbounded` and not reached, NaN where it is missing.
double value_of(const Estimate& estimate, const EstimateLabel& label);

/// The right-censored endpoint that all numbers of an analysis rest on.
struct CensoredInput {
  std::size_t endpoint = 0, population = 0;
  std::vector<std::size_t> factors;  // that tell its patients apart: groups, strata, terms
  std::vector<std::size_t> numbers;  // columns that do
  bool clustered = false;            // rows are not independent
  bool of_censoring = false;         // censorings are its events
};

class BandedCurves;
class CurveAnalysis;

/// A picture of the data that an analysis makes for the page.
using Figure = std::variant<StepFigure, WaterfallFigure, BarFigure, DistributionFigure>;

/// One entry of the plan, bound to the columns of a data set. Const: shared by all threads.
class Analysis {
 public:
  virtual ~Analysis() = default;
  const std::string& name() const { return name_; }
  const std::vector<EstimateLabel>& labels() const { return labels_; }
  /// The column whose groups its pictures compare; empty if there is none.
  const std::string& grouped_by() const { return grouped_by_; }
  /// Fills one estimate a label.
  virtual void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const = 0;
  /// The same, told whose random numbers resample: for a method whose numbers are themselves made of resamples.
  virtual void evaluate_by(const Resampling& /*by*/, PlanData& data, Arena& arena, std::span<Estimate> out) const {
    evaluate(data, arena, out);
  }
  /// Whether it is such a method, of whose numbers there is no bootstrap.
  virtual bool resamples_itself() const { return false; }
  /// Its numbers in resamples of the rows; only the first of several kinds of interval needs to be filled. By default
  /// rows are written out and evaluated; a method that weighs sorted rows overrides it, and gives the same.
  virtual void resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const;
  /// Whether resample() takes weights that are not whole numbers.
  virtual bool takes_any_weights() const { return false; }
  /// Where its numbers rest on the times and events of one endpoint, PlanData::table(), and on covariates.
  virtual std::optional<CensoredInput> censored_input() const { return {}; }
  /// The same, where they are of Kaplan-Meier curves; else null.
  virtual const CurveAnalysis* curves() const { return nullptr; }
  /// Where bands can go round its curves; else null.
  virtual const BandedCurves* banded() const { return nullptr; }
  /// Its numbers in one version of the data, put among those of the others.
  void evaluate_version(std::size_t version, PlanData& data, Arena& arena, const ResampledValues& out) const;
  /// Pictures of the data, for a page; none by default.
  virtual std::vector<Figure> draw(PlanData& /*data*/, Arena& /*arena*/) const { return {}; }

 protected:
  std::string name_;
  std::string grouped_by_;
  std::vector<EstimateLabel> labels_;
};

}  // namespace oligosim
