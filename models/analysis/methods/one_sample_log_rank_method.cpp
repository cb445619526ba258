#include "engine/statistics/survival/one_sample_log_rank.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/one_sample_test.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

constexpr Choice<OneSampleVariance> variances[] = {{"expected", OneSampleVariance::expected},
                                                   {"average", OneSampleVariance::average}};

/// Rows: for each group, the test and the ratio of observed to expected events.
class OneSampleLogRankMethod : public Analysis, public OneSampleTest {
 public:
  OneSampleLogRankMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.endpoint(entry)), groups_(entry, reader) {
    name_ = entry.text("name");
    grouped_by_ = groups_.by();
    curve_ = HistoricalCurve(entry.child("historical"));
    variance_ = entry.choice<OneSampleVariance>("variance", variances, OneSampleVariance::expected);
    const EstimateLabel common = reader.label(entry, "one_sample_log_rank", endpoint_, groups_.population());
    for (const std::string& group : groups_.names()) {
      EstimateLabel label = common;
      label.group = group;
      label.parameter = "one_sample_log_rank";
      label.tested = true, label.estimated = false;
      label.two_groups = !groups_.factor();  // the patients and the historical ones
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
    for (std::size_t group = 0; group < groups_.count(); ++group) {
      const SurvivalTable table = groups_.table(endpoint_, group, data, arena);
      const std::span<double> hazard = arena.take<double>(table.size());
      for (std::size_t i = 0; i < table.size(); ++i)
        hazard[i] = curve_.cumulative_hazard(table.time[i] / data.parts().units_per_month);
      const ObservedExpected<> sums = observed_expected(table, hazard, {});
      out[2 * group] = one_sample_log_rank_test(sums, variance_);
      out[2 * group + 1] = standardized_mortality_ratio(sums, data.parts().confidence);
    }
  }

  const HistoricalCurve* historical() const override {
    return groups_.factor() || groups_.population() != 0 ? nullptr : &curve_;
  }

 private:
  std::size_t endpoint_;
  PatientGroups groups_;
  HistoricalCurve curve_;
  OneSampleVariance variance_ = OneSampleVariance::expected;
};

}  // namespace

std::unique_ptr<Analysis> read_one_sample_log_rank(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<OneSampleLogRankMethod>(entry, reader);
}

}  // namespace oligosim
