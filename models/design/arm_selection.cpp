#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/combination_test.hpp"
#include "engine/statistics/sequential/dunnett.hpp"
#include "models/design/combined_stages.hpp"

namespace oligosim {
namespace {

constexpr Choice<Intersection> intersections[] = {{"dunnett", Intersection::dunnett},
                                                  {"simes", Intersection::simes},
                                                  {"sidak", Intersection::sidak},
                                                  {"bonferroni", Intersection::bonferroni}};

enum class By { z, hazard_ratio };
constexpr Choice<By> measures[] = {{"z", By::z}, {"hazard_ratio", By::hazard_ratio}};
constexpr Choice<bool> ends[] = {{"any_rejected", false}, {"all_rejected", true}};

/// Which arms go on: all three conditions are to be met.
struct Selection {
  By by = By::z;
  std::size_t keep = ClosedTest::most_arms;                  // at most so many, the best
  double within = std::numeric_limits<double>::infinity();   // of the best
  double enough = -std::numeric_limits<double>::infinity();  // z at least, or minus the hazard ratio
};

/// Several arms against one control. Interim looks drop arms for what they showed of the endpoint; whatever is dropped,
/// the familywise level holds by a closed test whose stages are combined (Bauer and Kieser 1999; Posch et al. 2005; of
/// survival Jenkins, Stone and Jennison 2011). Of hypotheses, and of sets of arms here, bit k is the comparison k.
class ArmSelection : public CombinedStages {
 public:
  explicit ArmSelection(DesignInput input) : shares_(input.arm_shares) {
    read_stages(input, ClosedTest::most_stages);
    ConfigNode& node = input.node;
    read_comparisons(input);
    intersection_ = node.choice<Intersection>("intersection", intersections, Intersection::dunnett);
    read_selection(node.child("select", false));
    refill_ = node.flag("refill", true);
    until_all_ = node.choice<bool>("ends_when", ends, false);
    node.accept("true_nulls");
    true_nulls_ = read_true_nulls(node, names_);
    node.finish();
    if (arm_.size() != names_.size()) return;  // refused
    name_courses(input);
    for (std::size_t k = 0; sequential_ && k < looks_.size(); ++k)
      ending_.push_back(std::make_shared<const SequentialStage>(
          sequential_->next(k > 0 ? sequential_->planned()[k - 1] : nullptr, looks_[k].information, true)));
  }

  void conduct(Conduct& trial) const override {
    ClosedTest test(intersection_, loading_);
    std::array<HypothesisResult, ClosedTest::most_arms> before;
    before.fill({.events = 0});
    HypothesisSet active = all(), claimed = 0;
    Look look = looks_.front();
    for (std::size_t k = 0;; ++k) {
      const LookResult result = trial.analyze_at(look);
      const std::span<const HypothesisResult> now = result.hypotheses.last(names_.size());
      const bool last = !result.events_reached || k + 1 == looks_.size();
      add_stage(test, k, last, active, before, now);
      claimed |= test.claimed() & active;  // what others show later claims no arm that was dropped
      trial.reject(claimed);
      if (last || claimed == all() || (claimed != 0 && !until_all_))
        return end(trial, test, claimed, active, Decision::none);
      const HypothesisSet go_on = selected(active & ~claimed, now);
      trial.take(course_of(go_on));
      if (go_on == 0) return end(trial, test, claimed, 0, Decision::futility);
      if (go_on != active) trial.keep_arms(arms_of(go_on), refill_);
      active = go_on;
      look = next_look(k, active, trial);
    }
  }

  std::span<const std::string> courses() const override { return courses_; }
  std::span<const std::string> hypotheses() const override { return names_; }
  HypothesisSet true_nulls() const override { return true_nulls_; }
  bool drops_arms() const override { return true; }

  std::vector<std::string> rules() const override {
    const std::string what = selection_.by == By::z ? "z" : "hazard ratio";
    std::string text = "at an interim look ";
    if (selection_.keep < names_.size())
      text +=
          selection_.keep == 1 ? "the best arm goes on" : "the best " + std::to_string(selection_.keep) + " arms go on";
    else
      text += "all arms go on";
    const bool near = std::isfinite(selection_.within), beyond = std::isfinite(selection_.enough);
    if (near) text += " whose " + what + " is within " + rounded(selection_.within, 4) + " of the best";
    if (beyond)
      text += (near ? " and is " : " whose " + what + " is ") +
              (selection_.by == By::z ? "at least " + rounded(selection_.enough, 4)
                                      : "at most " + rounded(-selection_.enough, 4)) +
              "; where none is, the trial stops";
    std::vector<std::string> texts = {text};
    texts.push_back(
        refill_
            ? "patients of arms that were dropped go to the others, and the events still to come are all awaited there"
            : "patients and events of arms that were dropped are done without");
    return texts;
  }

