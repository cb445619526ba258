// Responses and what is found of them, made of all patients as columns, against one patient after the other, whose
// visits are all listed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "engine/memory/arena.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/response_findings.hpp"
#include "models/disease/oligo_hcc/tumor_change.hpp"

namespace oligosim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr std::size_t patients = 403;
constexpr double month_days = 30.4375;

/// Random patients, whose parts need not come from the disease model.
struct RandomPatients {
  explicit RandomPatients(std::uint32_t seed) : random(seed), streams(seed, 1) {
    for (std::size_t i = 0; i < patients; ++i) arm.push_back(static_cast<std::uint8_t>(random() % schedules.size()));
    for (auto* column : {&latent.value, &latent.best_month, &latent.onset_month, &cases.irradiated, &cases.untreated,
                         &cases.evaluable_if_early, &cases.untreated_value, &cases.untreated_onset_month,
                         &seen.progression, &seen.death, &seen.new_therapy, &times.new_lesions,
                         &times.untreated_lesions, &sums.irradiated_cm, &sums.untreated_cm})
      *column = arena.take<double>(patients);
    for (std::size_t i = 0; i < patients; ++i) add(i);
    cases.latent = latent;
  }

  bool chance(double p) { return between(0, 1) < p; }
  double between(double from, double to) { return std::uniform_real_distribution(from, to)(random); }
  double score() { return std::normal_distribution()(random); }

  void add(std::size_t i) {
    latent.value[i] = score(), latent.best_month[i] = std::exp(1.3 + score());
    latent.onset_month[i] = 0.5 * latent.best_month[i];
    cases.irradiated[i] = chance(0.7);
    cases.untreated[i] = chance(0.5) || cases.irradiated[i] == 0;
    cases.evaluable_if_early[i] = chance(0.5);
    cases.untreated_value[i] = cases.untreated[i] > 0 ? score() : 0;
    cases.untreated_onset_month[i] = std::exp(1 + score());
    visits.push_back(attended(i));
    const std::size_t shown = random() % 12;
    seen.progression[i] = shown < visits[i].size() ? visits[i][shown] : never;
    const double after = seen.progression[i] < never ? seen.progression[i] : 0;
    seen.death[i] = chance(0.2) ? never : after + between(0, 40);
    const auto about = [&] { return chance(0.3) ? never : std::max(0.1, after + between(-3, 3)); };
    times.new_lesions[i] = about(), times.untreated_lesions[i] = about();
    sums.irradiated_cm[i] = cases.irradiated[i] > 0 ? between(1, 9) : 0;
    sums.untreated_cm[i] = cases.untreated[i] > 0 ? between(1, 9) : 0;
  }

  std::vector<double> attended(std::size_t i) {
    std::vector<double> room(schedules[arm[i]].count()), months;
    ActualVisits actual(schedules[arm[i]], streams, static_cast<std::uint32_t>(i), room);
    for (std::size_t k = 0; actual.month(k) < never; ++k) months.push_back(actual.month(k));
    return months;
  }

  std::mt19937 random;
  Streams streams;
  Arena arena;
  std::vector<VisitSchedule> schedules{{.months = {1, 4, 7, 10, 13}, .delay_months = 0.3, .jitter_sd_months = 1},
                                       {.months = {2, 4}, .horizon_months = 5},
                                       {.months = {3}, .horizon_months = 4},
                                       {},
                                       {.months = {1, 2, 3, 4}, .then_every_months = 2, .missed_probability = 0.4}};
  std::vector<std::uint8_t> arm;
  std::vector<std::vector<double>> visits;
  LatentResponses latent;
  ResponseCases cases;
  FollowUp seen;
  LatentTimes times;
  LesionSums sums;
};

/// One patient by the words of the rule.
class OnePatient {
 public:
  struct Result {
    double evaluable = never, success = never;
  };
  struct Known {
    Result response, control, irradiated, complete;
    double best_response = never, best_visit = never;
  };

  OnePatient(const OligoHccParameters& parameters, const RandomPatients& all, std::size_t i)
      : p_(parameters), all_(all), visits_(all.visits[i]), i_(i) {}

