#include <algorithm>
#include <array>
#include <cstdlib>

#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"
#include "models/cohort/endpoint_checks.hpp"
#include "models/selftest/selftest.hpp"
#include "tests/fuzz/told.hpp"

namespace oligosim {
namespace {

/// A file of the selftest, as it is compiled into the program.
std::string patients_of(const char* file) { return built_in_oracles().at(file); }

/// Whether a method is to resample for longer than a search can wait.
bool takes_long(const YamlNode& tree) {
  for (const YamlNode::Entry& entry : tree.entries) {
    const bool count = entry.key == "resamples" || entry.key == "permutations";
    if (count && std::strtod(entry.value.scalar.c_str(), nullptr) > 1000) return true;
    if (takes_long(entry.value)) return true;
  }
  return std::ranges::any_of(tree.items, takes_long);
}

/// What `analyze` does, without the resamples of `bootstrap`.
bool analyze(const std::string& patients, const YamlNode& tree) {
  Problems problems;
  Warnings warnings;
  ConfigNode node(tree, problems);
  const DataOptions shape = read_data_options(node);
  const DataSet data = parse_data(patients, "patients.csv", shape, problems, warnings);
  if (!problems.empty()) return told(problems);
  const Plan plan(node, data.columns());
  if (!problems.empty()) return told(problems);
  const std::vector<std::uint8_t> needed = plan.needed_columns();
  data.refuse_texts(needed, problems);
  if (!problems.empty()) return told(problems);
  const TimeScale scale{plan.time_unit(), plan.parts().units_per_month};
  check_endpoints(data, endpoint_columns(plan.parts(), needed.size()), scale, problems, warnings);
  if (!problems.empty()) return told(problems);

  Arena arena;
  PlanData shared(data.cohort(), plan.parts(), arena);
  std::vector<Estimate> estimates(plan.labels().size());
  plan.evaluate(shared, arena, estimates);
  for (const Estimate& e : estimates)
    if (e.p_value < 0 || e.p_value > 1) throw FuzzFinding("a p-value of " + std::to_string(e.p_value));
  for (std::size_t k = 0; k < plan.analyses(); ++k) {
    const Plan::Rows rows = plan.rows(k);
    plan.draw(k, shared, std::span(estimates).subspan(rows.first, rows.all), Resampling::none(), arena);
  }
  return true;
}

}  // namespace

bool fuzz_plan(std::string_view bytes) {
  static const std::array files = {patients_of("aml.csv"), patients_of("song2025_like.csv")};
  Problems problems;
  const YamlNode tree = parse_yaml(std::string(bytes), "plan.yaml", problems);
  if (!problems.empty()) return told(problems);
  if (takes_long(tree)) return false;
  bool understood = false;
  for (const std::string& patients : files) understood |= analyze(patients, tree);
  return understood;
}

}  // namespace oligosim
