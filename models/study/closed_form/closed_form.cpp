#include "models/study/closed_form/closed_form.hpp"

#include <algorithm>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/statistics/cox/least_false.hpp"
#include "models/analysis/methods/one_proportion.hpp"
#include "models/study/closed_form/by_pieces.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"

namespace oligosim {
namespace {

std::optional<std::size_t> arm_named(const Scenario& scenario, const std::string& name) {
  const std::vector<std::string>& arms = scenario.trial->arms();
  const auto found = std::find(arms.begin(), arms.end(), name);
  if (found == arms.end()) return {};
  return static_cast<std::size_t>(found - arms.begin());
}

/// Of what a proportion of all patients counts, in a trial of one arm.
std::optional<double> probability(const Scenario& scenario, const EstimateLabel& label) {
  const std::size_t analysis = scenario.plan->position(label.analysis);
  const OneProportion* proportion = one_proportion(scenario.plan->analysis(analysis));
  if (!proportion || !proportion->counted() || scenario.plan->of_lesions(analysis) ||
      scenario.trial->arms().size() != 1)
    return {};
  return probability(scenario, 0, *proportion->counted());
}

/// The first month at which the curve is no higher than a level; nothing if it is at no month.
std::optional<double> first_month(const ArmSurvival& arm, double level) {
  const auto above = [&](double t) { return arm.survival(t) - level; };
  double horizon = 1;
  while (above(horizon) > 0 && horizon < 1e4) horizon *= 2;
  if (above(horizon) > 0) return {};
  std::uintmax_t iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(above, 0.0, horizon, boost::math::tools::eps_tolerance<double>(50), iterations);
  return (bracket.first + bracket.second) / 2;
}

/// The first month at which the curve is down to 1 - probability, also where it then stays for a while. A curve that
/// only comes near it, as with a share of cured, never reaches it.
std::optional<double> quantile(const ArmSurvival& arm, double probability) {
  constexpr double rounding = 1e-9;
  const double level = 1 - probability;
  const std::optional<double> near = first_month(arm, level + rounding);
  if (!near || arm.survival(0.99 * *near) < level + 10 * rounding) return {};
  for (const double month : arm.breaks)  // where a curve would become flat
    if (std::abs(month - *near) < 1e-4 && std::abs(arm.survival(month) - level) < rounding) return month;
  return first_month(arm, level);
}

/// Months at which hazards that are proportional must be so: a grid, and between the months where a form changes and
/// after the last of them.
std::vector<double> months_of_every_piece(const ArmSurvival& first, const ArmSurvival& second) {
  std::vector<double> breaks = first.breaks, months;
  breaks.insert(breaks.end(), second.breaks.begin(), second.breaks.end());
  std::ranges::sort(breaks);
  for (double t = 0.25; t <= 64; t *= 1.25) months.push_back(t);
  for (std::size_t k = 0; k < breaks.size(); ++k) {
    const double next = k + 1 < breaks.size() ? breaks[k + 1] : 1.25 * breaks[k] + 1;
    for (const double share : {0.3, 0.9}) months.push_back(breaks[k] + share * (next - breaks[k]));
  }
  return months;
}

std::optional<double> hazard_ratio(const Scenario& scenario, const ArmSurvival& first, const ArmSurvival& second) {
  if (const auto ratio = constant_hazard_ratio(first, second))
    return *ratio > 0 ? ratio : std::nullopt;  // 0: an arm without events
  const Look& last = scenario.design->looks().back();
  if (!last.month || last.follow_up_months > 0 || !scenario.trial->enrollment().distribution(0)) return {};
  if (std::ranges::any_of(scenario.design->looks(), &Look::dated)) return {};  // may hold up the last
  const double end = *last.month;
  const Dropout& dropout = scenario.trial->dropout();
  const auto followed = [&](double t) {
    return *scenario.trial->enrollment().distribution(end - t) * std::exp(-dropout.rate_per_month * t);
  };
  const auto not_lost = [&](std::size_t arm, const auto& curve) {  // by what is his arm's own of its rate
    return [&curve, more = dropout.rate(arm) - dropout.rate_per_month](double t) {
      return curve(t) * std::exp(-more * t);
    };
  };
  std::vector<double> breaks = first.breaks;
  breaks.insert(breaks.end(), second.breaks.begin(), second.breaks.end());
  breaks.push_back(end - scenario.trial->enrollment().over_months());
  std::sort(breaks.begin(), breaks.end());
  const double share = scenario.trial->randomized_share(1);
  return std::exp(least_false_log_hazard_ratio({not_lost(0, first.survival), not_lost(0, first.density), 1 - share},
                                               {not_lost(1, second.survival), not_lost(1, second.density), share},
                                               followed, end, breaks));
}

/// Whether a Cox model has no other covariate.
bool is_only_term(const Analysis& analysis, const std::string& term) {
  return std::ranges::all_of(analysis.labels(),
                             [&](const EstimateLabel& l) { return l.parameter != "hazard_ratio" || l.term == term; });
}

double restricted_mean(const ArmSurvival& arm, double month) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  return by_pieces(arm.breaks, month,
                   [&](double from, double to) { return integrator.integrate(arm.survival, from, to, 1e-12); });
}

/// What two arms' curves have at a month, of the methods milestone and rmst.
std::optional<double> contrast_at(const ArmSurvival& first, const ArmSurvival& second, const EstimateLabel& label) {
  const double a = first.survival(label.at), b = second.survival(label.at);
  if (label.parameter == "survival_difference") return b - a;
  if (label.parameter == "survival_odds_ratio") return b / (1 - b) / (a / (1 - a));
  if (label.parameter == "rmst_difference") return restricted_mean(second, label.at) - restricted_mean(first, label.at);
  if (label.parameter == "rmst_ratio") return restricted_mean(second, label.at) / restricted_mean(first, label.at);
  return {};
}

}  // namespace

