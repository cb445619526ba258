// Parameters drawn from the prior, a cohort simulated with them, its figures taken as published: the parameters, and
// what they make of a large cohort, lie in the posterior's intervals as often as these say (Cook, Gelman and Rubin
// 2006). For two parameters always; for those of Song et al. 2025 where the environment says how many such papers to
// make and where to put their table:
//   OLIGOSIM_RECOVERY_PAPERS=200 OLIGOSIM_RECOVERY_TABLE=FILE.csv test_long --gtest_filter='*Song2025*'
// Papers are made side by side on all usable cores; each takes about half a minute of one. With
// OLIGOSIM_RECOVERY_WEIGHTS=1 the point fit has the weights and the light ridge of the targets file. Papers are
// numbered from OLIGOSIM_RECOVERY_FIRST (1 unless said); OLIGOSIM_RECOVERY_RANKS=FILE.csv gets the ranks of each as
// soon as it is finished.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>

#include "engine/io/csv.hpp"
#include "engine/montecarlo/cores.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "tests/models/calibration/calibration_support.hpp"

namespace oligosim {
namespace {

/// The rank of each true parameter among the draws, 0 to 1, then that of each quantity; empty where the paper was left
/// out.
using Ranks = std::vector<double>;

/// The published figures of a simulated paper and the parameters that made it.
struct Paper {
  std::vector<double> truth;    // on the scale of the priors
  std::vector<double> figures;  // of the targets used in the fit
};

/// Targets whose values in a large cohort 37 patients tell something of.
const std::vector<std::string> quantities = {"PFS in OP at its median, 11.2 months",
                                             "OS in OP at its median, 32.6 months",
                                             "OS at its median, 34.9 months",
                                             "median PFS, months",
                                             "median OS, months",
                                             "overall response, OP",
                                             "response of irradiated lesions",
                                             "disease control",
                                             "progression or death"};

/// These targets of a calibration, in its order.
class LargeCohort {
 public:
  explicit LargeCohort(const Calibration& calibration) : simulator_(calibration, false) {
    for (std::size_t k = 0; k < simulator_.targets().size(); ++k)
      if (std::ranges::find(quantities, simulator_.targets()[k].name) != quantities.end()) positions_.push_back(k);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const std::size_t k : positions_) names.push_back(simulator_.targets()[k].name);
    return names;
  }
  /// The same patients at any parameters, so that their noise cancels.
  std::vector<double> at(std::span<const double> coordinates, Arena& arena) const {
    arena.reset();
    const auto all = simulator_.at_large(coordinates, 200, Streams(derived_key(5, "large"), 1), arena);
    std::vector<double> own;
    for (const std::size_t k : positions_) own.push_back(all ? (*all)[k] : std::nan(""));
    return own;
  }

