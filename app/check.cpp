#include <fmt/format.h>

#include <chrono>

#include "app/commands.hpp"
#include "app/output.hpp"

namespace oligosim {
namespace {

/// Seconds of one thread for one replicate of the first scenario, from a short probe.
double probe(const TrialExperiment& experiment) {
  Arena arena;
  std::vector<double> row(experiment.columns().size());
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> elapsed{0};
  std::uint32_t replicates = 0;
  while (elapsed.count() < 0.2 || replicates < 10) {
    arena.reset();
    experiment.replicate(++replicates, arena, row);
    elapsed = std::chrono::steady_clock::now() - start;
  }
  return elapsed.count() / replicates;
}

void describe(const Scenario& s) {
  fmt::print("{} patients, arms:", s.trial->patients());
  for (const std::string& arm : s.trial->arms()) fmt::print(" {}", arm);
  fmt::print("\nprimary analysis {} at {} ({}-sided)\n", s.design->primary(), s.design->alpha(), s.design->sides());
  for (std::size_t k = 0; k < s.design->looks().size(); ++k) {
    const Look& look = s.design->looks()[k];
    const std::string when =
        look.events ? fmt::format("at {} events of {}", *look.events, s.disease->endpoints()[look.endpoint].name)
                    : fmt::format("at month {}", look.month);
    fmt::print("look {} {}: information {:.4g}, boundary z {:.6f}\n", k + 1, when, look.information,
               s.design->efficacy_boundaries()[k]);
  }
}

}  // namespace

int check_command(const std::filesystem::path& file) {
  Study study = load_study(file, {});
  Problems problems;
  const SanityCheck sanity(study.resolved, problems);
  if (!problems.empty()) throw InputError(problems.text());
  fmt::print("{}\n", study.title);
  describe(study.scenarios.front());
  fmt::print("analyses:");
  for (const std::string& name : study.scenarios.front().plan->analysis_names()) fmt::print(" {}", name);
  fmt::print("\nscenarios:\n");
  for (const Scenario& s : study.scenarios) {
    fmt::print("  {}\n", s.name);
    s.disease->prepare();
    for (const SolvedValue& v : s.disease->solved())
      fmt::print("    {} = {:.5g}, so that {}\n", v.name, v.value, v.because);
  }
  const Scenario& first = study.scenarios.front();
  const double seconds = probe(TrialExperiment(first, study.seed, std::vector<TrueValue>(first.plan->labels().size())));
  const unsigned cores = usable_cores();
  const double total = seconds * study.replicates * static_cast<double>(study.scenarios.size()) / cores;
  fmt::print("{} replicates of {} scenarios, {:.3g} microseconds each: about {:.3g} s on {} cores\n", study.replicates,
             study.scenarios.size(), 1e6 * seconds, total, cores);
  return done;
}

}  // namespace oligosim
