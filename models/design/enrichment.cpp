#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/intersection_test.hpp"
#include "models/design/two_stages.hpp"

namespace oligosim {
namespace {

constexpr Choice<Intersection> intersections[] = {{"simes", Intersection::simes},
                                                  {"bonferroni", Intersection::bonferroni},
                                                  {"spiessens_debois", Intersection::spiessens_debois}};

enum class By { conditional_power, hazard_ratio };
constexpr Choice<By> measures[] = {{"conditional_power", By::conditional_power}, {"hazard_ratio", By::hazard_ratio}};

enum Course : std::size_t { all, subgroup_alone, stopped };
const std::string course_names[] = {"all", "subgroup", "stop"};

/// z of the whole population, of the subgroup, and of the hypothesis that there is no effect in either.
struct Shown {
  double whole = missing, subgroup = missing, neither = missing;
};

/// At an interim look the trial goes on with all patients, with a subgroup alone, or stops. Whatever it does the
/// familywise level holds: a closed test of the whole population and the subgroup, whose stages are combined (Brannath
/// et al. 2009; for survival Jenkins, Stone and Jennison 2011).
class Enrichment : public TwoStages {
 public:
  explicit Enrichment(DesignInput input) : share_(input.experimental_share) {
    read_two_stages(input);
    ConfigNode& node = input.node;
    read_subgroup(node.child("subgroup"), input);
    intersection_ = node.choice<Intersection>("intersection", intersections, Intersection::simes);
    read_selection(node.child("go_on"), input);
    node.accept("true_nulls");
    if (!names_[0].empty() && !names_[1].empty()) true_nulls_ = read_true_nulls(node, names_);
    node.finish();
  }

  void conduct(Conduct& trial) const override {
    trial.enroll(planned_patients_);
    const LookResult first = trial.analyze_at(looks_.front());
    const std::array<HypothesisResult, 2> before = last_two(first);
    const Shown at_first = shown(before[0].z, before[1].z, before[1].events / before[0].events);
    const double boundary = first.events_reached ? boundaries_.front() : normal_quantile(1 - alpha_);
    if (const HypothesisSet claimed = claims(at_first, boundary); claimed != 0 || !first.events_reached)
      return end(trial, claimed);
    const Course course = choose(before);
    trial.take(course);
    if (course == stopped) return trial.stop(Decision::futility);
    Look last = looks_.back();
    if (course == subgroup_alone) {
      trial.enroll_only(subgroup_);
      last.events = subgroup_events_;
      last.among = subgroup_;
    }
    const std::array<HypothesisResult, 2> after = last_two(trial.analyze_at(last));
    end(trial, claims(combined(at_first, second_stage(before, after, course)), boundaries_.back()));
  }

  std::span<const std::string> courses() const override { return course_names; }
  std::span<const std::string> hypotheses() const override { return names_; }
  HypothesisSet true_nulls() const override { return true_nulls_; }
  const Subgroup* subgroup() const override { return &subgroup_; }

  std::vector<std::string> rules() const override {
    const bool power = by_ == By::conditional_power;
    const auto from = [&](double x) { return power ? "at least " + percent(x) : "at most " + rounded(x, 4); };
    const std::string what = power ? "conditional power" : "hazard ratio";
    return {"all patients go on where the " + what + " of " + names_[0] + " is " + from(whole_from_),
            "else the subgroup alone, to " + std::to_string(subgroup_events_) + " events of its own, where the " +
                what + " of " + names_[1] + " is " + from(subgroup_from_),
            "else the trial stops"};
  }

 private:
  void read_subgroup(ConfigNode node, const DesignInput& input) {
    std::vector<std::string> categories, others = input.testable;
    for (const std::string& name : input.baseline->names())
      if ((*input.baseline)[*input.baseline->find(name)].kind == ColumnKind::category) categories.push_back(name);
    const auto column = input.baseline->find(node.one_of("column", categories, "baseline category"));
    if (column) {
      subgroup_.column = *column;
      const std::vector<std::string>& levels = (*input.baseline)[*column].levels;
      const std::vector<std::string> chosen = node.some_of("levels", levels, "level");
      for (std::size_t k = 0; k < levels.size() && k < 32; ++k)
        if (std::ranges::find(chosen, levels[k]) != chosen.end()) subgroup_.levels |= 1U << k;
      if (chosen.size() == levels.size()) node.problem("levels", "are all there are (some of them)");
    }
    node.accept("levels");
    std::erase(others, primary_);
    names_ = {primary_, node.one_of("analysis", others, "other analysis with a one-sided test")};
    subgroup_events_ = static_cast<std::size_t>(node.integer("at_events", Range::between(1, 1e6)));
    if (ready_ && subgroup_events_ > input.patients && input.patients > 0)
      node.problem("at_events",
                   "are more than the " + std::to_string(input.patients) + " patients of trial.enrollment.patients");
    node.finish();
  }

