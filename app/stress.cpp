

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/out_folder.hpp"
#include "app/program.hpp"
#include "app/result_files.hpp"
#include "engine/io/json.hpp"
#include "engine/montecarlo/cores.hpp"
#include "engine/random/stream.hpp"
#include "models/stress/proportion_page.hpp"
#include "models/stress/stress_page.hpp"

namespace oligosim {

int stress_command(const StressOptions& options) {
  check_own_out(options.out, "stress");
  const Findings findings = load_findings(options.findings);
  const unsigned threads = options.threads ? options.threads : usable_cores();
  std::vector<StressResult> results;
  for (const PublishedFinding& finding : findings.findings) results.push_back(stress_test(findings, finding, threads));
  const std::vector<ProportionResult> proportions = results_of(findings.proportions);
  std::filesystem::create_directories(options.out);
  ResultFiles files(options.out);
  files.write("findings.yaml", to_yaml(findings.document));
  files.write("stress.csv", stress_csv(results));
  if (!proportions.empty()) {
    files.write("proportions.csv", proportions_csv(proportions));
    files.write("proportion_coverage.csv", proportion_coverage_csv(proportions));
  }
  files.write("report.html", stress_page(findings, results, proportions, program_name()));
  Json all = program_facts();
  all.update({{"command", "oligosim stress findings.yaml --out DIR"},
              {"stream_version", stream_version},
              {"finished", utc_now()}});
  files.write_manifest(all);
  for (const StressResult& result : results) {
    print_result("{}: {}\n", result.finding.name, result.finding.what);
    for (const Verdict& v : result.verdicts) print_result("  {}\n", v.sentence);
  }
  for (const ProportionResult& result : proportions) {
    const PublishedProportion& p = result.proportion;
    print_result("{}: {}, {} of {}\n", p.name, p.what, p.responses, p.patients);
    for (const std::string& text : proportion_texts(result)) print_result("  {}\n", text);
  }
  return done;
}

}  // namespace oligosim