  double progression() const { return all_.seen.progression[i_]; }
  double death() const { return all_.seen.death[i_]; }
  bool irradiated() const { return all_.cases.irradiated[i_] > 0; }
  bool untreated() const { return all_.cases.untreated[i_] > 0; }
  bool objective() const { return all_.latent.value[i_] > p_.irradiated_response.partial_above; }
  bool gone_completely() const { return all_.latent.value[i_] > p_.irradiated_response.complete_above; }

  bool counts(double visit) const {
    if (visit > death()) return false;
    switch (p_.irradiated_response.assessment) {
      case Assessment::before_progression:
        return visit < progression();
      case Assessment::at_progression:
        return visit <= progression();
      case Assessment::six_months_after:
        return visit <= progression() + 6;
    }
    return false;
  }
  double recorded(double month) const {
    for (const double visit : visits_)
      if (visit >= month) return counts(visit) ? visit : never;
    return never;
  }
  double recorded_or_last(double month) const {
    double last = never;
    for (const double visit : visits_) {
      if (!counts(visit)) return last;
      last = visit;
      if (visit >= month) return last;
    }
    return last;
  }

  Known known() const {
    Known known;
    if (visits_.empty() || death() < visits_[0]) return known;
    const bool early = progression() == visits_[0] || (visits_.size() > 1 && progression() == visits_[1]);
    const double v = all_.cases.untreated_value[i_], by_itself = all_.cases.untreated_onset_month[i_];
    const double of_irradiated = irradiated() && objective() ? recorded(all_.latent.onset_month[i_]) : never;
    if (irradiated()) known.best_visit = recorded_or_last(all_.latent.best_month[i_]);
    if (irradiated() && (!early || all_.cases.evaluable_if_early[i_] > 0)) {
      known.irradiated = {visits_[0], of_irradiated};
      known.best_response = known.best_visit;
    }
    known.response.evaluable = known.complete.evaluable = visits_[0];
    if (early) {
      known.control.evaluable = progression();
      return known;
    }
    known.control.evaluable = known.control.success = std::min(visits_.size() > 1 ? visits_[1] : never, death());
    if (of_irradiated < never && (!untreated() || v > p_.overall_response.partial_above)) {
      known.response.success = of_irradiated;
    } else if (untreated() && v > p_.overall_response.alone_above) {
      known.response.success = recorded(by_itself);
    }
    const bool others_gone = !untreated() || v > p_.overall_response.complete_above;
    if (others_gone && !irradiated()) known.complete.success = recorded(by_itself);
    if (others_gone && irradiated() && gone_completely()) known.complete.success = of_irradiated;
    known.response.success = std::min(known.response.success, known.complete.success);
    return known;
  }

 private:
  const OligoHccParameters& p_;
  const RandomPatients& all_;
  const std::vector<double>& visits_;
  std::size_t i_;
};

OligoHccParameters with_rule(Assessment rule) {
  OligoHccParameters parameters;
  parameters.irradiated_response.assessment = rule;
  return parameters;
}

constexpr Assessment rules[] = {Assessment::before_progression, Assessment::at_progression,
                                Assessment::six_months_after};

KnownResponses responses_of(const OligoHccParameters& parameters, RandomPatients& all) {
  PatientVisits visits(all.schedules, all.arm, all.streams, all.arena);
  return known_responses(parameters.irradiated_response, parameters.overall_response, all.cases, all.seen, visits, true,
                         all.arena);
}

