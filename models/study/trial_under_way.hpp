#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "models/study/arms_log_rank.hpp"
#include "models/study/scenario.hpp"
#include "models/study/stopped_estimates.hpp"

namespace oligosim {

/// One trial under way: the design asks for looks, the data are cut and the primary analysis run.
class TrialUnderWay : public Conduct {
 public:
  /// `arms`: the primary analysis, where it is that. `hypotheses`: positions of the analyses of Design::hypotheses().
  TrialUnderWay(const Scenario& scenario, const Trial& trial, const StoppedEstimates& stopped, std::size_t analysis,
                const std::optional<ArmsLogRank>& arms, std::span<const std::size_t> hypotheses, Patients& patients,
                const Resampling& by, Arena& arena)
      : seen(arena.take<LookResult>(scenario.design->looks().size())),
        adjusted(arena.take<Estimate>(stopped.labels().size())),
        rejected_at(arena.take<std::size_t>(hypotheses.size(), 0)),
        hypotheses_(hypotheses),
        shown_(arena.take<HypothesisResult>(hypotheses.size() * seen.size())),
        scenario_(scenario),
        trial_(trial),
        stopped_(stopped),
        patients_(patients),
        arena_(arena),
        primary_(analysis),
        arms_(arms),
        by_(by),
        primary_at_(arena.take<Estimate>(seen.size())),
        estimates_at_(arena.take<std::span<Estimate>>(seen.size(), std::span<Estimate>{})) {}

  LookResult analyze_at(const Look& look) override {
    const double latest = scenario_.design->latest_month() * trial_.days_per_month();
    const double before = looks > 0 ? last().day : 0, waits = due_day(look);
    const double due = day_held(waits, look, trial_.days_per_month(), before);
    if (look.pauses) Enrollment::pause(patients_.enrollment_day, *look.patients, due + trial_.cleaning_days(), arena_);
    const double day = std::min(due, latest);
    day_ = day;
    shared_ = nullptr;
    of_primary_ = numbers_of_primary();
    primary_at_[looks] = primary = of_primary_.front();
    for (std::size_t k = 0; k < hypotheses_.size(); ++k) {
      const Estimate own = hypotheses_[k] == primary_ ? primary : numbers_of(hypotheses_[k]).front();
      shown_[looks * hypotheses_.size() + k] = {.z = own.signed_statistic, .events = own.n_events, .n = own.n};
    }
    seen[looks] = {.day = day,
                   .z = primary.signed_statistic,
                   .events_reached = due <= latest,
                   .moved = due != std::max(waits, before),
                   .events = events_counted(),
                   .successes = primary.n_events,
                   .hypotheses = shown_.first((looks + 1) * hypotheses_.size())};
    if (std::ranges::find(scenario_.at_looks, static_cast<int>(looks) + 1) != scenario_.at_looks.end()) {
      estimates_at_[looks] = arena_.take<Estimate>(scenario_.plan->labels().size());
      evaluate_plan(estimates_at_[looks]);
    }
    ++looks;
    return last();
  }
  void reject(HypothesisSet hypotheses) override {
    for (std::size_t k = 0; k < rejected_at.size(); ++k)
      if ((hypotheses & only(k)) && rejected_at[k] == 0) rejected_at[k] = looks;
  }
  void enroll(std::size_t patients) override {
    const std::span<double> days = patients_.enrollment_day;
    if (entry_.empty()) {
      entry_ = arena_.take<double>(days.size());
      std::ranges::copy(days, entry_.begin());
    } else {
      std::ranges::copy(entry_, days.begin());
      Enrollment::pause(days, enrolled_, decided(), arena_);
    }
    Enrollment::pause(days, patients, never, arena_);
    enrolled_ = patients;
  }
  void enroll_only(const Subgroup& group) override {
    const std::span<const std::uint8_t> level = patients_.baseline.categories(group.column);
    const std::span<double> days = patients_.enrollment_day;
    std::ranges::copy(entry_, days.begin());
    Enrollment::pause(days, enrolled_, decided(), arena_);
    for (std::size_t i = 0; i < level.size(); ++i)
      if (!group.has(level[i]) && days[i] >= decided()) days[i] = never;
    Enrollment::pause(days, enrolled_, never, arena_);
  }
  void keep_arms(ArmSet arms, bool refill) override {
    const std::size_t now = Trial::enrolled(patients_, decided());
    if (!refill) {
      const double share =
          share_of(arms, trial_.arms().size(), [&](std::size_t arm) { return trial_.randomized_share(arm); });
      const double of_all = share / enrolling_share_;
      const std::size_t most = enrolled_ > 0 ? enrolled_ : patients_.count();
      enroll(now + static_cast<std::size_t>(std::lround(of_all * static_cast<double>(most - std::min(now, most)))));
      enrolling_share_ = share;
    }
    trial_.keep_arms(arms, decided(), ++lists_, patients_, arena_);
  }
  std::size_t events_known(ArmSet arms) override {
    const std::size_t endpoint = scenario_.design->looks().back().endpoint;
    return Trial::events_known(patients_, endpoint, day_, counted_of(arms));
  }
  void take(std::size_t number) override { course = number; }
  void stop(Decision d, std::span<const CombinedEffect> effects) override {
    decision = d;
    stopped_.evaluate_arms(effects, shown_.subspan((looks - 1) * hypotheses_.size(), hypotheses_.size()), adjusted);
  }
  void stop(Decision d, const CombinedTest& test) override {
    decision = d;
    stopped_.evaluate_combined(test, primary, adjusted);
  }
  void stop(Decision d, const LastStage& at) override {
    decision = d;
    if (scenario_.design->combines())  // without a test there is nothing to tell
      stopped_.evaluate_combined({}, primary, adjusted);
    else if (scenario_.design->binomial())
      stopped_.evaluate_responses(last().events_reached ? looks : 0, primary, adjusted);
    else
      stopped_.evaluate(at, at.stage ? primary_at_[at.look] : primary, adjusted);
  }

