#include <algorithm>

#include "engine/statistics/categorical/mantel_haenszel.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/two_proportions.hpp"

namespace oligosim {
namespace {

constexpr Choice<OddsRatioInterval> intervals[] = {{"wald", OddsRatioInterval::wald},
                                                   {"miettinen_nurminen", OddsRatioInterval::miettinen_nurminen}};
constexpr Choice<OddsRatioTest> tests[] = {{"score", OddsRatioTest::score},
                                           {"miettinen_nurminen", OddsRatioTest::miettinen_nurminen}};

/// The odds of the later level over those of the reference; within strata, the ratio common to them.
class OddsRatioMethod : public TwoProportionsMethod {
 public:
  OddsRatioMethod(ConfigNode entry, PlanReader& reader) : TwoProportionsMethod(entry, reader) {
    null_ = entry.number("null_value", Range::between(0.01, 100), 1);
    equivalence_ = entry.flag("equivalence", false);
    if (equivalence_ && !(null_ > 1))
      entry.problem("null_value", "of an equivalence is the upper limit of the ratio (a number above 1)");
    test_ = entry.choice<OddsRatioTest>("test", tests,
                                        stratified() ? OddsRatioTest::miettinen_nurminen : OddsRatioTest::score);
    intervals_ = read_rows<OddsRatioInterval>(entry, reader, "odds_ratio", true, intervals, "wald");
    if (stratified()) read_stratified(entry);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    if (stratified()) return evaluate_strata(strata_counts(data, arena), data.parts().confidence, out);
    const TwoProportions seen = counts(data, arena);
    for (std::size_t k = 0; k < out.size(); ++k) {
      out[k] = odds_ratio(seen, intervals_[k], test_, null_, data.parts().confidence);
      if (equivalence_) test_equivalence_of_odds(out[k], seen, null_, test_);
    }
  }

  double truth(const PlannedProportions& p) const override {
    return p.later / (1 - p.later) / (p.reference / (1 - p.reference));
  }
  std::optional<double> null_value() const override { return equivalence_ ? std::nullopt : std::optional(null_); }
  double power(const PlannedProportions& planned, double n, double alpha) const override {
    return odds_ratio_power(planned, n, alpha);
  }
  double patients(const PlannedProportions& planned, double power, double alpha) const override {
    return odds_ratio_patients(planned, power, alpha);
  }

 private:
  /// What cannot be said within strata, and the row of the test that their odds ratios are the same.
  void read_stratified(const ConfigNode& entry) {
    const std::string margin =
        "stands beside strata, within which the ratio is tested against 1 (a margin within "
        "strata: method risk_difference)";
    if (equivalence_)
      entry.problem("equivalence", margin);
    else if (null_ != 1)
      entry.problem("null_value", margin);
    if (std::ranges::find(intervals_, OddsRatioInterval::miettinen_nurminen) != intervals_.end())
      entry.problem("interval", "'miettinen_nurminen' has no form within strata (wald)");
    EstimateLabel homogeneity = labels_.front();
    homogeneity.parameter = "homogeneity_test", homogeneity.interval = "";
    homogeneity.ratio = homogeneity.two_groups = homogeneity.estimated = false;
    labels_.push_back(homogeneity);
  }

  void evaluate_strata(StratifiedProportions strata, double confidence, std::span<Estimate> out) const {
    for (std::size_t k = 0; k < intervals_.size(); ++k) out[k] = mantel_haenszel_odds_ratio(strata, test_, confidence);
    out.back() = breslow_day_test(strata);
  }

  double null_ = 1;
  bool equivalence_ = false;
  OddsRatioTest test_ = OddsRatioTest::score;
  std::vector<OddsRatioInterval> intervals_;  // one a label
};

}  // namespace

std::unique_ptr<Analysis> read_odds_ratio(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<OddsRatioMethod>(entry, reader);
}

}  // namespace oligosim
