// Qualification on this computer: the program's numbers against published ones, as a page and as JSON.
#include <chrono>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/program.hpp"
#include "engine/io/file.hpp"
#include "engine/io/yaml.hpp"
#include "engine/montecarlo/cores.hpp"
#include "models/selftest/selftest_page.hpp"

namespace oligosim {
namespace {

/// Files of a folder stand in for those built in.
OracleFiles oracles(const std::optional<std::filesystem::path>& folder) {
  OracleFiles files = built_in_oracles();
  if (!folder) return files;
  if (!std::filesystem::is_directory(*folder)) throw InputError("--oracles: " + folder->string() + " is no folder");
  for (const auto& entry : std::filesystem::directory_iterator(*folder))
    if (entry.is_regular_file()) files[entry.path().filename().string()] = read_file(entry.path());
  return files;
}

Json in_json(const SelftestGroup& group) {
  Json checks = Json::array();
  for (const SelftestCheck& c : group.checks)
    checks.push_back({{"check", c.what}, {"expected", c.expected}, {"found", c.found}, {"passed", c.passed}});
  return {{"title", group.title}, {"source", group.source}, {"failed", group.failed()}, {"checks", checks}};
}

}  // namespace

int selftest_command(const SelftestOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const OracleFiles files = oracles(options.oracles);
  const std::vector<SelftestGroup> groups = run_selftest(files, usable_cores());
  std::size_t failed = 0;
  Json all = program_facts(), of_groups = Json::array();
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& [name, value] : all.items()) facts.emplace_back(name, value.get<std::string>());
  facts.emplace_back("finished", utc_now());
  for (const SelftestGroup& group : groups) {
    failed += group.failed();
    of_groups.push_back(in_json(group));
    print_result("{:<6} {:>4} of {:>4}  {}\n", group.failed() ? "FAILED" : "passed",
                 group.checks.size() - group.failed(), group.checks.size(), group.title);
    for (const SelftestCheck& c : group.checks)
      if (!c.passed) print_result("       {}: expected {}, found {}\n", c.what, c.expected, c.found);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  all.update({{"passed", failed == 0},
              {"failed", failed},
              {"finished", utc_now()},
              {"seconds", seconds.count()},
              {"groups", of_groups}});
  std::filesystem::create_directories(options.out);
  write_file(options.out / "selftest.html", selftest_page(groups, facts));
  write_file(options.out / "selftest.json", all.dump(1) + "\n");
  return failed == 0 ? done : defect;
}

}  // namespace oligosim