  const LookResult& last() const { return seen[looks - 1]; }
  /// The data of the last look.
  PlanData& data() {
    if (!shared_) {
      shared_ = arena_.take<PlanData>(1).data();
      *shared_ = data_on(day_);
    }
    return *shared_;
  }
  /// All numbers of the plan on them.
  void evaluate(std::span<Estimate> out) {
    const std::span<const Estimate> known = estimates_at(static_cast<int>(looks));
    if (known.empty())
      evaluate_plan(out);
    else
      std::ranges::copy(known, out.begin());
  }
  /// The same at a look, from 1, where the study asks for it and it was held; else empty.
  std::span<const Estimate> estimates_at(int look) const { return estimates_at_[static_cast<std::size_t>(look) - 1]; }
  /// Events of the primary analysis at a look that was held.
  double events_at(int look) const { return primary_at_[static_cast<std::size_t>(look) - 1].n_events; }

  std::size_t looks = 0;
  std::span<LookResult> seen;
  Estimate primary;  // at the last look analysed
  std::span<Estimate> adjusted;
  std::span<std::size_t> rejected_at;  // look at which each hypothesis was rejected; 0: not
  Decision decision = Decision::none;
  std::optional<std::size_t> course;  // of Design::courses()

 private:
  void evaluate_plan(std::span<Estimate> out) {
    const Plan& plan = *scenario_.plan;
    if (plan.analyses() == 1 && !plan.resamples() && !plan.analysis(primary_).resamples_itself())
      std::ranges::copy(of_primary_, out.begin());
    else
      plan.evaluate(data(), arena_, out, by_, {primary_, of_primary_});
  }
  /// The numbers of an analysis on the data of this look.
  std::span<const Estimate> numbers_of(std::size_t analysis) {
    const std::span<Estimate> own = arena_.take<Estimate>(scenario_.plan->analysis(analysis).labels().size());
    scenario_.plan->evaluate(analysis, data(), arena_, own);
    return own;
  }
  std::span<const Estimate> numbers_of_primary() {
    if (!arms_) return numbers_of(primary_);
    return arena_.take<Estimate>(1, arms_->on(day_, trial_, patients_, arena_));
  }

