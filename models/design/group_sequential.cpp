#include <cmath>
#include <utility>

#include "engine/numeric/normal.hpp"
#include "models/design/boundaries.hpp"
#include "models/design/observed_stages.hpp"

namespace oligosim {
namespace {

constexpr Choice<int> side_counts[] = {{"1", 1}, {"2", 2}};

/// Stops for efficacy at the first look whose z reaches the boundary, and for futility below another; two-sided designs
/// look at |z| with half the level in each tail. A fixed design is the case of one look. A look by events that came
/// has the boundaries planned; where events were counted on another day, its boundaries are those of that many.
class GroupSequential : public Design {
 public:
  GroupSequential(DesignInput input, bool interim_looks) {
    ConfigNode& node = input.node;
    primary_ = input.read_primary();
    alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.025);
    sides_ = node.choice<int>("sides", side_counts, 1);
    looks_ = read_looks(input, final_events_);
    if (!interim_looks && looks_.size() > 1)
      node.problem("looks", "a fixed design has one look (kind: group_sequential has several)");
    if (interim_looks) read_boundaries(input);
    read_multiplicity(input);
    read_latest_month(node);
    node.finish();
    for (std::size_t k = 0; k < input.testable.size() && sides_ == 2; ++k)
      two_tails_differ_ |= input.testable[k] == primary_ && input.two_tails_differ[k];
    boundaries_ = {normal_quantile(1 - alpha_ / sides_)};
    if (!design_) return;
    boundaries_.clear();
    for (const auto& stage : design_->planned()) boundaries_.push_back(stage->efficacy);
  }

  void conduct(Conduct& trial) const override {
    if (multiplicity_) return conduct_several(trial);
    if (!design_) return conduct_fixed(trial);
    ObservedStages::Reached at;
    LastStage shown;
    for (std::size_t k = 0; k < looks_.size(); ++k) {
      const LookResult result = trial.analyze_at(looks_[k]);
      const std::size_t events = events_at(k, result);
      const bool over = is_over(k, result);
      if (events > at.events) {  // else there is nothing new to test
        // Beyond the information planned nothing is left to spend later.
        const bool last = over || (final_events_ > 0 && events >= final_events_);
        at = stage_at(at, k, events, last);
        const double z = result.z;
        shown = {at.stage, z, k};
        if (const Decision claim = claim_at(z, at.stage->efficacy, sides_); claim != Decision::none)
          return trial.stop(claim, shown);
        if (z < at.stage->futility) return trial.stop(Decision::futility, shown);
        if (last) break;
      } else if (over) {
        break;
      }
    }
    trial.stop(Decision::none, shown);
  }

  std::span<const double> efficacy_boundaries() const override { return boundaries_; }
  const SequentialDesign* sequential() const override { return design_ ? &*design_ : nullptr; }
  const Multiplicity* multiplicity() const override { return multiplicity_ ? &*multiplicity_ : nullptr; }
  std::vector<std::string> rules() const override {
    std::vector<std::string> rules;
    if (two_tails_differ_)
      rules.push_back("Two-sided, '" + primary_ +
                      "' rejects where the p value of one tail is at most half the level. Its two-sided p value, which "
                      "power holds against the level, is not twice that of a tail: reject and power differ.");
    if (design_ && (!own_events_.empty() || of_other_information_)) rules.push_back(rule_of_information());
    return rules;
  }

 private:
  std::string rule_of_information() const {
    if (own_events_.empty())
      return "The information of the boundaries is the events that the looks count, of which '" + primary_ +
             "' is no unweighted log-rank test or Cox regression: the level holds as far as the information of its "
             "statistic grows like them.";
    return "The information of the boundaries is the events that the looks count, but '" + primary_ + "' rests on " +
           own_events_ + ": the level holds as far as both grow alike from look to look.";
  }

  bool is_over(std::size_t look, const LookResult& result) const {
    return !result.events_reached || look + 1 == looks_.size();
  }

  /// Of several hypotheses: efficacy is what the procedure says of the primary, or of all that are co-primary. The
  /// primary's own stages go on until it is rejected or has spent its alpha, for its futility and for what is said of
  /// it at the end.
  void conduct_several(Conduct& trial) const {
    const HypothesisSet primary = only(multiplicity_->primary());
    const HypothesisSet all = only(multiplicity_->size()) - 1;
    Multiplicity::State state;
    ObservedStages::Reached at;
    LastStage shown;
    for (std::size_t k = 0; k < looks_.size(); ++k) {
      const LookResult result = trial.analyze_at(looks_[k]);
      const std::size_t events = events_at(k, result);
      const bool spent = at.stage && at.stage->last;
      const bool over = is_over(k, result), open = !(state.rejected & primary);
      multiplicity_->count(k, events, result.hypotheses.last(multiplicity_->size()));
      state = multiplicity_->after(state, result.hypotheses, over);
      trial.reject(state.rejected);
      const bool news = events > at.events && open && !spent && design_;
      if (news) {
        at = stage_at(at, k, events, over || (final_events_ > 0 && events >= final_events_));
        shown = {at.stage, result.z, k};
      }
      const bool claimed = state.rejected & primary;
      if (over || (claimed && (!multiplicity_->until_all() || state.rejected == all)))
        return trial.stop(!claimed                 ? Decision::none
                          : state.harmed & primary ? Decision::harm
                                                   : Decision::efficacy,
                          shown);
      if (news && !claimed && shown.z < at.stage->futility) return trial.stop(Decision::futility, shown);
    }
  }