TEST(KnownResponses, OracleOnePatientAfterTheOther) {
  int responses = 0, later_bests = 0;
  for (const Assessment rule : rules) {
    const OligoHccParameters parameters = with_rule(rule);
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
      RandomPatients all(seed);
      const KnownResponses known = responses_of(parameters, all);
      for (std::size_t i = 0; i < patients; ++i) {
        SCOPED_TRACE(testing::Message() << "rule " << static_cast<int>(rule) << " seed " << seed << " patient " << i);
        const OnePatient::Known one = OnePatient(parameters, all, i).known();
        const auto expect_same = [&](const KnownResult& columns, const OnePatient::Result& result) {
          ASSERT_EQ(columns.evaluable[i], result.evaluable);
          ASSERT_EQ(columns.success[i], result.success);
        };
        expect_same(known.response, one.response);
        expect_same(known.disease_control, one.control);
        expect_same(known.irradiated, one.irradiated);
        expect_same(known.complete_response, one.complete);
        ASSERT_EQ(known.best_response[i], one.best_response);
        ASSERT_EQ(known.best_visit[i], one.best_visit);
        responses += one.response.success < never;
        later_bests += one.best_response < never && one.best_response > one.irradiated.success;
      }
    }
  }
  EXPECT_GT(responses, 1000);
  EXPECT_GT(later_bests, 500);
}

/// What is found of one patient, in months.
struct OneFound {
  struct Step {
    double month;
    ResponseClass response;
  };
  std::vector<Step> overall, irradiated;
  std::optional<double> irradiated_change;  // at best overall response
};

class OneFinding {
 public:
  OneFinding(const OligoHccParameters& parameters, const RandomPatients& all, std::size_t i)
      : one_(parameters, all, i),
        known_(one_.known()),
        p_(parameters),
        value_(all.latent.value[i]),
        onset_(all.latent.onset_month[i]),
        best_(all.latent.best_month[i]) {}

  OneFound found() const {
    OneFound found;
    if (known_.response.evaluable < never) {
      if (known_.control.success == never) {
        if (known_.control.evaluable < never) found.overall = {{known_.control.evaluable, ResponseClass::progressive}};
      } else {
        add(found.overall, known_.control.success, known_.response.success, ResponseClass::stable);
        add(found.overall, known_.response.success, known_.complete.success, ResponseClass::partial);
        add(found.overall, known_.complete.success, never, ResponseClass::complete);
      }
    }
    if (known_.irradiated.evaluable < never) {
      std::vector<double> months{known_.irradiated.evaluable};
      for (const double month : {known_.irradiated.success, known_.best_response})
        if (month > months.back() && month < never) months.push_back(month);
      for (const double month : months)
        found.irradiated.push_back({month, month < known_.irradiated.success ? ResponseClass::stable
                                           : one_.gone_completely()          ? ResponseClass::complete
                                                                             : ResponseClass::partial});
    }
    if (one_.irradiated())
      found.irradiated_change = change(known_.best_visit < never ? known_.best_visit : known_.response.evaluable);
    return found;
  }

  /// Of the irradiated lesions, as assessed at a visit.
  double change(double month) const {
    const double partial = p_.lesions.partial;
    const double so_far = best_change() >= 0 ? best_change() : on_the_way(month);
    return known_.irradiated.success <= month ? std::min(so_far, partial) : std::max(so_far, partial + 0.1);
  }
  double best_change() const {
    if (one_.gone_completely()) return -100;
    const double drawn = irradiated_curve(p_)(value_);
    return one_.objective() ? std::min(p_.lesions.partial, std::max(-99.9, drawn))
                            : std::max(p_.lesions.partial + 0.1, drawn);
  }

 private:
  static void add(std::vector<OneFound::Step>& steps, double from, double until, ResponseClass response) {
    if (from < until) steps.push_back({from, response});
  }
  double on_the_way(double month) const {
    const double best = best_change(), partial = p_.lesions.partial;
    if (!one_.objective()) return month < best_ ? best * (month / best_) : best;
    if (month < onset_) return (partial + 0.1) * month / onset_;
    if (one_.gone_completely() || month >= best_) return best;
    return partial + (best - partial) * ((month - onset_) / (best_ - onset_));
  }

  OnePatient one_;
  OnePatient::Known known_;
  const OligoHccParameters& p_;
  double value_, onset_, best_;
};

/// Between which changes the sum of target lesions is of a class.
std::pair<double, double> sum_of_class(ResponseClass response, bool grown) {
  switch (response) {
    case ResponseClass::complete:
      return {-100, -100};
    case ResponseClass::partial:
      return {-99.9, -30};
    case ResponseClass::stable:
      return {-29.9, 19.9};
    case ResponseClass::progressive:
      return {grown ? 20 : -100, 150};
  }
  return {};
}