 private:
  HypothesisSet all() const { return only(names_.size()) - 1; }

  void read_comparisons(DesignInput& input) {
    ConfigNode& node = input.node;
    names_ = node.some_of("comparisons", input.testable, "analysis with a one-sided test");
    input.refuse_several("comparisons");
    for (const std::string& name : names_) {
      const auto k = static_cast<std::size_t>(std::ranges::find(input.testable, name) - input.testable.begin());
      if (k >= input.testable.size()) return;
      if (!input.arm_tested[k]) {
        node.problem("comparisons", "'" + name + "' is no unweighted log_rank test of an arm against '" +
                                        input.arms.front() + "', the first (levels: [" + input.arms.front() +
                                        ", ARM])");
        return;
      }
      const std::size_t arm = *input.arm_tested[k];
      if (std::ranges::find(arm_, arm) != arm_.end())
        node.problem("comparisons", "are twice of '" + input.arms[arm] + "'");
      arm_.push_back(arm);
      null_.push_back(*input.null_ratio[k]);
      check_events(input, name);
    }
    check_arms(input);
    for (const std::size_t arm : arm_) {
      const double ratio = input.arm_shares[arm] / input.arm_shares.front();
      loading_.push_back(shared_control_loading(ratio));
      information_.push_back(ratio / ((1 + ratio) * (1 + ratio)));
    }
  }

  void check_events(const DesignInput& input, const std::string& name) const {
    const std::string own = input.events_not_counted(name, looks_.back());
    if (ready_ && !own.empty())
      input.node.problem("looks", "count other events than those of '" + name + "' (" + own + ")");
  }

  void check_arms(const DesignInput& input) {
    const ConfigNode& node = input.node;
    if (input.arms.size() < 3 || input.arms.size() > ClosedTest::most_arms + 1) {
      node.problem("kind",
                   "'arm_selection' is for a control and 2 to " + std::to_string(ClosedTest::most_arms) + " arms");
      return;
    }
    for (std::size_t arm = 1; arm < input.arms.size(); ++arm)
      if (std::ranges::find(arm_, arm) == arm_.end())
        node.problem("comparisons", "lack one of '" + input.arms[arm] + "' with '" + input.arms.front() + "'");
    if (std::ranges::find(names_, primary_) == names_.end())
      node.problem("comparisons", "are without the primary analysis '" + primary_ + "'");
  }

  void read_selection(ConfigNode node) {
    selection_.by = node.choice<By>("by", measures, By::z);
    const auto most = static_cast<double>(ClosedTest::most_arms);
    selection_.keep =
        static_cast<std::size_t>(node.integer("keep", Range::between(1, most), std::int64_t{ClosedTest::most_arms}));
    node.accept("within");
    if (node.has("within")) selection_.within = node.number("within", Range::at_least(0));
    node.accept("threshold");
    const bool by_z = selection_.by == By::z;
    if (node.has("threshold")) {
      const double threshold = node.number("threshold", by_z ? Range::between(-10, 10) : Range::between(0.01, 100));
      selection_.enough = by_z ? threshold : -threshold;
    }
    node.finish();
  }

  /// Every set of arms that may go on, few first, and none.
  void name_courses(const DesignInput& input) {
    for (std::size_t size = 1; size <= std::min(selection_.keep, names_.size()); ++size)
      for (HypothesisSet set = 1; set <= all(); ++set) {
        if (static_cast<std::size_t>(std::popcount(set)) != size) continue;
        course_sets_.push_back(set);
        courses_.emplace_back();
        for (std::size_t k = 0; k < names_.size(); ++k)
          if (set & only(k)) courses_.back() += (courses_.back().empty() ? "" : " + ") + input.arms[arm_[k]];
      }
    course_sets_.push_back(0);
    courses_.emplace_back("stop");
  }

  std::size_t course_of(HypothesisSet go_on) const {
    return static_cast<std::size_t>(std::ranges::find(course_sets_, go_on) - course_sets_.begin());
  }

  /// The arms of these comparisons, and the control.
  ArmSet arms_of(HypothesisSet set) const {
    ArmSet arms = 1;
    for (std::size_t k = 0; k < names_.size(); ++k)
      if (set & only(k)) arms |= ArmSet{1} << arm_[k];
    return arms;
  }