 private:
  TargetSimulator simulator_;
  std::vector<std::size_t> positions_;
};

/// Adds the ranks of the quantities among every fifth draw; half of those that are equal count as below.
void add_quantities(const LargeCohort& large, const Paper& paper, const Eigen::MatrixXd& draws, Ranks& ranks) {
  Arena arena;
  const std::vector<double> truth = large.at(paper.truth, arena);
  std::vector<double> below(truth.size(), 0.0), known(truth.size(), 0.0);
  for (Eigen::Index row = 0; row < draws.rows(); row += 5) {
    const Eigen::VectorXd draw = draws.row(row);
    const std::vector<double> values = large.at({draw.data(), static_cast<std::size_t>(draw.size())}, arena);
    for (std::size_t q = 0; q < truth.size(); ++q) {
      if (std::isnan(values[q])) continue;
      known[q] += 1;
      below[q] += values[q] < truth[q] ? 1 : values[q] == truth[q] ? 0.5 : 0;
    }
  }
  for (std::size_t q = 0; q < truth.size(); ++q)
    ranks.push_back(std::isnan(truth[q]) ? std::nan("") : below[q] / known[q]);
}

/// Paper number r whose figures all meet `usable`; drawn again where one does not.
template <class Usable>
Paper make_paper(const Calibration& prior, std::uint32_t r, const Usable& usable) {
  const TargetSimulator simulator(prior, true);
  Stream stream(99, r, Purpose::design_points);
  Arena arena;
  Paper paper{std::vector<double>(prior.parameters.size()), std::vector<double>(simulator.targets().size())};
  for (std::uint32_t attempt = 0; attempt < 1000; ++attempt) {
    for (double& u : paper.truth) u = stream.normal();
    const std::optional<CohortModel> model = simulator.model(paper.truth);
    if (!model) continue;
    simulator.simulate(*model, Streams(derived_key(17, "papers"), 1000 * r + attempt), arena, paper.figures);
    if (std::ranges::all_of(paper.figures, usable)) return paper;
  }
  throw std::runtime_error("no paper in a thousand has all figures");
}

Ranks ranks_of(Calibration calibration, const Paper& paper) {
  std::size_t used = 0;
  for (Target& t : calibration.targets)
    if (t.used_in_fit) t.published = paper.figures[used++];
  const TargetSimulator simulator(calibration, true);
  const PointFit fit = fit_of(calibration, 1);
  if (fit.coordinates.size() == 0) return {};
  const CalibrationDesign design(fit);
  std::vector<std::optional<CohortMoments>> bank;
  const std::atomic<bool> stop{false};
  simulate_bank(
      calibration, simulator, design, bank, 1, [](std::size_t) {}, stop);
  const Eigen::MatrixXd draws = find_posterior(calibration, simulator, design, bank, 1).draws();
  Ranks ranks;
  for (Eigen::Index k = 0; k < draws.cols(); ++k)
    ranks.push_back((draws.col(k).array() < paper.truth[static_cast<std::size_t>(k)]).cast<double>().mean());
  add_quantities(LargeCohort(calibration), paper, draws, ranks);
  return ranks;
}

/// `finished(number, ranks)` as soon as a paper is, one after the other.
template <class Usable, class Finished>
std::vector<Ranks> ranks_of_papers(const Calibration& calibration, std::uint32_t first, std::size_t papers,
                                   const Usable& usable, const Finished& finished) {
  std::vector<Ranks> all(papers);
  std::mutex printing;
  std::size_t done = 0;
  parallel_for(papers, usable_cores(), [&](std::size_t r, Arena&) {
    const std::uint32_t number = first + static_cast<std::uint32_t>(r);
    try {
      all[r] = ranks_of(calibration, make_paper(calibration, number, usable));
    } catch (
        const std::exception& e) {  // the fit finds no cohorts with all figures, or too few points for the emulator
      fmt::print("paper {}: {}\n", number, e.what());
    }
    const std::lock_guard lock(printing);
    if (!all[r].empty()) finished(number, all[r]);
    fmt::print(stderr, "{} of {} papers\n", ++done, papers);
  });
  std::erase_if(all, [](const Ranks& ranks) { return ranks.empty(); });
  return all;
}

bool within(double rank, double level) { return std::abs(rank - 0.5) < level / 2; }

/// Of those papers whose number is known.
double covered(const std::vector<Ranks>& all, std::size_t number, double level) {
  double count = 0, known = 0;
  for (const Ranks& ranks : all) known += !std::isnan(ranks[number]), count += within(ranks[number], level);
  return count / known;
}

TEST(CalibrationRecovery, OracleIntervalsCoverParametersDrawnFromThePrior) {
  const Calibration calibration = calibration_from(tiny_targets(
      "",
      "fit: {patients: 20000, coarse_patients: 5000, cohorts: 500, starts: 1}\nposterior: {design_points: 60, cohorts: "
      "200, chains: 2, iterations: 10000, draws: 500, predictive: 100}\n"));
  // Figures at the edge have no spread left; what is asked is how intervals cover elsewhere.
  const auto all = ranks_of_papers(
      calibration, 1, 80, [](double x) { return x > 0.05 && x < 0.95; }, [](std::uint32_t, const Ranks&) {});
  ASSERT_EQ(all.size(), 80u);
  for (const std::size_t k : {0u, 1u}) EXPECT_NEAR(covered(all, k, 0.8), 0.8, 3 * std::sqrt(0.8 * 0.2 / 80));
}

/// Parameters, then quantities.
std::vector<std::string> names_of(const Calibration& calibration) {
  std::vector<std::string> names;
  for (const FreeParameter& p : calibration.parameters) names.push_back(p.path);
  for (const std::string& name : LargeCohort(calibration).names()) names.push_back(name);
  return names;
}

std::string recovery_table(const std::vector<std::string>& names, const std::vector<Ranks>& all) {
  CsvWriter csv({"of", "papers", "coverage_50", "coverage_80", "coverage_90", "coverage_95", "mcse_90", "mean_rank",
                 "mean_rank_mcse"});
  for (std::size_t k = 0; k < names.size(); ++k) {
    double sum = 0, n = 0;
    for (const Ranks& ranks : all)
      if (!std::isnan(ranks[k])) sum += ranks[k], n += 1;
    csv.field(std::string_view(names[k])).field(static_cast<long long>(n));
    for (const double level : {0.5, 0.8, 0.9, 0.95}) csv.field(covered(all, k, level));
    csv.field(std::sqrt(0.9 * 0.1 / n)).field(sum / n).field(std::sqrt(1 / (12 * n))).end_row();
  }
  return csv.text();
}

std::optional<std::size_t> number_from(const char* variable) {
  const char* const text = std::getenv(variable);
  if (!text) return {};
  return std::strtoul(text, nullptr, 10);
}

/// A row a paper in the file that OLIGOSIM_RECOVERY_RANKS names, if it names one.
class RanksFile {
 public:
  explicit RanksFile(const std::vector<std::string>& names) {
    if (!file_) return;
    std::vector<std::string_view> header = {"paper"};
    header.insert(header.end(), names.begin(), names.end());
    std::ofstream(file_) << CsvWriter(std::span<const std::string_view>(header)).text();
  }
  void operator()(std::uint32_t number, const Ranks& ranks) const {
    if (!file_) return;
    CsvWriter row;
    row.field(static_cast<long long>(number));
    for (const double rank : ranks) row.field(rank);
    row.end_row();
    std::ofstream(file_, std::ios::app) << row.text();
  }