std::string modelled_endpoint(const Scenario& scenario, const std::string& planned) {
  const Columns& columns = scenario.trial->columns();
  const auto named = [&](std::size_t column, const std::string& name) {
    return column < columns.size() && columns[column].name == name;
  };
  for (const SurvivalEndpoint& e : scenario.plan->parts().endpoints) {
    const EndpointCoding& coding = e.coding;
    const bool own_codes = coding.kind == EndpointCoding::Kind::event && coding.event == 1 && coding.censored == 0;
    if (e.name != planned || !own_codes || e.start || e.recorded || e.landmark > 0) continue;
    for (const Endpoint& own : scenario.disease->endpoints())
      if (named(e.time, own.name + "_d") && named(e.status, own.name + "_e")) return own.name;
  }
  return "";
}

std::optional<double> constant_hazard_ratio(const ArmSurvival& first, const ArmSurvival& second) {
  std::optional<double> ratio;
  for (const double t : months_of_every_piece(first, second)) {
    const double a = std::log(first.survival(t)), b = std::log(second.survival(t));
    if (!(a < -1e-12) || a < -500) continue;
    if (ratio && std::abs(b / a - *ratio) > 1e-9 * *ratio) return {};
    ratio = b / a;
  }
  return ratio;
}

std::optional<std::pair<ArmSurvival, ArmSurvival>> two_arms(const Scenario& scenario, const EstimateLabel& label) {
  const std::string endpoint = modelled_endpoint(scenario, label.endpoint);
  if (endpoint.empty() || !label.population.empty() || scenario.trial->stratified() ||
      scenario.trial->arms().size() != 2)
    return {};
  const auto first = scenario.disease->distribution(0, endpoint), second = scenario.disease->distribution(1, endpoint);
  if (!first || !second) return {};
  return std::pair{*first, *second};
}

std::optional<ArmSurvival> one_arm(const Scenario& scenario, const EstimateLabel& label) {
  const std::string endpoint = modelled_endpoint(scenario, label.endpoint);
  if (endpoint.empty() || !label.population.empty() || scenario.trial->arms().size() != 1) return {};
  return scenario.disease->distribution(0, endpoint);
}

std::vector<std::string> survival_texts(const Scenario& scenario) {
  std::vector<std::string> lines;
  const std::vector<std::string>& arms = scenario.trial->arms();
  for (const Endpoint& endpoint : scenario.disease->endpoints())
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      const auto form = scenario.disease->distribution(arm, endpoint.name);
      if (!form) continue;
      const auto median = quantile(*form, 0.5);
      lines.push_back(endpoint.name + " in " + arms[arm] + ": median " +
                      (median ? rounded(*median, 4) + " months" : "not reached") + ", " + percent(form->survival(12)) +
                      " at 12 and " + percent(form->survival(24)) + " at 24 months");
    }
  return lines;
}

std::optional<double> probability(const Scenario& scenario, std::size_t arm, const CountedOutcome& counted) {
  const std::optional<double> ones = scenario.disease->probability(arm, counted.column);
  if (!ones) return {};
  return counted.share(*ones);
}

std::optional<double> closed_form_truth(const Scenario& scenario, const EstimateLabel& label) {
  if (!label.population.empty() || !label.estimated || scenario.trial->stratified()) return {};
  const auto arm = arm_named(scenario, label.group);
  const DiseaseModel& disease = *scenario.disease;
  if (label.method == "proportion") return probability(scenario, label);
  if (label.method == "risk_difference" || label.method == "odds_ratio")
    return proportions_truth(scenario, scenario.plan->analysis(scenario.plan->position(label.analysis)));
  const std::string endpoint = modelled_endpoint(scenario, label.endpoint);
  if (endpoint.empty()) return {};
  const Analysis& analysis = scenario.plan->analysis(scenario.plan->position(label.analysis));
  if (label.method == "kaplan_meier" && arm && analysis.grouped_by() == "arm") {
    const auto distribution = disease.distribution(*arm, endpoint);
    if (!distribution) return {};
    return label.parameter == "survival" ? distribution->survival(label.at)
                                         : quantile(*distribution, label.at).value_or(missing);
  }
  if (label.parameter == "rmst" && arm && analysis.grouped_by() == "arm") {
    const auto distribution = disease.distribution(*arm, endpoint);
    if (!distribution) return {};
    return restricted_mean(*distribution, label.at);
  }
  const bool two = scenario.trial->arms().size() == 2 && label.term == "arm=" + scenario.trial->arms()[1];
  if (two && (label.method == "milestone" || label.method == "rmst")) {
    const auto arms = two_arms(scenario, label);
    if (!arms) return {};
    return contrast_at(arms->first, arms->second, label);
  }
  if (two && label.method == "cox" && is_only_term(analysis, label.term)) {
    const auto arms = two_arms(scenario, label);
    if (!arms) return {};
    const auto ratio = hazard_ratio(scenario, arms->first, arms->second);
    if (ratio && label.log_scale) return std::log(*ratio);
    return ratio;
  }
  return {};
}

}  // namespace oligosim
