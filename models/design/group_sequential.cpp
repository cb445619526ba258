#include "engine/statistics/group_sequential.hpp"

#include <cmath>

#include "engine/statistics/normal.hpp"
#include "models/design/design.hpp"

namespace oligosim {
namespace {

constexpr Choice<int> side_counts[] = {{"1", 1}, {"2", 2}};
constexpr Choice<Spending> spendings[] = {{"obrien_fleming", Spending::obrien_fleming}, {"pocock", Spending::pocock}};

/// Stops for efficacy at the first look whose z reaches the boundary; two-sided designs look at |z| with half the
/// level in each tail. A fixed design is the case of one look.
class GroupSequential : public Design {
 public:
  GroupSequential(DesignInput input, bool interim_looks) {
    ConfigNode& node = input.node;
    primary_ = node.one_of("primary", input.testable, "analysis with a test of two groups");
    alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.025);
    sides_ = node.choice<int>("sides", side_counts, 1);
    looks_ = read_looks(input);
    if (!interim_looks && looks_.size() > 1)
      node.problem("looks", "a fixed design has one look (kind: group_sequential has several)");
    Spending spending = Spending::obrien_fleming;
    if (interim_looks) {
      ConfigNode efficacy = node.child("efficacy", false);
      spending = efficacy.choice<Spending>("spending", spendings, Spending::obrien_fleming);
      efficacy.finish();
    }
    latest_month_ = node.number("latest_month", Range::above(0), 120);
    for (const Look& look : looks_)
      if (!look.events && look.month > latest_month_) node.problem("latest_month", "lies before a look of the design");
    node.finish();
    if (looks_.size() == 1) {
      boundaries_ = {normal_quantile(1 - alpha_ / sides_)};
      return;
    }
    std::vector<double> information;
    for (const Look& look : looks_) information.push_back(look.information);
    for (std::size_t k = 0; k < information.size(); ++k)  // refused above; boundaries need increasing information
      if (!(information[k] > (k ? information[k - 1] : 0) && information[k] <= 1)) return;
    boundaries_ = oligosim::efficacy_boundaries(spending, alpha_ / sides_, information);
  }

  void conduct(Conduct& trial) const override {
    for (std::size_t k = 0; k < looks_.size(); ++k) {
      const LookResult result = trial.analyze_at(looks_[k]);
      // The study has ended before the events came: this is its last analysis, at the last boundary.
      const double boundary = result.events_reached ? boundaries_[k] : boundaries_.back();
      if ((sides_ == 1 ? result.z : std::abs(result.z)) >= boundary) return trial.stop(Decision::efficacy);
      if (!result.events_reached) return trial.stop(Decision::none);
    }
    trial.stop(Decision::none);
  }

  std::span<const double> efficacy_boundaries() const override { return boundaries_; }

 private:
  std::vector<double> boundaries_;
};

}  // namespace

std::unique_ptr<Design> read_fixed(DesignInput input) {
  return std::make_unique<GroupSequential>(std::move(input), false);
}

std::unique_ptr<Design> read_group_sequential(DesignInput input) {
  return std::make_unique<GroupSequential>(std::move(input), true);
}

}  // namespace oligosim
