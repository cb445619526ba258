#include "app/check_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/console.hpp"
#include "app/real_data.hpp"
#include "models/analysis/assumed_columns.hpp"

namespace oligosim {
namespace {

void print_names(const char* what, const std::vector<std::string>& names) {
  if (!names.empty()) print_result("{}: {}\n", what, fmt::to_string(fmt::join(names, ", ")));
}

/// Endpoints and populations of one kind of rows.
void describe(const PlanParts& parts, const std::string& of) {
  std::vector<std::string> endpoints, populations;
  for (const SurvivalEndpoint& e : parts.endpoints) endpoints.push_back(e.name);
  for (const Population& p : parts.populations)
    if (!p.name.empty()) populations.push_back(p.name);
  print_names(("endpoints" + of).c_str(), endpoints);
  print_names(("populations" + of).c_str(), populations);
}

void describe(const Plan& plan, const std::filesystem::path& file) {
  print_result("{}: an analysis plan, times in {}\n", file.stem().string(), plan.time_unit());
  describe(plan.parts(), "");
  if (plan.reads_lesions()) describe(plan.parts().lesions->parts, " of lesions");
  print_result("analyses:\n");
  for (std::size_t a = 0; a < plan.analyses(); ++a) {
    const Plan::Rows rows = plan.rows(a);
    const EstimateLabel& label = plan.labels()[rows.first];
    print_result("  {}: {}{}{}{}\n", label.analysis, label.method,
                 label.endpoint.empty() ? "" : " of " + label.endpoint, plan.of_lesions(a) ? " (lesions)" : "",
                 rows.all > rows.own ? ", with bootstrap intervals" : "");
  }
}

/// Of the columns that a plan reads: the names, without those that it derives.
std::vector<std::string> names_of(const Columns& columns, const std::vector<std::uint8_t>& needed) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < needed.size(); ++k)
    if (needed[k]) names.push_back(columns[k].name);
  return names;
}

/// The columns that data need, and those they may lack.
void describe_columns(const AssumedColumns& assumed, const Plan& plan, ConfigNode node) {
  std::vector<std::string> needed = names_of(assumed.patients, plan.needed_columns());
  const std::vector<std::string> optional = node.texts("optional_columns", std::vector<std::string>{});
  std::erase_if(needed, [&](const auto& name) { return std::ranges::find(optional, name) != optional.end(); });
  print_names("columns that the data must have", needed);
  print_names("columns that they may lack", optional);
  if (plan.reads_lesions()) print_names("columns of lesions", names_of(assumed.lesions, plan.needed_lesion_columns()));
  print_result("their values are not known yet: check with --data FILE.csv\n");
}

int check_alone(const YamlNode& tree, const CheckOptions& options) {
  Problems problems;
  ConfigNode node(tree, problems);
  read_data_options(node);
  const AssumedColumns assumed = assume_columns(tree);
  const Plan plan(node, assumed.patients, &assumed.lesions);
  problems.refuse();
  describe(plan, options.file);
  describe_columns(assumed, plan, node);
  return done;
}

int check_on_data(const YamlNode& tree, const CheckOptions& options) {
  const PlanOnData both = plan_on_data(tree, *options.data, options.lesions);
  print_message(both.warnings.text());
  describe(*both.plan, options.file);
  for (const LeftOut& l : both.plan->left_out())
    print_result("left out: {} (the data have no {})\n", l.entry, l.absent);
  print_result("{}: {} patients\n", options.data->filename().string(), both.data->patients().patients());
  return done;
}

}  // namespace

bool is_plan(const YamlNode& tree) {
  if (!tree.find("endpoints") && !tree.find("analyses")) return false;
  return std::ranges::none_of(std::initializer_list<const char*>{"disease", "trial", "plan", "design", "targets"},
                              [&](const char* key) { return tree.find(key) != nullptr; });
}

int check_plan(const YamlNode& tree, const CheckOptions& options) {
  if (options.lesions && !options.data) throw InputError("--lesions: lesions are those of patients (--data FILE.csv)");
  return options.data ? check_on_data(tree, options) : check_alone(tree, options);
}

}  // namespace oligosim
