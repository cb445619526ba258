#include "models/study/closed_form/closed_form_design.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/sequential_characteristics.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"
#include "models/study/closed_form/by_pieces.hpp"
#include "models/study/closed_form/closed_form.hpp"

namespace oligosim {
namespace {

constexpr double nearly_sure = 0.99;
constexpr double fewest_events = 10;  // at the end: z of fewer is not normal

/// Probability that the event of a patient of an arm is known by a month: entered and followed until then, where his
/// arm loses patients at a rate. `integrate`: of a function from a month to another.
template <class Integrate>
double known_in_arm(const Trial& trial, const ArmSurvival& arm, double loss, double month, const Integrate& integrate) {
  std::vector<double> breaks = arm.breaks;
  breaks.push_back(month - trial.enrollment().over_months());
  const auto integrand = [&](double t) {
    return arm.density(t) * *trial.enrollment().expected_share(month - t) * std::exp(-loss * t);
  };
  return by_pieces(std::move(breaks), month, [&](double from, double to) { return integrate(integrand, from, to); });
}

/// The same of a patient of any arm.
template <class Integrate>
double known_by(const Trial& trial, const std::pair<ArmSurvival, ArmSurvival>& arms, double month,
                const Integrate& integrate) {
  const double share = trial.randomized_share(1);
  return (1 - share) * known_in_arm(trial, arms.first, trial.dropout().rate(0), month, integrate) +
         share * known_in_arm(trial, arms.second, trial.dropout().rate(1), month, integrate);
}

/// A density may be infinite at 0; after it the share who have entered may fall within weeks.
double known_by(const Trial& trial, const std::pair<ArmSurvival, ArmSurvival>& arms, double month) {
  boost::math::quadrature::tanh_sinh<double> from_zero;
  return known_by(trial, arms, month, [&](const auto& f, double from, double to) {
    return from == 0 ? from_zero.integrate(f, from, to, 1e-12)
                     : boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, from, to, 12, 1e-12);
  });
}

/// Probability that so many events are known by a month, of patients who enter, fare and are lost
/// independently; nothing where that has no closed form.
std::optional<double> reached(const Scenario& scenario, std::size_t events, double month,
                              const std::pair<ArmSurvival, ArmSurvival>& arms) {
  const Trial& trial = *scenario.trial;
  if (!trial.enrollment().expected_share(0) || trial.dropout().informative()) return {};
  if (events > trial.patients()) return 0;
  const double known = known_by(trial, arms, month);
  return boost::math::ibeta(static_cast<double>(events), static_cast<double>(trial.patients() - events) + 1,
                            std::clamp(known, 0.0, 1.0));
}

/// The endpoint that the primary analysis reads, of all patients, is the one that the look counts.
bool counts_primary(const Scenario& scenario, const Look& look) {
  const EstimateLabel& primary =
      scenario.plan->analysis(scenario.plan->position(scenario.design->primary())).labels().front();
  return !look.among &&
         scenario.disease->endpoints()[look.endpoint].name == modelled_endpoint(scenario, primary.endpoint);
}

/// Nothing where a look waits for something that has no closed form, or for events that need not come.
std::optional<double> expected_events(const Scenario& scenario, const Look& look,
                                      const std::pair<ArmSurvival, ArmSurvival>& arms) {
  if (look.follow_up_months > 0 || look.dated()) return {};
  const Trial& trial = *scenario.trial;
  if (look.events) {
    if (!counts_primary(scenario, look) ||
        reached(scenario, *look.events, scenario.design->latest_month(), arms).value_or(1) < nearly_sure)
      return {};
    return static_cast<double>(*look.events);
  }
  if (!look.month || !trial.enrollment().distribution(0) || trial.dropout().informative()) return {};
  return static_cast<double>(trial.patients()) * known_by(trial, arms, *look.month);
}

/// The mean calendar month of a number of events, at most the latest: of patients who enter, fare and are lost
/// independently of each other.
double mean_month(const Scenario& scenario, std::size_t events, const std::pair<ArmSurvival, ArmSurvival>& arms) {
  const Trial& trial = *scenario.trial;
  const double latest = scenario.design->latest_month();
  const auto others = static_cast<double>(trial.patients() - events) + 1;
  constexpr double panel = 2;  // months, short against the spread of the day
  const auto integrate = [](const auto& f, double from, double to) {
    return boost::math::quadrature::gauss<double, 30>::integrate(f, from, to);
  };
  double sum = 0;
  for (double from = 0; from < latest; from += panel) {
    const auto not_yet = [&](double month) {
      const double known = known_by(trial, arms, month, integrate);
      return boost::math::ibetac(static_cast<double>(events), others, std::clamp(known, 0.0, 1.0));
    };
    const double to = std::min(latest, from + panel);
    const double part = boost::math::quadrature::gauss<double, 10>::integrate(not_yet, from, to);
    sum += part;
    if (part < 1e-10) break;
  }
  return sum;
}

/// What an event tells of the log hazard ratio, over what it would with the arms' shares at randomization: p (1 - p)
/// with the second arm's share p of those still followed, on average over so many events, the last of them on the mean
/// of its month or on a date. As in Schoenfeld's formula the arms have their events alike for p, so that this is 1
/// where both lose patients at one rate. Nothing where there is no closed form.
std::optional<double> relative_information(const Scenario& scenario, const Look& last,
                                           const std::pair<ArmSurvival, ArmSurvival>& arms) {
  const Trial& trial = *scenario.trial;
  const double more = trial.dropout().rate(1) - trial.dropout().rate(0);
  if (more == 0) return 1;
  if (!trial.enrollment().expected_share(0) || trial.dropout().informative()) return {};
  const double share = trial.randomized_share(1);
  const auto weighed = [&](const ArmSurvival& arm) {
    ArmSurvival own = arm;
    own.density = [&, share, more](double t) {
      const double left = std::exp(-more * t), all = 1 - share + share * left;
      return arm.density(t) * left / (all * all);
    };
    return own;
  };
  const double month = last.events ? mean_month(scenario, *last.events, arms) : *last.month;
  return known_by(trial, {weighed(arms.first), weighed(arms.second)}, month) / known_by(trial, arms, month);
}

/// Exits of a design of several looks at the events expected of them: with boundaries made for these, or, where nobody
/// says how many there will be, with those of the information planned.
ExitProbabilities exits(const SequentialDesign& design, std::size_t final_events, const DesignFormula& formula) {
  if (final_events == 0) {
    std::vector<double> information;
    for (const double events : formula.events) information.push_back(events / formula.events.back());
    return exit_probabilities(design, information, formula.drift);
  }
  std::shared_ptr<const SequentialStage> stage;
  for (std::size_t k = 0; k < formula.events.size(); ++k) {
    const double information = formula.events[k] / static_cast<double>(final_events);
    stage = std::make_shared<SequentialStage>(design.next(stage, information, k + 1 == formula.events.size()));
  }
  return exit_probabilities(design, *stage, formula.drift / std::sqrt(stage->information));
}

}  // namespace

