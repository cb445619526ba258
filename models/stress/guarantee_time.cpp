#include "models/stress/guarantee_time.hpp"

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "models/study/study.hpp"

namespace oligosim {
namespace {

/// The study of one grouping.
std::string study_text(const PublishedFinding& f) {
  const GuaranteeTime& g = *f.guarantee_time;
  const double with = (*f.groups)[0], all = with + (*f.groups)[1];
  return "study: groups known after time zero\n"
         "disease: {model: response_timing, response: {best_median_months: " +
         unrounded(g.best_median_months) + ", not_evaluable_early: " + unrounded(g.not_evaluable_early) +
         "}, match: {by_month: " + unrounded(g.by_month) + ", progressed: " + unrounded(g.progressed) +
         ", responded: " + unrounded(with / all) +
         "}}\n"
         "arms: {all: {}}\n"
         "trial:\n"
         "  enrollment: {patients: " +
         std::to_string(g.enrolled) +
         ", over_months: 78, shape: 2.2}\n"
         "  visits: {months: [1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61], then_every_months: 12, "
         "delay_months: 0.3, jitter_sd_months: 0.6}\n"
         "design: {kind: fixed, primary: naive, alpha: 0.025, looks: [{at_month: 90}]}\n"
         "plan:\n"
         "  time_unit: days\n"
         "  derive:\n"
         "    later: {difference: [response_d, pfs_d]}\n"
         "    known: {cases: [{when: {later: {" +
         std::string(g.at_progression ? "at_most" : "below") +
         ": 0}}, value: 1}], otherwise: 0}\n"
         "  endpoints: {pfs: {time: pfs_d, event: pfs_e}}\n"
         "  populations: {evaluable: {not_evaluable: 0}}\n"
         "  analyses: [{name: naive, method: cox, endpoint: pfs, terms: [known], population: evaluable}]\n";
}

Estimate one_study(const Scenario& scenario, std::uint64_t seed, std::uint32_t number, Arena& arena) {
  const Patients patients = scenario.trial->simulate(Streams(seed, number), arena);
  const double cut = *scenario.design->looks().back().month * scenario.trial->days_per_month();
  const Cohort data = scenario.trial->cut(patients, cut, arena);
  PlanData analysed(data, scenario.plan->parts(), arena);
  const std::span<Estimate> estimates = arena.take<Estimate>(scenario.plan->labels().size());
  scenario.plan->evaluate(analysed, arena, estimates);
  return estimates.front();  // hazard_ratio
}

}  // namespace

GuaranteeTimeResult simulate_guarantee_time(const PublishedFinding& finding, double alpha, unsigned threads) {
  Problems problems;
  const YamlNode tree = parse_yaml(study_text(finding), "guarantee time of " + finding.name, problems);
  const Study study = read_study(tree, {}, problems);
  problems.refuse();
  const Scenario& scenario = study.scenarios.front();
  scenario.disease->prepare();
  std::vector<Estimate> estimates(finding.guarantee_time->replicates);
  parallel_for(estimates.size(), threads, [&](std::size_t k, Arena& arena) {
    arena.reset();
    estimates[k] = one_study(scenario, finding.guarantee_time->seed, static_cast<std::uint32_t>(k + 1), arena);
  });
  GuaranteeTimeResult result;
  result.studies = static_cast<double>(estimates.size());
  const double published = std::log(finding.ratio->value), side = std::copysign(1.0, published);
  for (const Estimate& e : estimates) {
    if (e.status != Status::ok) continue;
    result.hazard_ratios.push_back(e.estimate);
    const double log_ratio = std::log(e.estimate);
    result.as_extreme += side * log_ratio >= std::abs(published);
    result.significant += side * log_ratio > 0 && e.p_value <= alpha;
  }
  return result;
}

}  // namespace oligosim