  void read_selection(ConfigNode node, const DesignInput& input) {
    by_ = node.choice<By>("by", measures, By::conditional_power);
    const Range range = by_ == By::conditional_power ? Range::between(0, 1) : Range::between(0.01, 100);
    whole_from_ = node.number("whole", range);
    subgroup_from_ = node.number("subgroup", range);
    null_ratio_ = null_ratio_of_primary(input);
    if (by_ == By::hazard_ratio && std::isnan(null_ratio_))
      node.problem("by", "'hazard_ratio' needs a primary analysis of the hazard ratio of the arms");
    node.finish();
  }

  static std::array<HypothesisResult, 2> last_two(const LookResult& result) {
    const std::span<HypothesisResult> shown = result.hypotheses.last(2);
    return {shown[0], shown[1]};
  }

  /// `share`: of the information that is the subgroup's.
  Shown shown(double whole, double subgroup, double share) const {
    const double correlation = std::sqrt(std::clamp(share, 0.0, 1.0));
    return {whole, subgroup, intersection_z(intersection_, whole, subgroup, correlation)};
  }

  /// Closed test: each claim needs its own test and that of both hypotheses together.
  static HypothesisSet claims(const Shown& z, double boundary) {
    HypothesisSet set = 0;
    if (z.neither >= boundary && z.whole >= boundary) set |= only(0);
    if (z.neither >= boundary && z.subgroup >= boundary) set |= only(1);
    return set;
  }

  static void end(Conduct& trial, HypothesisSet claimed) {
    trial.reject(claimed);
    trial.stop(claimed != 0 ? Decision::efficacy : Decision::none);
  }

  /// Whether what was seen of a hypothesis is enough to go on; `wanted`: its events at the end.
  bool promises(const HypothesisResult& seen, double wanted, double threshold) const {
    if (by_ == By::hazard_ratio)
      return null_ratio_ * std::exp(-seen.z / std::sqrt(seen.events * share_ * (1 - share_))) <= threshold;
    const double further = std::max(0.0, wanted - seen.events);
    return combination().conditional_power(seen.z, seen.z / std::sqrt(seen.events), further) >= threshold;
  }

  Course choose(const std::array<HypothesisResult, 2>& seen) const {
    if (promises(seen[0], static_cast<double>(events(1)), whole_from_)) return all;
    if (promises(seen[1], static_cast<double>(subgroup_events_), subgroup_from_)) return subgroup_alone;
    return stopped;
  }

  /// Of the subgroup alone, the second stage says nothing of the whole.
  Shown second_stage(const std::array<HypothesisResult, 2>& before, const std::array<HypothesisResult, 2>& after,
                     Course course) const {
    const auto of = [&](std::size_t k) {
      return increment(before[k].z, before[k].events, after[k].z, after[k].events);
    };
    if (course == subgroup_alone) return {.subgroup = of(1), .neither = of(1)};
    return shown(of(0), of(1), (after[1].events - before[1].events) / (after[0].events - before[0].events));
  }

  Shown combined(const Shown& first, const Shown& second) const {
    const CombinationTest test = combination();
    return {test.combined(first.whole, second.whole), test.combined(first.subgroup, second.subgroup),
            test.combined(first.neither, second.neither)};
  }

  double share_;  // of the patients in the second arm
  Subgroup subgroup_;
  std::size_t subgroup_events_ = 1;
  std::vector<std::string> names_;
  Intersection intersection_ = Intersection::simes;
  By by_ = By::conditional_power;
  double whole_from_ = 0, subgroup_from_ = 0, null_ratio_ = 1;
  HypothesisSet true_nulls_ = 0;
};

}  // namespace

std::unique_ptr<Design> read_enrichment(DesignInput input) { return std::make_unique<Enrichment>(std::move(input)); }

}  // namespace oligosim