std::optional<DesignFormula> design_formula(const Scenario& scenario) {
  const Design& design = *scenario.design;
  if (design.combines() || !scenario.draws.empty()) return {};  // each draw has another answer
  if (!design.primary_first() || (design.multiplicity() && design.multiplicity()->until_all())) return {};
  const Analysis& primary = scenario.plan->analysis(scenario.plan->position(design.primary()));
  const HazardRatioTest* test = test_of_arms(primary);
  const auto arms = two_arms(scenario, primary.labels().front());
  if (!test || !arms || test->compared() != "arm=" + scenario.trial->arms()[1]) return {};
  const std::optional<double> ratio = constant_hazard_ratio(arms->first, arms->second);
  if (!ratio || !(*ratio > 0)) return {};
  DesignFormula formula{.hazard_ratio = *ratio};
  for (const Look& look : design.looks()) {
    const auto events = expected_events(scenario, look, *arms);
    // Next to nothing new: what is integrated over is as fine.
    if (!events || (!formula.events.empty() && *events < 1.001 * formula.events.back())) return {};
    formula.events.push_back(*events);
    const bool over = design.final_events() > 0 && *events >= static_cast<double>(design.final_events());
    if (over && formula.events.size() < design.looks().size()) return {};  // ends there in most trials, but not all
  }
  if (formula.events.back() < fewest_events) return {};
  const std::optional<double> relative = relative_information(scenario, design.looks().back(), *arms);
  if (!relative) return {};
  const double share = scenario.trial->randomized_share(1);
  formula.drift = std::log(*test->null_ratio() / *ratio) * std::sqrt(formula.events.back() * share * (1 - share)) *
                  std::sqrt(*relative);
  if (const SequentialDesign* sequential = design.sequential()) {
    const ExitProbabilities exit = exits(*sequential, design.final_events(), formula);
    formula.efficacy = exit.efficacy, formula.harm = exit.harm, formula.futility = exit.futility;
  } else {
    const double boundary = design.efficacy_boundaries().front();
    formula.efficacy = {normal_cdf(formula.drift - boundary)};
    formula.harm = {design.sides() == 2 ? normal_cdf(-boundary - formula.drift) : 0};
    formula.futility = {0};
  }
  formula.claims_efficacy = std::accumulate(formula.efficacy.begin(), formula.efficacy.end(), 0.0);
  formula.claims_harm = std::accumulate(formula.harm.begin(), formula.harm.end(), 0.0);
  formula.expected_events = formula.events.back();
  for (std::size_t k = 0; k + 1 < formula.events.size(); ++k)
    formula.expected_events -=
        (formula.efficacy[k] + formula.harm[k] + formula.futility[k]) * (formula.events.back() - formula.events[k]);
  return formula;
}

