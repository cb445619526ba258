#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/study/replicate_sample.hpp"
#include "models/study/study.hpp"

namespace oligosim {

/// A published number against what simulated cohorts of the same size show.
struct SanityRow {
  std::string name;
  double published = missing;
  double median = missing;  // of the simulated cohorts
  double lower = missing;   // 2.5 % and 97.5 % of them
  double upper = missing;
  double share_below = missing;  // of simulated cohorts below the published number
  std::size_t cohorts = 0;
  std::size_t n_missing = 0;
};

/// Curves of simulated cohorts of the published size, and the points published of them: survival with medians and
/// shares at times, cumulative incidence with shares at times.
struct SanityCurves {
  std::string analysis;
  std::string cause;  // of a cumulative incidence
  std::vector<CurveRange> curves;
  struct Point {
    std::string name;  // as published
    double months, share;
  };
  std::vector<Point> points;
};

/// Simulates the cohort that a disease model was fitted to (`disease.published.study`, a study in itself) and sets
/// its plan's estimates beside `disease.published.values`. Empty where the disease file has no `published`.
/// Problems of that part are added like those of the study.
class SanityCheck {
 public:
  SanityCheck(const YamlNode& study, Problems& problems);
  bool empty() const { return values_.empty(); }
  std::vector<SanityRow> run(unsigned threads) const;
  /// Of the first cohorts, for each analysis with a published point.
  std::vector<SanityCurves> curves(unsigned threads) const;

 private:
  struct Value {
    std::string name;
    std::size_t label;
    double published;
    bool count;  // the number of events rather than the estimate
  };
  using Visit =
      std::function<void(std::size_t cohort, PlanData& data, std::span<const Estimate> estimates, Arena& arena)>;
  void each_cohort(std::size_t count, unsigned threads, const Visit& visit) const;

  Study study_;
  std::vector<Value> values_;
  std::size_t cohorts_ = 0;
};

std::string sanity_csv(const std::vector<SanityRow>& rows);

}  // namespace oligosim
