#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "app/commands.hpp"
#include "app/program.hpp"
#include "engine/io/config.hpp"
#include "engine/io/file.hpp"
#include "engine/io/json.hpp"
#include "engine/io/words.hpp"
#include "models/analysis/analysis_page.hpp"
#include "models/analysis/endpoint_counts.hpp"
#include "models/analysis/estimates_csv.hpp"
#include "models/cohort/data_set.hpp"
#include "models/cohort/endpoint_checks.hpp"

namespace oligosim {
namespace {

/// How the plan says that rows are patients.
DataOptions data_options(ConfigNode& plan) {
  DataOptions options;
  if (plan.has("patient")) options.patient = plan.text("patient");
  if (plan.has("parameter")) options.parameter = plan.text("parameter");
  options.several_rows = plan.flag("several_rows", false);
  return options;
}

std::string command_of(const AnalyzeOptions& options) {
  return fmt::format("oligosim analyze plan.yaml --data {} --out DIR", options.data.filename().string());
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
    const bool test_alone = std::isnan(e.estimate) && !std::isnan(e.p_value);
    lines.push_back({label_text(label), test_alone ? "" : estimate_text(label, e), p});
    name_width = std::max(name_width, lines.back()[0].size());
    value_width = std::max(value_width, lines.back()[1].size());
  }
  name_width = std::min<std::size_t>(name_width, 70);
  for (const auto& [name, value, p] : lines)
    fmt::print("{:<{}}  {:<{}}  {}\n", name, name_width, value, value_width, p);
}

Json manifest(const AnalyzeOptions& options, const Plan& plan, std::span<const Estimate> estimates,
              std::size_t patients, double seconds) {
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
  all["patients"] = patients;
  all["missing_numbers"] = missing_numbers;
  all["left_out"] = left_out;
  all["finished"] = utc_now();
  all["seconds"] = seconds;
  return all;
}

}  // namespace

int analyze_command(const AnalyzeOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Problems problems;
  Warnings warnings;
  const YamlNode tree = load_yaml(options.plan, problems);
  if (!problems.empty()) throw InputError(problems.text());
  ConfigNode node(tree, problems);
  const DataOptions shape = data_options(node);
  const DataSet data = read_data(options.data, shape, problems, warnings);
  if (!problems.empty()) throw InputError(problems.text());
  const Plan plan(node, data.columns());
  if (!problems.empty()) throw InputError(problems.text());
  data.refuse_texts(plan.needed_columns(), problems);
  if (problems.empty())
    check_endpoints(data, endpoint_columns(plan), {plan.time_unit(), plan.parts().units_per_month}, problems, warnings);
  if (!problems.empty()) throw InputError(problems.text());

  Arena arena;
  PlanData shared(data.cohort(), plan.parts(), arena);
  const std::vector<EndpointCount> counts = count_endpoints(plan, shared);
  fmt::print(stderr, "{}", warnings.text());
  fmt::print("{}\n", to_text(counts, plan));
  for (const LeftOut& l : plan.left_out())
    fmt::print(stderr, "oligosim: {} is left out: the data have no '{}'\n", l.entry, l.absent);
  std::fflush(stdout);

  std::vector<Estimate> estimates(plan.labels().size());
  plan.evaluate(shared, arena, estimates);
  std::vector<std::vector<Figure>> figures;
  for (std::size_t a = 0; a < plan.analyses(); ++a) figures.push_back(plan.analysis(a).draw(shared, arena));
  print_estimates(plan, estimates);

  const std::string resolved = to_yaml(node.resolved());
  std::vector<std::string> warned = split(warnings.text(), '\n');
  warned.pop_back();  // what follows the last line break
  AnalysisFacts facts{.title = options.plan.stem().string() + " on " + options.data.filename().string(),
                      .data = options.data.filename().string(),
                      .patients = data.patients(),
                      .counts = counts,
                      .warnings = warned,
                      .program = program_name(),
                      .command = command_of(options),
                      .plan = resolved};
  std::filesystem::create_directories(options.out);
  write_file(options.out / "plan.yaml", resolved);
  write_file(options.out / "estimates.csv", estimates_csv(plan.labels(), estimates));
  write_file(options.out / "report.html", analysis_page(plan, estimates, figures, facts));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  write_file(options.out / "manifest.json",
             manifest(options, plan, estimates, data.patients(), seconds.count()).dump(1) + "\n");
  return done;
}

}  // namespace oligosim