std::vector<std::string> doubtful_looks(const Scenario& scenario) {
  const Design& design = *scenario.design;
  const Analysis& primary = scenario.plan->analysis(scenario.plan->position(design.primary()));
  const auto arms = two_arms(scenario, primary.labels().front());
  if (!arms || !scenario.draws.empty()) return {};
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < design.looks().size(); ++k) {
    const Look& look = design.looks()[k];
    if (!look.events || !counts_primary(scenario, look)) continue;
    const double latest = std::min(design.latest_month(), look.latest_month.value_or(design.latest_month()));
    const double share = reached(scenario, *look.events, latest, *arms).value_or(1);
    if (share < nearly_sure)
      lines.push_back("look " + std::to_string(k + 1) + ": " + std::to_string(*look.events) + " events come by month " +
                      rounded(latest, 4) + " in " + (share < 0.001 ? "less than 0.1 %" : percent(share)) +
                      " of trials; in the others it is held then" +
                      (look.gap_months > 0 ? ", or once min_gap_months have passed," : ",") + " with fewer");
  }
  return lines;
}

std::vector<std::string> entering_looks(const Scenario& scenario) {
  std::vector<std::string> lines;
  const std::vector<Look>& looks = scenario.design->looks();
  for (std::size_t k = 0; k < looks.size(); ++k) {
    const bool by_date = looks[k].month && looks[k].follow_up_months == 0;
    const std::optional<double> share =
        by_date ? scenario.trial->enrollment().expected_share(*looks[k].month) : std::nullopt;
    const auto patients = static_cast<double>(scenario.trial->patients());
    if (share && *share * patients < patients - 0.5)
      lines.push_back("look " + std::to_string(k + 1) + ": about " + rounded(*share * patients, 3) + " of " +
                      rounded(patients, 6) + " patients have entered by month " + rounded(*looks[k].month, 4));
  }
  return lines;
}

std::optional<double> expected_months(const Scenario& scenario, const DesignFormula& formula) {
  const Design& design = *scenario.design;
  const Trial& trial = *scenario.trial;
  const Analysis& primary = scenario.plan->analysis(scenario.plan->position(design.primary()));
  const auto arms = two_arms(scenario, primary.labels().front());
  if (!arms || !trial.enrollment().distribution(0) || trial.dropout().informative()) return {};
  double months = 0, goes_on = 1;
  for (std::size_t k = 0; k < formula.events.size(); ++k) {
    const Look& look = design.looks()[k];
    const bool last = k + 1 == formula.events.size();
    const double stops = last ? goes_on : formula.efficacy[k] + formula.harm[k] + formula.futility[k];
    months += stops * (look.events ? mean_month(scenario, *look.events, *arms) : *look.month);
    goes_on -= stops;
  }
  return months + trial.cleaning_days() / trial.days_per_month();
}

}  // namespace oligosim
