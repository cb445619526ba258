#include "engine/statistics/t_test.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

constexpr Choice<GroupVariance> variances[] = {{"welch", GroupVariance::welch}, {"pooled", GroupVariance::pooled}};

/// One row: the mean of the first group minus that of the second, with the test.
class TTestMethod : public Analysis {
 public:
  TTestMethod(ConfigNode entry, PlanReader& reader)
      : groups_(two_patient_groups(entry, reader)), value_(reader.number_column(entry, "value")) {
    name_ = entry.text("name");
    variance_ = entry.choice<GroupVariance>("variance", variances, GroupVariance::welch);
    EstimateLabel label = reader.label(entry, "t_test", {}, groups_.population());
    label.term = groups_.by();
    label.parameter = "mean_difference";
    label.interval = "t";
    label.tested = label.two_groups = true;
    labels_.push_back(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    out[0] = t_test<double>(data.cohort().numbers(value_), groups_.codes(data, arena), {}, variance_,
                            data.parts().confidence)[0];
  }

 private:
  PatientGroups groups_;
  std::size_t value_;
  GroupVariance variance_ = GroupVariance::welch;
};

}  // namespace

std::unique_ptr<Analysis> read_t_test(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<TTestMethod>(entry, reader);
}

}  // namespace oligosim
