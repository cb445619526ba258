#include "models/study/early_looks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/io/number.hpp"
#include "models/analysis/methods/one_proportion.hpp"
#include "models/analysis/methods/two_proportions.hpp"
#include "models/study/closed_form/closed_form.hpp"

namespace oligosim {
namespace {

/// What the primary analysis rests on, and the months of follow-up before which nobody shows any of it.
struct Shown {
  std::string name;
  double first = 0;
  bool survival = false;
};

Shown shown_outcome(const DiseaseModel& disease, const std::string& name) {
  for (const Outcome& o : disease.outcomes())
    if (o.name == name) return {name, o.first_known};
  return {};
}

/// Of a primary analysis that reads the disease model's columns as they are; else without a name.
Shown shown_by_primary(const Scenario& scenario) {
  const Analysis& primary = scenario.plan->analysis(scenario.plan->position(scenario.design->primary()));
  const DiseaseModel& disease = *scenario.disease;
  std::optional<CountedOutcome> outcome;
  if (const auto* one = dynamic_cast<const OneProportion*>(&primary)) outcome = one->counted();
  if (const auto* two = dynamic_cast<const TwoProportionsMethod*>(&primary)) outcome = two->outcome();
  if (outcome) return shown_outcome(disease, outcome->column);
  const std::string endpoint = modelled_endpoint(scenario, primary.labels().front().endpoint);
  for (const Endpoint& e : disease.endpoints())
    if (e.name == endpoint) return {endpoint, e.first_visit, true};
  return {};
}

/// Months since the study opened by which what a look waits for has come, whatever happens; infinite where chance
/// decides.
double latest_waited_for(const Look& look, const Enrollment& enrollment) {
  constexpr double any = std::numeric_limits<double>::infinity();
  if (look.events || look.pauses) return any;
  if (look.month && look.follow_up_months == 0) return *look.month;
  const double all_entered = enrollment.over_months() > 0 ? enrollment.over_months() : any;
  return std::max(look.month.value_or(0), all_entered + look.follow_up_months);
}

/// The same by which the looks are held; as if one that chance decides on did not hold up the next.
std::vector<double> latest_months(std::span<const Look> looks, const Enrollment& enrollment) {
  std::vector<double> months;
  for (const Look& look : looks) {
    const double last = months.empty() ? 0 : months.back();
    const double before = std::isinf(last) && look.gap_months == 0 ? 0 : last;
    months.push_back(day_held(latest_waited_for(look, enrollment), look, 1, before));
  }
  return months;
}

/// Whether the closed forms say that nobody has an event in so many months.
bool impossible(const DiseaseModel& disease, std::size_t arms, const std::string& endpoint, double months) {
  for (std::size_t arm = 0; arm < arms; ++arm) {
    const auto form = disease.distribution(arm, endpoint);
    if (!form || form->survival(months) < 1) return false;
  }
  return true;
}

/// Where the study says when the look is held: its entry under `looks`, or the design where that makes the look.
std::pair<Place, std::string> said_at(const ConfigNode& design, std::size_t look) {
  const YamlNode* node = &design.as_written();
  std::string path = design.path();
  const YamlNode* looks = node->find("looks");
  if (looks && looks->kind == YamlNode::Kind::sequence && look < looks->items.size()) {
    node = &looks->items[look];
    path += ".looks[" + std::to_string(look) + "]";
  }
  for (const char* key : {"at_month", "latest_month", "min_follow_up_months", "at_patients"})
    if (const YamlNode* value = node->find(key)) return {value->place, path + "." + key};
  return {node->place, path};
}

/// What is wrong with a look that is held by `latest_month`; empty if nothing is.
std::string mistake(const Look& look, double latest_month, const Shown& shown, const Scenario& scenario) {
  const std::string name = "'" + shown.name + "'";
  const bool counted = scenario.design->binomial() || scenario.design->cohorts();  // who is not known has not responded
  if (counted && look.follow_up_months < shown.first)
    return "the last patients are analysed before " + name + " can be known of them (at least " +
           rounded(shown.first, 4) + " months)";
  const Enrollment& enrollment = scenario.trial->enrollment();
  const double followed = latest_month - enrollment.opens_month();
  if (followed < shown.first)
    return "nothing of " + name + " can have been seen by then (after month " +
           rounded(enrollment.opens_month() + shown.first, 4) + ", when the first patient can show it)";
  if (shown.survival && std::isfinite(followed) &&
      impossible(*scenario.disease, scenario.trial->arms().size(), shown.name, followed))
    return "no event of " + name + " is possible by then (a later look)";
  return "";
}

}  // namespace

void refuse_early_looks(const ConfigNode& design, const Scenario& scenario, Problems& problems) {
  const Shown shown = shown_by_primary(scenario);
  if (shown.name.empty()) return;
  const std::vector<Look>& looks = scenario.design->looks();
  const std::vector<double> latest = latest_months(looks, scenario.trial->enrollment());
  for (std::size_t k = 0; k < looks.size(); ++k) {
    const std::string wrong = mistake(looks[k], latest[k], shown, scenario);
    if (wrong.empty()) continue;
    const auto [place, path] = said_at(design, k);
    problems.add(place, path, wrong);
  }
}

}  // namespace oligosim