  void conduct_fixed(Conduct& trial) const {
    const double z = trial.analyze_at(looks_.front()).z;
    trial.stop(claim_at(z, boundaries_.front(), sides_));
  }

  /// What the information of a look is counted in: its events, or its number where they are not known beforehand, so
  /// that each look follows the planned one before it.
  std::size_t events_at(std::size_t look, const LookResult& result) const {
    if (final_events_ == 0) return look + 1;
    const Look& own = looks_[look];
    const bool as_planned = own.events && own.endpoint == looks_.back().endpoint && own.follow_up_months == 0;
    return as_planned && result.events_reached && !result.moved ? *own.events : result.events;
  }

  ObservedStages::Reached stage_at(const ObservedStages::Reached& before, std::size_t look, std::size_t events,
                                   bool last) const {
    if (final_events_ > 0) return stages_->next(before, events, last);
    const auto planned = design_->planned();
    if (!last || look + 1 == looks_.size()) return {planned[look].get(), events, nullptr, {}};
    const auto early = std::make_shared<const SequentialStage>(
        design_->next(look > 0 ? planned[look - 1] : nullptr, looks_[look].information, true));
    return {early.get(), events, nullptr, early};
  }

  void read_latest_month(ConfigNode& node) {
    const bool said = node.has("latest_month");
    latest_month_ = node.number("latest_month", Range::above(0), 120);
    std::vector<ConfigNode> looks = node.children("looks");
    const auto refuse = [&](std::size_t look, const char* key) {
      if (said)
        node.problem("latest_month", "lies before a look of the design");
      else
        looks[look].problem(key, "lies after the latest month of the trial, 120 unless said (design.latest_month)");
    };
    const std::vector<double> soonest = soonest_months(looks_);
    for (std::size_t k = 0; k < looks.size(); ++k) {
      const Look& look = looks_[k];
      if (look.month.value_or(0) > latest_month_)
        refuse(k, "at_month");
      else if (look.latest_month.value_or(0) > latest_month_)
        refuse(k, "latest_month");
      else if (soonest[k] > latest_month_ && (k == 0 || soonest[k - 1] <= latest_month_))
        refuse(k, look.gap_months > 0 ? "min_gap_months" : "earliest_month");
    }
  }

  void read_multiplicity(DesignInput& input) {
    ConfigNode& node = input.node;
    node.accept("multiplicity");
    if (!node.has("multiplicity")) return;
    if (design_ && design_->binding())
      node.problem("futility",
                   "is binding beside multiplicity, whose boundaries take no credit for it (binding: false)");
    multiplicity_.emplace(node.child("multiplicity"), MultiplicityInput{.testable = input.testable,
                                                                        .primary = primary_,
                                                                        .alpha = alpha_,
                                                                        .sides = sides_,
                                                                        .looks = looks_,
                                                                        .efficacy = efficacy_,
                                                                        .final_events = final_events_});
  }

  void read_boundaries(DesignInput& input) {
    ConfigNode& node = input.node;
    node.accept("futility");
    for (std::size_t k = 0; k < looks_.size(); ++k)  // refused already; boundaries need increasing information
      if (!(looks_[k].information > (k ? looks_[k - 1].information : 0) && looks_[k].information <= 1))
        return node.accept("efficacy");
    own_events_ = input.events_not_counted(primary_, looks_.back());
    BoundaryInput own{.alpha = alpha_, .sides = sides_, .looks = looks_, .null_ratio = {}, .own_events = own_events_};
    for (std::size_t k = 0; k < input.testable.size(); ++k) {
      if (input.testable[k] != primary_) continue;
      own.null_ratio = input.null_ratio[k];
      of_other_information_ = final_events_ > 0 && !input.grows_with_events[k];
    }
    own.ratio_information =
        static_cast<double>(final_events_) * input.experimental_share * (1 - input.experimental_share);
    efficacy_ = read_efficacy(node.child("efficacy", false), own);
    FutilityRule futility;
    if (node.has("futility") && looks_.size() == 1)
      node.problem("futility", "stands in a design of one look (a look before the last)");
    else if (node.has("futility"))
      futility = read_futility(node.child("futility"), own);
    if (looks_.size() == 1) return;
    std::vector<double> information;
    for (const Look& look : looks_) information.push_back(look.information);
    design_.emplace(efficacy_, std::move(futility), alpha_ / sides_, sides_ == 2, std::move(information));
    stages_ = std::make_unique<ObservedStages>(*design_, final_events_);
  }

  EfficacyRule efficacy_;
  std::string own_events_;             // of the primary, where the looks count others
  bool of_other_information_ = false;  // a statistic whose information is not the number of events
  bool two_tails_differ_ = false;      // the primary's, in a two-sided design
  std::optional<SequentialDesign> design_;
  std::unique_ptr<ObservedStages> stages_;  // refers to design_
  std::optional<Multiplicity> multiplicity_;
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
