#include <optional>

#include "engine/statistics/one_sample_log_rank.hpp"
#include "models/analysis/historical_curve.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

constexpr Choice<OneSampleVariance> variances[] = {{"expected", OneSampleVariance::expected},
                                                   {"average", OneSampleVariance::average}};

/// Rows: for each group, the test and the ratio of observed to expected events.
class OneSampleLogRankMethod : public Analysis {
 public:
  OneSampleLogRankMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    endpoint_ = reader.endpoint(entry);
    population_ = reader.population(entry);
    by_ = reader.by(entry);
    curve_ = HistoricalCurve(entry.child("historical"));
    variance_ = entry.choice<OneSampleVariance>("variance", variances, OneSampleVariance::expected);
    std::vector<std::string> groups = {""};
    if (by_) {
      const Factor& factor = reader.parts().factors[*by_];
      groups = factor.levels();
      grouped_by_ = reader.columns()[factor.column()].name;
    }
    const EstimateLabel common = reader.label(entry, "one_sample_log_rank", endpoint_, population_);
    for (const std::string& group : groups) {
      EstimateLabel label = common;
      label.group = group;
      label.parameter = "one_sample_log_rank";
      label.tested = true, label.estimated = false;
      label.two_groups = !by_;  // the patients and the historical ones
      labels_.push_back(label);
      label = common;
      label.group = group;
      label.parameter = "standardized_mortality_ratio";
      label.interval = "exact_poisson";
      label.ratio = true;
      labels_.push_back(label);
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable& all = data.table(endpoint_, population_);
    for (std::size_t group = 0; 2 * group < out.size(); ++group) {
      const SurvivalTable table = by_ ? filter_group(all, data, *by_, group, arena) : all;
      const std::span<double> hazard = arena.take<double>(table.size());
      for (std::size_t i = 0; i < table.size(); ++i)
        hazard[i] = curve_.cumulative_hazard(table.time[i] / data.parts().units_per_month);
      const ObservedExpected<> sums = observed_expected(table, hazard, {});
      out[2 * group] = one_sample_log_rank_test(sums, variance_);
      out[2 * group + 1] = standardized_mortality_ratio(sums, data.parts().confidence);
    }
  }

 private:
  std::size_t endpoint_ = 0, population_ = 0;
  std::optional<std::size_t> by_;
  HistoricalCurve curve_;
  OneSampleVariance variance_ = OneSampleVariance::expected;
};

}  // namespace

std::unique_ptr<Analysis> read_one_sample_log_rank(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<OneSampleLogRankMethod>(entry, reader);
}

}  // namespace oligosim