  /// Of the endpoint that the last look of the design counts, which are often those of the primary analysis.
  std::size_t events_counted() const {
    const Look& final_look = scenario_.design->looks().back();
    if (!final_look.counted) return 0;
    if (arms_ && arms_->endpoint() == final_look.endpoint) return static_cast<std::size_t>(primary.n_events);
    return Trial::events_known(patients_, final_look.endpoint, day_);
  }

  PlanData data_on(double calendar_day) const {
    const Cohort data = trial_.cut(patients_, calendar_day, arena_);
    const PlanParts& parts = scenario_.plan->parts();
    if (!scenario_.plan->reads_lesions()) return {data, parts, arena_};
    const LesionData of_lesions = trial_.cut_lesions(patients_, calendar_day, arena_);
    return {data, parts, arena_, &of_lesions};
  }

  double due_day(const Look& look) const {
    const double month = trial_.days_per_month();
    if (look.patients)
      return Enrollment::entry_day(patients_.enrollment_day, *look.patients, arena_) + look.follow_up_months * month;
    const double due = look.events ? event_day(look) : look.month.value_or(0) * month;
    return look.follow_up_months > 0 ? std::max(due, last_enrollment() + look.follow_up_months * month) : due;
  }

  static constexpr double never = std::numeric_limits<double>::infinity();

  /// One flag a patient.
  std::span<const std::uint8_t> counted_of(ArmSet arms) const {
    const std::span<std::uint8_t> counted = arena_.take<std::uint8_t>(patients_.count());
    for (std::size_t i = 0; i < counted.size(); ++i) counted[i] = has_arm(arms, patients_.arm[i]);
    return counted;
  }

  double event_day(const Look& look) const {
    if (look.of_arms)
      return trial_.event_day(patients_, look.endpoint, *look.events, arena_, counted_of(*look.of_arms));
    if (!look.among) return trial_.event_day(patients_, look.endpoint, *look.events, arena_);
    const std::span<const std::uint8_t> level = patients_.baseline.categories(look.among->column);
    const std::span<std::uint8_t> counted = arena_.take<std::uint8_t>(level.size());
    for (std::size_t i = 0; i < level.size(); ++i) counted[i] = look.among->has(level[i]);
    return trial_.event_day(patients_, look.endpoint, *look.events, arena_, counted);
  }

  /// Of those who enter at all.
  double last_enrollment() const {
    double last = 0;
    for (const double day : patients_.enrollment_day)
      if (std::isfinite(day)) last = std::max(last, day);
    return last;
  }

  /// Calendar day of the decision after the last look.
  double decided() const { return last().day + trial_.cleaning_days(); }

  std::span<const std::size_t> hypotheses_;
  std::span<HypothesisResult> shown_;
  const Scenario& scenario_;
  const Trial& trial_;
  const StoppedEstimates& stopped_;
  Patients& patients_;
  Arena& arena_;
  std::size_t primary_;
  const std::optional<ArmsLogRank>& arms_;
  const Resampling& by_;
  std::span<Estimate> primary_at_;               // each look
  std::span<std::span<Estimate>> estimates_at_;  // those of the study's at_looks
  std::span<const Estimate> of_primary_;         // at the last look
  double day_ = 0;                               // of the last look
  PlanData* shared_ = nullptr;                   // of that day, once somebody asks
  double enrolling_share_ = 1;                   // of the patients planned, in the arms that enroll
  std::uint32_t lists_ = 0;                      // of patients, made anew so far
  std::size_t enrolled_ = 0;                     // patients who may enter, where the design says so ...
  std::span<double> entry_;                      // ... and when they would if all might
};

}  // namespace oligosim
