#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/check_plan.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/monitored_file.hpp"
#include "app/output.hpp"
#include "app/run_cost.hpp"
#include "engine/montecarlo/cores.hpp"
#include "models/calibration/point_fit.hpp"
#include "models/monitoring/forecast_page.hpp"
#include "models/size/size_files.hpp"
#include "models/stress/finding.hpp"
#include "models/study/closed_form/closed_form.hpp"
#include "models/study/closed_form/closed_form_design.hpp"
#include "models/study/closed_form/closed_form_one_sample.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"
#include "models/study/page/binomial_page.hpp"
#include "models/study/page/cohort_page.hpp"
#include "models/study/page/design_page.hpp"
#include "models/study/page/formula_cells.hpp"
#include "models/study/page/multiplicity_page.hpp"

namespace oligosim {
namespace {

/// Nothing where no number of patients that a trial could have is enough.
std::string patients_text(double patients) {
  return patients < too_many_patients ? fmt::format("; {:.1f} patients for a power of 0.8", patients) : "";
}

void describe(const Scenario& s) {
  print_result("{} patients, arms:", s.trial->patients());
  for (const std::string& arm : s.trial->arms()) print_result(" {}", arm);
  print_result("\nprimary analysis {} at {} ({}-sided)\n", s.design->primary(), s.design->alpha(), s.design->sides());
  if (const BinomialRule* rule = s.design->binomial()) {
    for (const std::string& stage : stage_texts(*s.design)) print_result("look at {}\n", stage);
    for (const double p : {rule->p0, rule->p1})
      if (!std::isnan(p)) print_result("{}\n", exact_text(*rule, p));
    return;
  }
  if (s.trial->cleaning_days() > 0)
    print_result("decided {:.4g} months after each data cut\n", s.trial->cleaning_days() / s.trial->days_per_month());
  const Multiplicity* together = s.design->multiplicity();
  const bool at_shares = together && together->first_share(together->primary()) < 1;
  for (std::size_t k = 0; k < s.design->looks().size(); ++k) {
    const Look& look = s.design->looks()[k];
    print_result("look {} at {}: information {:.4g}", k + 1, look_text(look, *s.disease), look.information);
    const std::span<const double> boundaries = s.design->efficacy_boundaries();
    if (!boundaries.empty() && std::isfinite(boundaries[k]))
      print_result(", boundary z {:.6f}{}", boundaries[k], at_shares ? " at all of alpha" : "");
    const SequentialDesign* sequential = s.design->sequential();
    if (sequential && std::isfinite(sequential->planned()[k]->futility))
      print_result(", futility below z {:.6f}", sequential->planned()[k]->futility);
    print_result("\n");
  }
  for (const std::string& rule : s.design->rules()) print_result("{}\n", rule);
  for (const std::string& line : cohort_texts(*s.design)) print_result("{}\n", line);
  if (together) print_result("hypotheses tested together ({}):\n", together->procedure_name());
  for (const std::string& hypothesis : hypothesis_texts(*s.design)) print_result("  {}\n", hypothesis);
}

int check_findings(const std::filesystem::path& file) {
  const Findings findings = load_findings(file);
  print_result("{}\nfindings:\n", findings.title);
  for (const PublishedFinding& f : findings.findings)
    print_result("  {}: {}{}\n", f.name, f.what, f.guarantee_time ? " (simulated: known after time zero)" : "");
  for (const PublishedProportion& p : findings.proportions)
    print_result("  {}: {} ({} of {})\n", p.name, p.what, p.responses, p.patients);
  return done;
}

/// Seconds of one thread for one cohort of the published size, from a short probe; and how many of them have all
/// figures.
struct CohortProbe {
  double seconds;
  std::size_t complete, cohorts;
};

CohortProbe probe(const Calibration& calibration) {
  constexpr std::size_t cohorts = 100;
  const TargetSimulator simulator(calibration, true);
  Arena arena;
  const auto start = std::chrono::steady_clock::now();
  const CohortMoments moments = cohort_moments(simulator, calibration.start(), calibration.seed, 1, cohorts, arena);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return {elapsed.count() / cohorts, moments.complete, cohorts};
}

int check_targets(const std::filesystem::path& file) {
  const Calibration calibration = load_calibration(file);
  std::size_t used = 0, held_out = 0;
  for (const Target& t : calibration.targets) used += t.used_in_fit, held_out += t.held_out;
  print_result("{}\n{} patients; {} figures used in the fit, {} held out, {} other checks\n", calibration.title,
               calibration.patients, used, held_out, calibration.targets.size() - used - held_out);
  print_result("{} free parameters, at the start:\n", calibration.parameters.size());
  for (const FreeParameter& p : calibration.parameters) print_result("  {} = {:.5g}\n", p.path, p.start);
  const CohortProbe cohort = probe(calibration);
  print_result("{} of {} cohorts at the start have all figures of the fit\n", cohort.complete, cohort.cohorts);
  const PosteriorSettings& p = calibration.posterior;
  const double cohorts = static_cast<double>(p.design_points * p.cohorts);
  const unsigned cores = usable_cores();
  print_result("{} points of {} cohorts, {:.3g} microseconds each: about {:.3g} s on {} cores, and the point fit\n",
               p.design_points, p.cohorts, 1e6 * cohort.seconds, cohorts * cohort.seconds / cores, cores);
  return done;
}

/// Empty where all responses are known.
std::string lost_text(double lost) {
  return lost > 0 ? fmt::format("; {:.3g} % of patients are lost before theirs is known", 100 * lost) : "";
}

int check_monitored(const std::filesystem::path& file) {
  const MonitoredFile all = load_monitored(file);
  print_result("{}\na trial planned as: {}\n{} look{} held at {}\n", all.trial.title, all.study, all.trial.looks.size(),
               all.trial.looks.size() == 1 ? "" : "s", all.shown.primary);
  if (all.forecast)
    for (const std::string& text : forecast_texts(*all.forecast)) print_result("{}\n", text);
  return done;
}

int check_study(const std::filesystem::path& file) {
  Study study = load_study(file, {});
  sanity_of(study);
  print_result("{}\n", study.title);
  describe(study.scenarios.front());
  print_result("analyses:");
  for (const std::string& name : study.scenarios.front().plan->analysis_names()) print_result(" {}", name);
  print_result("\nscenarios:\n");
  for (const Scenario& s : study.scenarios) {
    print_result(
        "  {}{}\n", s.name,
        s.draws.empty() ? "" : fmt::format(" (each replicate has one of {} draws of the parameters)", s.draws.size()));
    s.prepare(usable_cores());
    for (const SolvedValue& v : s.solved()) print_result("    {} = {:.5g}, so that {}\n", v.name, v.value, v.because);
    for (const std::string& line : survival_texts(s)) print_result("    {}\n", line);
    for (const std::string& line : doubtful_looks(s)) print_result("    {}\n", line);
    for (const std::string& line : entering_looks(s)) print_result("    {}\n", line);
    if (const auto formula = design_formula(s)) {
      print_result("    by formula: hazard ratio {:.4g}, claims efficacy {:.4f}{}, {:.1f} events expected",
                   formula->hazard_ratio, formula->claims_efficacy,
                   s.design->sides() == 2 ? fmt::format(", harm {:.4f}", formula->claims_harm) : "",
                   formula->expected_events);
      const auto months = expected_months(s, *formula);
      print_result("{}\n", months ? fmt::format(", {:.1f} months until the decision", *months) : "");
    }
    if (const auto formula = one_sample_formula(s))
      print_result("    by formula: claims efficacy {:.4f}, {:.1f} events expected{}\n", formula->power,
                   formula->events, patients_text(formula->patients));
    if (const auto formula = proportions_formula(s))
      print_result("    by formula: claims efficacy {:.4f}{}\n", formula->power, patients_text(formula->patients));
    if (const auto response = counted_response(s); response && s.draws.empty())
      print_result("    {}{}\n", exact_text(*s.design->binomial(), response->probability), lost_text(response->lost));
  }
  if (study.size) print_result("{}", size_text(SizedStudy(study, usable_cores())));
  const unsigned cores = usable_cores();
  const RunCost cost = probe_cost(study, cores);
  const double total = cost.replicate_seconds * study.replicates * static_cast<double>(study.scenarios.size()) / cores;
  print_result("{} replicates of {} scenarios, {:.3g} microseconds each: about {:.3g} s on {} cores", study.replicates,
               study.scenarios.size(), 1e6 * cost.replicate_seconds, total, cores);
  print_result(", their true values {:.3g} s; {:.0f} MB\n", cost.truth_seconds, cost.megabytes);
  return done;
}

}  // namespace

int check_command(const CheckOptions& options) {
  Problems of_syntax;  // told by whoever reads the file
  const YamlNode tree = load_yaml(options.file, of_syntax);
  if (is_plan(tree)) return check_plan(tree, options);
  if (options.data || options.lesions)
    throw InputError(options.file.string() + ": is not an analysis plan (--data and --lesions are for one)");
  if (tree.find("study") && (tree.find("looks") || tree.find("forecast"))) return check_monitored(options.file);
  if (tree.find("findings") || tree.find("proportions")) return check_findings(options.file);
  if (tree.find("targets") || tree.find("based_on")) return check_targets(options.file);
  return check_study(options.file);
}

}  // namespace oligosim
