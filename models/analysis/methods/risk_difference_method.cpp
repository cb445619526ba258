#include <algorithm>

#include "models/analysis/methods.hpp"
#include "models/analysis/methods/two_proportions.hpp"

namespace oligosim {
namespace {

constexpr Choice<RiskDifferenceInterval> intervals[] = {
    {"miettinen_nurminen", RiskDifferenceInterval::miettinen_nurminen},
    {"newcombe", RiskDifferenceInterval::newcombe},
    {"wald", RiskDifferenceInterval::wald}};
constexpr Choice<RiskDifferenceTest> tests[] = {{"farrington_manning", RiskDifferenceTest::farrington_manning},
                                                {"miettinen_nurminen", RiskDifferenceTest::miettinen_nurminen}};

/// The proportion of the later level minus that of the reference; within strata, the weighted mean of the differences.
class RiskDifferenceMethod : public TwoProportionsMethod {
 public:
  RiskDifferenceMethod(ConfigNode entry, PlanReader& reader) : TwoProportionsMethod(entry, reader) {
    null_ = entry.number("null_value", Range::inside(-1, 1), 0);
    // Within strata, which may be small, that whose variance is right for few patients too.
    test_ = entry.choice<RiskDifferenceTest>(
        "test", tests, stratified() ? RiskDifferenceTest::miettinen_nurminen : RiskDifferenceTest::farrington_manning);
    intervals_ =
        read_rows<RiskDifferenceInterval>(entry, reader, "risk_difference", false, intervals, "miettinen_nurminen");
    if (stratified() && std::ranges::find(intervals_, RiskDifferenceInterval::newcombe) != intervals_.end())
      entry.problem("interval", "'newcombe' has no form within strata (miettinen_nurminen or wald)");
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const double confidence = data.parts().confidence;
    if (stratified()) {
      const StratifiedProportions strata = strata_counts(data, arena);
      for (std::size_t k = 0; k < out.size(); ++k)
        out[k] = stratified_risk_difference(strata, intervals_[k], test_, null_, confidence);
      return;
    }
    const TwoProportions seen = counts(data, arena);
    for (std::size_t k = 0; k < out.size(); ++k)
      out[k] = risk_difference(seen, intervals_[k], test_, null_, confidence);
  }

  double truth(const PlannedProportions& p) const override { return p.later - p.reference; }
  std::optional<double> null_value() const override { return null_; }
  double power(const PlannedProportions& planned, double n, double alpha) const override {
    return risk_difference_power(planned, n, alpha);
  }
  double patients(const PlannedProportions& planned, double power, double alpha) const override {
    return risk_difference_patients(planned, power, alpha);
  }

 private:
  double null_ = 0;
  RiskDifferenceTest test_ = RiskDifferenceTest::farrington_manning;
  std::vector<RiskDifferenceInterval> intervals_;  // one a label
};

}  // namespace

std::unique_ptr<Analysis> read_risk_difference(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<RiskDifferenceMethod>(entry, reader);
}

}  // namespace oligosim
