#include <chrono>
#include <cmath>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/out_folder.hpp"
#include "app/output.hpp"
#include "app/program.hpp"
#include "app/result_files.hpp"
#include "app/stop.hpp"
#include "engine/montecarlo/cores.hpp"
#include "engine/random/stream.hpp"
#include "models/size/size_exact.hpp"
#include "models/size/size_files.hpp"
#include "models/size/size_page.hpp"

namespace oligosim {
namespace {

Study load_sized(const SizeOptions& options) {
  Study study = load_study(options.study, {options.seed, {}, {}});
  sanity_of(study);
  if (!study.size)
    throw InputError(options.study.string() +
                     ": size: missing (what is wanted: a power or an interval_width, and in which scenarios)");
  check_own_out(options.out, "size");
  return study;
}

/// A line on stderr for each step of the search.
void show(const SizeProgress& progress, const SizedStudy& study) {
  const Measure m = answer_of(progress.point, study.wanted());
  print_message("{}: {} {}: {} {:.4g} ± {:.2g} ({} replicates so far)\n", progress.scenario, progress.point.size,
                counted_in(study.wanted()), study.wanted().power ? "power" : "width", m.value, m.mcse,
                progress.replicates);
}

std::string table(const SizedStudy& study, const SizeResult& result) {
  std::string text = fmt::format("{:<24} {:>15} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8} {:>8}\n", "scenario", "status",
                                 counted_in(study.wanted()), "from", "to", "formula",
                                 study.wanted().power ? "power" : "width", "mcse", "months");
  for (const SizeOfScenario& s : result.scenarios) {
    const auto decimals = [](double x, int n) {
      return std::isnan(x) ? std::string("NA") : fmt::format("{:.{}f}", x, n);
    };
    const auto count = [](std::size_t n) { return n == 0 ? std::string("NA") : std::to_string(n); };
    Measure at{missing, missing, missing, missing, 0, 0};  // the answer for all scenarios
    double months = missing;
    for (const SizePoint& p : s.curve)
      if (p.size == result.size) at = answer_of(p, study.wanted()), months = p.months.mean;
    text += fmt::format("{:<24} {:>15} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8} {:>8}\n", s.scenario,
                        spaced(name_of(s.status)), count(s.size), count(s.lower), count(s.upper),
                        count(s.formula.value_or(0)), decimals(at.value, 4), decimals(at.mcse, 4), decimals(months, 1));
  }
  return text;
}

void write_all(const Study& study, const SizedStudy& sized, const SizeResult& result, const SizeOptions& options,
               unsigned threads, double seconds) {
  std::filesystem::create_directories(options.out);
  const std::string command = fmt::format("oligosim size study.yaml --out DIR --seed {}", study.seed);
  const bool has_size = result.status != SizeStatus::largest_fails;
  const std::string document = to_yaml(has_size ? sized.document(result.size) : study.resolved);
  ResultFiles files(options.out);
  files.write("study.yaml", document);
  files.write("size.csv", size_csv(sized, result));
  files.write("summary.csv", size_summary_csv(sized, result));
  files.write("size.json", size_json(sized, result));
  files.write("report.html", size_page(sized, result, {study.title, program_name(), command, to_yaml(study.resolved)}));
  Json all = program_facts();
  all.update({{"command", command},
              {"seed", study.seed},
              {"study_hash", study_hash(study)},
              {"stream_version", stream_version},
              {"threads", threads},
              {"finished", utc_now()},
              {"seconds", seconds}});
  files.write_manifest(all);
}

}  // namespace

int size_command(const SizeOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const Study study = load_sized(options);
  const unsigned threads = options.threads ? options.threads : usable_cores();
  StopSignals::listen();
  SizedStudy sized(study, threads);
  SizeSimulator simulator(sized, threads, StopSignals::requested(), [&](const SizeProgress& p) { show(p, sized); });
  SizeResult result;
  try {
    result = counts_responses(sized) ? search_exact_size(sized, simulator) : search_size(simulator);
  } catch (const SizeStopped&) {
    print_message("oligosim: stopped; nothing is written\n");
    return StopSignals::exit_code();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  write_all(study, sized, result, options, threads, seconds.count());
  print_result("{}\n{}", size_verdict(sized, result), table(sized, result));
  const bool has_answer = result.status == SizeStatus::found || result.status == SizeStatus::smallest_holds;
  if (!has_answer && result.status == SizeStatus::not_precise)
    print_message("oligosim: the size is not as precise as wanted ({}); {}\n", percent(study.size->precision),
                  result.scenarios[result.decides].replicates_used_up
                      ? "size.replicates allows no more"
                      : "what is wanted is reached or missed by too few replicates to say from which size on it holds");
  return has_answer ? done : quality_missed;
}

}  // namespace oligosim