  /// `before`: of each comparison what the last stage that told of it showed; made what this one does.
  void add_stage(ClosedTest& test, std::size_t k, bool last, HypothesisSet active, std::span<HypothesisResult> before,
                 std::span<const HypothesisResult> now) const {
    std::array<ArmStage, ClosedTest::most_arms> shown{};
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool news = now[i].events > before[i].events && !std::isnan(now[i].z);
      if (!(active & only(i)) || !news) continue;
      const double z =
          before[i].events > 0 ? increment(before[i].z, before[i].events, now[i].z, now[i].events) : now[i].z;
      shown[i] = {z, (now[i].events - before[i].events) * information_[i]};
      before[i] = now[i];
    }
    const SequentialStage* stage = !sequential_ ? nullptr : last ? ending_[k].get() : sequential_->planned()[k].get();
    const double boundary = stage ? stage->efficacy : last ? boundaries_.back() : boundaries_[k];
    test.add(active, std::span(shown).first(names_.size()), looks_[k].information, boundary, stage);
  }

  /// What an arm's showing is judged by: large is good.
  double merit(std::size_t k, const HypothesisResult& seen) const {
    if (std::isnan(seen.z)) return -std::numeric_limits<double>::infinity();
    if (selection_.by == By::z) return seen.z;
    return -null_[k] * std::exp(-seen.z / std::sqrt(seen.events * information_[k]));
  }

  HypothesisSet selected(HypothesisSet candidates, std::span<const HypothesisResult> now) const {
    HypothesisSet set = 0;
    double best = 0;
    for (std::size_t n = 0; n < std::min(selection_.keep, names_.size()); ++n) {
      std::size_t next = names_.size();
      for (std::size_t k = 0; k < names_.size(); ++k)
        if ((candidates & ~set & only(k)) && (next == names_.size() || merit(k, now[k]) > merit(next, now[next])))
          next = k;
      if (next == names_.size()) break;
      const double own = merit(next, now[next]);
      if (set == 0) best = own;
      if (!(own >= selection_.enough && own >= best - selection_.within)) break;
      set |= only(next);
    }
    return set;
  }

  /// Once arms are dropped, the looks go by the others' events: as many more as planned, or their part of those
  /// planned.
  Look next_look(std::size_t k, HypothesisSet active, Conduct& trial) const {
    Look look = looks_[k + 1];
    if (active == all()) return look;
    look.of_arms = arms_of(active);
    const std::size_t known = trial.events_known(*look.of_arms);
    if (refill_) {
      look.events = known + events(k + 1) - events(k);
    } else {
      const double share = share_of(*look.of_arms, shares_.size(), [&](std::size_t arm) { return shares_[arm]; });
      const double part = share * static_cast<double>(events(k + 1));
      look.events = std::max(known + 1, static_cast<std::size_t>(std::lround(part)));
    }
    return look;
  }

  /// `left`: arms still in the trial. `otherwise`: the decision where none is claimed.
  void end(Conduct& trial, const ClosedTest& test, HypothesisSet claimed, HypothesisSet left,
           Decision otherwise) const {
    std::array<CombinedEffect, ClosedTest::most_arms> effects;
    for (std::size_t k = 0; k < names_.size(); ++k) {
      if (!((left | claimed) & only(k))) {
        effects[k].dropped = true;
        continue;
      }
      effects[k] = test.effect(k);
      for (double* value : {&effects[k].estimate, &effects[k].lower, &effects[k].upper}) *value -= std::log(null_[k]);
    }
    trial.stop(claimed != 0 ? Decision::efficacy : otherwise, std::span(effects).first(names_.size()));
  }

  std::vector<std::string> names_;                    // of the comparisons ...
  std::vector<std::size_t> arm_;                      // ... the arm of each
  std::vector<double> null_, loading_, information_;  // ... hazard ratio tested against; Dunnett; of an event
  std::vector<double> shares_;                        // of the patients, by arm
  Intersection intersection_ = Intersection::dunnett;
  Selection selection_;
  bool refill_ = true, until_all_ = false;
  HypothesisSet true_nulls_ = 0;
  std::vector<std::string> courses_;
  std::vector<HypothesisSet> course_sets_;                      // one a course
  std::vector<std::shared_ptr<const SequentialStage>> ending_;  // of a trial that ends at each look
};

}  // namespace

std::unique_ptr<Design> read_arm_selection(DesignInput input) {
  return std::make_unique<ArmSelection>(std::move(input));
}

}  // namespace oligosim