TEST(FoundResponses, OracleOnePatientAfterTheOther) {
  int moved = 0, not_targets = 0, growths = 0;
  for (const Assessment rule : rules) {
    const OligoHccParameters parameters = with_rule(rule);
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
      RandomPatients all(seed);
      const KnownResponses known = responses_of(parameters, all);
      const FoundResponses found(parameters, {all.cases, all.times, all.seen, known, all.sums}, month_days, all.arena);
      for (std::size_t i = 0; i < patients; ++i) {
        SCOPED_TRACE(testing::Message() << "rule " << static_cast<int>(rule) << " seed " << seed << " patient " << i);
        const OneFinding finding(parameters, all, i);
        const OneFound one = finding.found();
        const auto expect_steps = [&](const ResponseSteps& columns, const std::vector<OneFound::Step>& steps) {
          for (std::size_t k = 0; k < ResponseSteps::most; ++k) {
            const double month = k < steps.size() ? steps[k].month : never;
            ASSERT_EQ(columns.step[k].day[i], std::max(1.0, std::ceil(month * month_days))) << k;
            if (k < steps.size()) {
              ASSERT_EQ(columns.step[k].response[i], code_of(steps[k].response)) << k;
            }
          }
        };
        expect_steps(found.overall, one.overall);
        expect_steps(found.irradiated, one.irradiated);
        for (std::size_t k = 0; k < one.irradiated.size(); ++k)
          ASSERT_NEAR(found.irradiated.step[k].change[i], finding.change(one.irradiated[k].month), 1e-10) << k;
        ASSERT_NEAR(found.best_irradiated[i], finding.best_change(), 1e-12);

        ASSERT_EQ(found.last_day[i] < never, !one.overall.empty());
        if (one.overall.empty()) continue;
        const std::size_t last = one.overall.size() - 1;
        ASSERT_EQ(found.last_day[i], found.overall.step[last].day[i]);
        const double change = found.overall.step[last].change[i], untreated = found.untreated_change[i];
        const double irradiated_cm = all.sums.irradiated_cm[i], untreated_cm = all.sums.untreated_cm[i];
        const double irradiated = one.irradiated_change.value_or(0);
        if (untreated_cm == 0) {
          ASSERT_NEAR(change, irradiated, 1e-10);
          continue;
        }
        const ResponseClass response = one.overall[last].response;
        const double progression = all.seen.progression[i];
        const bool grown = all.times.untreated_lesions[i] <= progression && all.times.new_lesions[i] > progression;
        const auto [from, to] = sum_of_class(response, grown);
        ASSERT_GE(change, from);
        ASSERT_LE(change, to);
        if (response == ResponseClass::complete) continue;
        const double most = response == ResponseClass::progressive ? 150 : 19.9;
        const double drawn = std::min(most, untreated_curve(parameters)(all.cases.untreated_value[i]));
        const double whole = irradiated_cm + untreated_cm;
        const auto needed = [&](double sum) { return (sum * whole - irradiated * irradiated_cm) / untreated_cm; };
        const double lowest = std::max(-100.0, needed(from)), highest = std::min(most, needed(to));
        ASSERT_EQ(found.irradiated_count[i] > 0, lowest <= highest);
        // As drawn, or moved to the nearest change with which the sum is of the class.
        if (lowest > highest) {
          ASSERT_NEAR(untreated, std::min(to, std::max(from, drawn)), 1e-10);
          ASSERT_EQ(change, untreated);
        } else {
          ASSERT_NEAR(untreated, std::min(highest, std::max(lowest, drawn)), 1e-10);
          ASSERT_NEAR(change, (irradiated * irradiated_cm + untreated * untreated_cm) / whole, 1e-9);
        }
        moved += untreated != drawn, not_targets += lowest > highest, growths += grown;
      }
    }
  }
  EXPECT_GT(moved, 300);
  EXPECT_GT(not_targets, 100);
  EXPECT_GT(growths, 100);
}

}  // namespace
}  // namespace oligosim
