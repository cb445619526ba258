// One replicate again, and many of them written out: simulated patients for a reader or for other software.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/out_folder.hpp"
#include "app/output.hpp"
#include "engine/io/file.hpp"
#include "engine/montecarlo/cores.hpp"
#include "models/analysis/estimates_csv.hpp"
#include "models/analysis/label_text.hpp"
#include "models/cohort/cohort_csv.hpp"

namespace oligosim {
namespace {

/// The experiment of a scenario, whose trials have all columns; without true values, which no replicate needs.
TrialExperiment whole_experiment(const Scenario& scenario, std::uint64_t seed) {
  scenario.prepare(usable_cores());
  const std::vector<std::uint8_t> all(scenario.trial->columns().size(), 1);
  scenario.trial->need(all, scenario.plan->reads_lesions());
  for (const ParameterDraw& draw : scenario.draws) draw.trial->need(all, scenario.plan->reads_lesions());
  return TrialExperiment(scenario, seed);
}

/// The files of trials of one scenario.
class TrialFiles {
 public:
  TrialFiles(const TrialExperiment& experiment, bool adtte)
      : experiment_(experiment),
        patients_(experiment.scenario().trial->columns()),
        lesions_(experiment.scenario().trial->lesion_columns()),
        estimates_(simulated_estimates_header()) {
    if (adtte) adtte_.emplace(experiment.scenario().trial->columns());
  }

  void add(std::uint32_t number, const TrialExperiment::Record& record) {
    patients_.add(number, record.data->cohort());
    if (PlanData* lesions = record.data->lesions()) lesions_.add(number, lesions->cohort(), lesions->patient());
    if (adtte_) adtte_->add(number, record.data->cohort());
    add_estimates(estimates_, {experiment_.scenario().name, number, record.looks.size()}, experiment_.labels(),
                  record.estimates);
  }

  void write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    write_file(folder / "patients.csv", patients_.text());
    if (experiment_.scenario().plan->reads_lesions()) write_file(folder / "lesions.csv", lesions_.text());
    if (adtte_) write_file(folder / "adtte.csv", adtte_->text());
    write_file(folder / "estimates.csv", estimates_.text());
  }

 private:
  const TrialExperiment& experiment_;
  RowsCsv patients_, lesions_;
  std::optional<AdtteCsv> adtte_;
  CsvWriter estimates_;
};

/// A scenario's name as that of a folder: what could lead elsewhere becomes an underscore.
std::string folder_name(std::string scenario) {
  for (char& c : scenario)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-') c = '_';
  return scenario;
}

const char* in_words(Decision decision) {
  switch (decision) {
    case Decision::efficacy:
      return "claims efficacy";
    case Decision::harm:
      return "claims harm";
    case Decision::futility:
      return "stops for futility";
    default:
      return "claims nothing";
  }
}

/// "0.63 (0.41 to 0.97) p 0.03 ok"; what is not known is left out, an open end of an interval is a dash.
std::string in_words(const Estimate& e) {
  const auto limit = [](double x) { return std::isnan(x) ? std::string("-") : fmt::format("{:.5g}", x); };
  std::string text;
  if (!std::isnan(e.estimate)) text += fmt::format("{:.5g} ", e.estimate);
  if (!std::isnan(e.lower) || !std::isnan(e.upper)) text += "(" + limit(e.lower) + " to " + limit(e.upper) + ") ";
  if (!std::isnan(e.p_value)) text += fmt::format("p {:.4g} ", e.p_value);
  return text + std::string(name(e.status));
}

void print(const TrialExperiment& experiment, const TrialExperiment::Record& record) {
  for (std::size_t k = 0; k < record.looks.size(); ++k)
    print_result("look {}: day {:.0f}, z {:.4f}{}\n", k + 1, record.looks[k].day, record.looks[k].z,
                 record.looks[k].events_reached ? "" : ", held at the latest month");
  print_result("the trial {}\n", in_words(record.decision));
  for (std::size_t k = 0; k < record.estimates.size(); ++k) {
    const Estimate& e = record.estimates[k];
    const EstimateLabel& label = experiment.labels()[k];
    if (label.log_scale) continue;
    print_result("{}: {}\n", label_text(label), in_words(e));
  }
}

/// A study.yaml that is not of the folder's blocks any more would replay another study's trial.
void check_run(const ReplayOptions& options) {
  if (!std::filesystem::exists(options.folder / "blocks.log")) return;  // patients that were simulated alone
  const Study whole = load_study(options.folder / "study.yaml", {});
  const BlockLog log = BlockLog::read_only(options.folder / "blocks.log");
  if (log.header().study_hash != study_hash(whole))
    throw InputError(options.folder.string() + ": its blocks are not of its study.yaml");
  const std::uint32_t finished = largest_count(log, whole);
  if (options.replicate > finished)
    print_message("oligosim: the run has {} replicates so far; this one is not among them\n", finished);
}

}  // namespace

int replay_command(const ReplayOptions& options) {
  check_run(options);
  const Study study = load_study(options.folder / "study.yaml", {{}, {}, options.scenario});
  if (study.scenarios.size() > 1)
    throw InputError("--scenario: missing; the run has " + std::to_string(study.scenarios.size()) + " scenarios");
  if (options.replicate < 1) throw InputError("--replicate: replicates count from 1");
  const TrialExperiment experiment = whole_experiment(study.scenarios.front(), study.seed);
  Arena arena;
  const TrialExperiment::Record record = experiment.record(options.replicate, arena);
  TrialFiles files(experiment, false);
  files.add(options.replicate, record);
  const std::filesystem::path out = options.folder / ("replay-" + folder_name(study.scenarios.front().name) + "-" +
                                                      std::to_string(options.replicate));
  files.write(out);
  print(experiment, record);
  print_message("oligosim: its patients and estimates are in {}\n", out.string());
  return done;
}

int simulate_command(const SimulateOptions& options) {
  check_own_out(options.out, "simulate");
  if (options.replicates < 1) throw InputError("--replicates: 0 is out of range (a whole number of at least 1)");
  const Study study = load_study(options.study, {options.seed, {}, options.scenario});
  for (const Scenario& scenario : study.scenarios) {
    const TrialExperiment experiment = whole_experiment(scenario, study.seed);
    TrialFiles files(experiment, true);
    Arena arena;
    for (std::uint32_t number = 1; number <= options.replicates; ++number) {
      arena.reset();
      files.add(number, experiment.record(number, arena));
    }
    files.write(options.out / folder_name(scenario.name));
  }
  write_file(options.out / "study.yaml", to_yaml(study.resolved));
  return done;
}

}  // namespace oligosim
