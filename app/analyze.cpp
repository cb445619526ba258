#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/out_folder.hpp"
#include "app/program.hpp"
#include "app/progress.hpp"
#include "app/real_data.hpp"
#include "engine/io/config.hpp"
#include "engine/io/file.hpp"
#include "engine/io/json.hpp"
#include "engine/io/words.hpp"
#include "engine/montecarlo/cores.hpp"
#include "models/analysis/analysis_page.hpp"
#include "models/analysis/endpoint_counts.hpp"
#include "models/analysis/estimates_csv.hpp"
#include "models/analysis/label_text.hpp"
#include "models/study/simulated_cohorts.hpp"

namespace oligosim {
namespace {

std::string command_of(const AnalyzeOptions& options) {
  std::string command = "oligosim analyze plan.yaml --data " + options.data.filename().string();
  if (options.lesions) command += " --lesions " + options.lesions->filename().string();
  return command + " --out DIR";
}

/// "patients.csv: 37 patients; lesions.csv: 80 lesions"
std::string data_in_words(const AnalyzeOptions& options, const RealData& data) {
  std::string words = fmt::format("{}: {} patients", options.data.filename().string(), data.patients().patients());
  if (options.lesions) words += fmt::format("; {}: {} lesions", options.lesions->filename().string(), data.lesions());
  return words;
}

/// The estimates in short, for stdout: one line a number that has one.
void print_estimates(const Plan& plan, std::span<const Estimate> estimates) {
  std::vector<std::array<std::string, 3>> lines;
  std::size_t name_width = 8, value_width = 8;
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    const EstimateLabel& label = plan.labels()[k];
    if (label.log_scale || label.parameter == "log_likelihood") continue;
    const Estimate& e = estimates[k];
    const std::string p = std::isnan(e.p_value) ? "" : "p " + p_value_text(e.p_value);
    const bool test_alone = std::isnan(e.estimate) && !std::isnan(e.p_value) && e.status == Status::ok;
    lines.push_back({label_text(label), test_alone ? "" : estimate_text(label, e), p});
    name_width = std::max(name_width, lines.back()[0].size());
    value_width = std::max(value_width, lines.back()[1].size());
  }
  name_width = std::min<std::size_t>(name_width, 70);
  for (const auto& [name, value, p] : lines)
    print_result("{:<{}}  {:<{}}  {}\n", name, name_width, value, value_width, p);
}

Json manifest(const AnalyzeOptions& options, const Plan& plan, std::span<const Estimate> estimates,
              const RealData& data, double seconds) {
  Json missing_numbers = Json::object();
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    if (estimates[k].status == Status::ok) continue;
    const std::string status(name(estimates[k].status));
    missing_numbers[status] = missing_numbers.value(status, 0) + 1;
  }
  Json left_out = Json::array();
  for (const LeftOut& l : plan.left_out()) left_out.push_back(l.entry);
  Json all = program_facts();
  all["command"] = command_of(options);
  all["data"] = options.data.filename().string();
  all["patients"] = data.patients().patients();
  if (options.lesions) {
    all["lesion_data"] = options.lesions->filename().string();
    all["lesions"] = data.lesions();
  }
  all["missing_numbers"] = missing_numbers;
  all["left_out"] = left_out;
  all["finished"] = utc_now();
  all["seconds"] = seconds;
  return all;
}

}  // namespace

int analyze_command(const AnalyzeOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  check_own_out(options.out, "analyze");
  Problems problems;
  const YamlNode tree = load_yaml(options.plan, problems);
  problems.refuse();
  const PlanOnData both = plan_on_data(tree, options.data, options.lesions);
  const RealData& data = *both.data;
  const Plan& plan = *both.plan;

  Arena arena;
  PlanData shared = data.for_plan(plan, arena);
  const std::vector<EndpointCount> counts = count_endpoints(shared);
  print_message(both.warnings.text());
  print_result("{}\n", to_text(counts, counted(plan.parts())));
  for (const LeftOut& l : plan.left_out())
    print_message("oligosim: {} is left out: the data have no {}\n", l.entry, l.absent);

  std::vector<Estimate> estimates(plan.labels().size());
  const std::size_t patients = data.patients().patients();
  ProgressBar bar("resamples");
  Progress progress{.done = 0, .total = plan.bootstrap_work(patients)};
  const ResamplesDone done_more = [&](std::size_t more) {
    progress.done = std::min(progress.done + more, progress.total);
    bar(progress);
  };
  std::optional<SimulatedNumbers> simulated;
  if (const BootstrapSpec* spec = plan.simulation()) {
    if (spec->needs_truths()) print_message("oligosim: first the true values in the model of {}\n", spec->study);
    simulated = simulate_cohorts(tree,
                                 {options.plan.parent_path() / spec->study, spec->scenario, spec->resamples, spec->seed,
                                  patients, spec->needs_truths(), usable_cores()},
                                 done_more);
  }
  const Resampling by = Resampling::by_seed(done_more, simulated ? &*simulated : nullptr);
  plan.evaluate(shared, arena, estimates, by);
  std::vector<std::vector<Figure>> figures;
  for (std::size_t a = 0; a < plan.analyses(); ++a) {
    const std::span<const Estimate> own = std::span(estimates).subspan(plan.rows(a).first, plan.rows(a).all);
    figures.push_back(plan.draw(a, shared, own, by, arena));
  }
  bar.finish();
  print_estimates(plan, estimates);

  const std::string resolved = to_yaml(both.resolved);
  std::vector<std::string> warned = split(both.warnings.text(), '\n');
  warned.pop_back();  // what follows the last line break
  AnalysisFacts facts{.title = options.plan.stem().string() + " on " + options.data.filename().string(),
                      .data = data_in_words(options, data),
                      .counts = counts,
                      .counted = counted(plan.parts()),
                      .warnings = warned,
                      .program = program_name(),
                      .command = command_of(options),
                      .plan = resolved};
  std::filesystem::create_directories(options.out);
  write_file(options.out / "plan.yaml", resolved);
  write_file(options.out / "estimates.csv", estimates_csv(plan.labels(), estimates));
  write_file(options.out / "report.html", analysis_page(plan, estimates, figures, facts));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  write_file(options.out / "manifest.json", manifest(options, plan, estimates, data, seconds.count()).dump(1) + "\n");
  return done;
}

}  // namespace oligosim
