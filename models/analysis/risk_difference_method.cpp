#include <cmath>

#include "engine/statistics/risk_difference.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/patient_groups.hpp"
#include "models/analysis/two_proportions.hpp"

namespace oligosim {
namespace {

constexpr Choice<RiskDifferenceInterval> intervals[] = {
    {"miettinen_nurminen", RiskDifferenceInterval::miettinen_nurminen},
    {"newcombe", RiskDifferenceInterval::newcombe},
    {"wald", RiskDifferenceInterval::wald}};
constexpr Choice<RiskDifferenceTest> tests[] = {{"farrington_manning", RiskDifferenceTest::farrington_manning},
                                                {"miettinen_nurminen", RiskDifferenceTest::miettinen_nurminen}};
constexpr Choice<bool> missing_rules[] = {{"exclude", false}, {"failure", true}};

/// One row a kind of interval: the proportion of the later level minus that of the reference.
class RiskDifferenceMethod : public Analysis, public TwoProportionsTest {
 public:
  RiskDifferenceMethod(ConfigNode entry, PlanReader& reader)
      : groups_(two_patient_groups(entry, reader)), outcome_(reader.number_column(entry, "outcome")) {
    name_ = entry.text("name");
    if (outcome_ < reader.columns().size()) outcome_name_ = reader.columns()[outcome_].name;
    success_ = entry.number("success", Range::any(), 1);
    missing_fails_ = entry.choice<bool>("missing", missing_rules, false);
    null_ = entry.number("null_value", Range::inside(-1, 1), 0);
    test_ = entry.choice<RiskDifferenceTest>("test", tests, RiskDifferenceTest::farrington_manning);
    EstimateLabel label = reader.label(entry, "risk_difference", {}, groups_.population());
    label.parameter = "risk_difference";
    if (groups_.count() == 2) label.term = groups_.by() + "=" + groups_.names()[1];
    label.tested = label.two_groups = true;
    for (const auto& kind :
         entry.choices<RiskDifferenceInterval>("interval", intervals, "interval", "miettinen_nurminen")) {
      label.interval = kind.name;
      labels_.push_back(label);
      intervals_.push_back(kind.value);
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<const std::uint8_t> group = groups_.codes(data, arena);
    const std::span<const double> outcome = data.cohort().numbers(outcome_);
    TwoProportions counts{};
    for (std::size_t i = 0; i < outcome.size(); ++i) {
      if (group[i] == missing_category || (std::isnan(outcome[i]) && !missing_fails_)) continue;
      (group[i] == 0 ? counts.reference_n : counts.later_n) += 1;
      if (outcome[i] == success_) (group[i] == 0 ? counts.reference : counts.later) += 1;
    }
    for (std::size_t k = 0; k < out.size(); ++k)
      out[k] = risk_difference(counts, intervals_[k], test_, null_, data.parts().confidence);
  }

  std::optional<std::string> counted() const override {
    if (success_ != 1 || missing_fails_ || groups_.population() != 0) return {};
    return outcome_name_;
  }
  std::string compared() const override { return labels_.front().term; }
  double null_difference() const override { return null_; }

 private:
  PatientGroups groups_;
  std::size_t outcome_;
  std::string outcome_name_;
  double success_ = 1;
  bool missing_fails_ = false;
  double null_ = 0;
  RiskDifferenceTest test_ = RiskDifferenceTest::farrington_manning;
  std::vector<RiskDifferenceInterval> intervals_;  // one a label
};

}  // namespace

std::unique_ptr<Analysis> read_risk_difference(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<RiskDifferenceMethod>(entry, reader);
}

}  // namespace oligosim
