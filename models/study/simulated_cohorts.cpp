#include "models/study/simulated_cohorts.hpp"

#include <memory>
#include <optional>

#include "engine/io/config.hpp"
#include "engine/io/number.hpp"
#include "models/study/study.hpp"
#include "models/study/truth.hpp"

namespace oligosim {
namespace {

/// Refused in the words of the block that names the study.
[[noreturn]] void refuse(const Place& place, const std::string& key, const std::string& what) {
  Problems problems;
  problems.add(place, "bootstrap." + key, what);
  throw InputError(problems.text());
}

/// With the one scenario that simulates the cohorts.
Study study_of(const CohortSource& source, const Place& place) {
  if (!std::filesystem::is_regular_file(source.study))
    refuse(place, "study", "there is no file '" + source.study.string() + "' (beside the plan)");
  StudyOverrides only;
  if (!source.scenario.empty()) only.scenario = source.scenario;
  Study study = load_study(source.study, only);
  if (study.scenarios.size() != 1)
    refuse(place, "scenario", "missing: the study has " + std::to_string(study.scenarios.size()) + " scenarios");
  const Scenario& scenario = study.scenarios.front();
  const std::vector<Look>& looks = scenario.design->looks();
  if (looks.size() != 1 || !looks.front().month || looks.front().follow_up_months > 0)
    refuse(place, "study", "has more than one look, or one that is not on a date alone (a cohort: one look at_month)");
  if (scenario.trial->patients() != source.patients)
    refuse(place, "study",
           "simulates " + std::to_string(scenario.trial->patients()) + " patients, and the data have " +
               std::to_string(source.patients) + " (as many)");
  return study;
}

void leave_estimands(YamlNode& section) {
  if (YamlNode* const analyses = section.find("analyses"))
    for (YamlNode& analysis : analyses->items)
      std::erase_if(analysis.entries, [](const YamlNode::Entry& e) { return e.key == "estimand"; });
}

/// The plan on simulated patients: without its bootstrap, and without what says how the file is read. An analysis is
/// held against its own true value, whatever it stands for in a study.
YamlNode bare(const YamlNode& plan) {
  YamlNode own = plan;
  leave_estimands(own);
  if (YamlNode* const lesions = own.find("lesions")) leave_estimands(*lesions);
  std::erase_if(own.entries, [](const YamlNode::Entry& e) {
    return e.key == "bootstrap" || e.key == "patient" || e.key == "parameter" || e.key == "several_rows";
  });
  return own;
}

}  // namespace

SimulatedNumbers simulate_cohorts(const YamlNode& plan_tree, const CohortSource& source, const ResamplesDone& done) {
  const Place place = plan_tree.find("bootstrap")->place;
  Study study = study_of(source, place);
  Scenario& scenario = study.scenarios.front();
  Trial& trial = *scenario.trial;
  Problems problems;
  const YamlNode own_tree = bare(plan_tree);
  const auto shared =
      std::make_shared<const Plan>(ConfigNode(own_tree, problems), trial.columns(), &trial.lesion_columns());
  const Plan& plan = *shared;
  if (!problems.empty())
    throw InputError("of the patients that " + source.study.filename().string() + " simulates:\n" + problems.text());
  if (plan.time_unit() != "days")
    refuse(place, "kind", "'parametric' needs the plan in days, as simulated patients have their times");
  if (source.truths && plan.days_per_month() != trial.days_per_month())
    refuse(place, "study",
           "has " + rounded(trial.days_per_month(), 6) + " days a month, and the plan " +
               rounded(plan.days_per_month(), 6) + " (days_per_month of the study's plan: the same)");
  scenario.prepare(source.threads);
  trial.need(plan.needed_columns(), plan.reads_lesions());
  for (const ParameterDraw& draw : scenario.draws) draw.trial->need(plan.needed_columns(), plan.reads_lesions());

  scenario.plan = shared;
  const TruthsOfDraws truths = source.truths ? truths_of(study, source.threads).front() : TruthsOfDraws{};
  SimulatedNumbers numbers(plan.labels(), source.cohorts);
  const double day = *scenario.design->looks().front().month * trial.days_per_month();
  std::vector<Estimate> estimates(plan.labels().size());
  Arena arena;
  for (std::size_t cohort = 0; cohort < source.cohorts; ++cohort) {
    arena.reset();
    const Streams streams(source.seed, static_cast<std::uint32_t>(cohort + 1));
    const Trial& own = scenario.trial_of(streams);
    const Patients patients = own.simulate(streams, arena);
    const Cohort data = own.cut(patients, day, arena);
    std::optional<LesionData> lesions;
    if (plan.reads_lesions()) lesions = own.cut_lesions(patients, day, arena);
    PlanData analysed(data, plan.parts(), arena, lesions ? &*lesions : nullptr);
    plan.evaluate(analysed, arena, estimates);
    for (std::size_t label = 0; label < estimates.size(); ++label) {
      numbers.put(cohort, label, estimates[label]);
      if (!source.truths) continue;
      const double own_truth =
          scenario.draws.empty() ? truths.mean[label].value : truths.each[scenario.draw_of(streams)][label].value;
      numbers.put_truth(cohort, label, own_truth, truths.mean[label].standard_error);
    }
    if (done) done(1);
  }
  return numbers;
}

}  // namespace oligosim