 private:
  const char* file_ = std::getenv("OLIGOSIM_RECOVERY_RANKS");
};

TEST(CalibrationRecovery, OracleSong2025IntervalsCoverParametersDrawnFromThePrior) {
  const std::optional<std::size_t> asked = number_from("OLIGOSIM_RECOVERY_PAPERS");
  if (!asked) GTEST_SKIP() << "OLIGOSIM_RECOVERY_PAPERS says how many papers to make";
  Calibration calibration = load_calibration(OLIGOSIM_SOURCE_DIR "/configs/targets/song2025.yaml");
  // The points of the emulator lie around the mode of the posterior: priors at their full weight, targets alike. A fit
  // that chases the figures of 37 patients would put them where the posterior is not.
  const bool as_in_the_file = std::getenv("OLIGOSIM_RECOVERY_WEIGHTS") != nullptr;
  if (!as_in_the_file)
    for (Target& t : calibration.targets) t.weight = 1;
  const double prior_weight = as_in_the_file ? calibration.fit.prior_weight : 1;
  calibration.fit = {.patients = 10000,
                     .coarse_patients = 5000,
                     .starts = 1,
                     .iterations = 12,
                     .cohorts = 500,
                     .prior_weight = prior_weight};
  calibration.posterior = {.design_points = 1200, .cohorts = 80, .chains = 2, .iterations = 30000, .draws = 500};
  const std::vector<std::string> names = names_of(calibration);
  const auto first = static_cast<std::uint32_t>(number_from("OLIGOSIM_RECOVERY_FIRST").value_or(1));
  const auto all = ranks_of_papers(
      calibration, first, *asked, [](double x) { return std::isfinite(x); }, RanksFile(names));
  ASSERT_GT(all.size(), 0u);
  const std::size_t parameters = calibration.parameters.size();
  const std::string table = recovery_table(names, all);
  if (const char* const file = std::getenv("OLIGOSIM_RECOVERY_TABLE")) std::ofstream(file) << table;
  fmt::print("{}", table);
  // A paper's parameters hang together: the spread of its share of covered parameters is the error.
  double mean = 0, squares = 0;
  for (const Ranks& ranks : all) {
    double share = 0;
    for (std::size_t k = 0; k < parameters; ++k) share += within(ranks[k], 0.8) / static_cast<double>(parameters);
    mean += share / static_cast<double>(all.size()), squares += share * share / static_cast<double>(all.size());
  }
  const double mcse = std::sqrt((squares - mean * mean) / static_cast<double>(all.size()));
  fmt::print("80 % intervals cover {:.3f} of the parameters ({:.3f})\n", mean, mcse);
  if (all.size() < 20) GTEST_SKIP() << "fewer than 20 papers do not tell their own error";
  EXPECT_NEAR(mean, 0.8, 3 * mcse + 0.03);  // the synthetic likelihood of counts of one or two is rough
  for (std::size_t k = parameters; k < names.size(); ++k) {
    const double error = std::sqrt(0.9 * 0.1 / static_cast<double>(all.size()));
    EXPECT_NEAR(covered(all, k, 0.9), 0.9, 0.05 + 3 * error) << names[k];
  }
}

}  // namespace
}  // namespace oligosim
