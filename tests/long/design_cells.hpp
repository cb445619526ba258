#pragma once

// Cells of results/designs.csv: a quantity of a design in a scenario, as an independent answer has it and as the
// program simulates it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "engine/montecarlo/cores.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {

/// OLIGOSIM_DESIGN_REPLICATES of each cell, in the program and in a naive simulation; a few unless said.
inline std::uint32_t design_replicates() {
  const char* said = std::getenv("OLIGOSIM_DESIGN_REPLICATES");
  return said ? static_cast<std::uint32_t>(std::stoul(said)) : 10000;
}

/// Where the table goes: the file OLIGOSIM_DESIGN_TABLE, else standard output.
inline std::FILE* design_table() {
  static std::FILE* const file = [] {
    const char* said = std::getenv("OLIGOSIM_DESIGN_TABLE");
    std::FILE* const opened = said ? std::fopen(said, "w") : stdout;
    if (!opened) throw std::runtime_error("cannot write OLIGOSIM_DESIGN_TABLE");
    fmt::print(opened, "design,scenario,quantity,nominal,independent,source,simulated,mcse,z\n");
    return opened;
  }();
  return file;
}

/// A number with its standard error; 0: exact.
struct Independent {
  double value;
  double error = 0;
};

/// What the level of a null scenario has to do with the nominal one.
enum class Level { none, at_most, asymptotic };

/// The cells of one design in one scenario.
class DesignCells {
 public:
  DesignCells(std::string design, std::string scenario, std::vector<SummaryRow> rows, std::string source)
      : design_(std::move(design)),
        scenario_(std::move(scenario)),
        shown_(scenario_),
        rows_(std::move(rows)),
        source_(std::move(source)) {}

  /// The same under another name of the scenario.
  DesignCells at(std::string shown) const {
    DesignCells other = *this;
    other.shown_ = std::move(shown);
    return other;
  }

  /// The metric of the final look, or that of a look, or of a course taken.
  void compare(const char* metric, const std::string& of, const Independent& answer, double nominal = missing,
               Level level = Level::none) const {
    compare_row(row(metric, [&](const SummaryRow& r) { return r.look == "final" && named(r, of); }),
                of.empty() ? metric : metric + (" " + of), answer, nominal, level);
  }
  void compare_at(const char* metric, const std::string& look, const Independent& answer) const {
    compare_row(row(metric, [&](const SummaryRow& r) { return r.look == look; }), metric + (" at look " + look), answer,
                missing, Level::none);
  }

 private:
  static bool named(const SummaryRow& r, const std::string& of) {
    return of.empty() || r.label.analysis == of || r.label.term == of;
  }
  template <class F>
  const SummaryRow& row(const char* metric, const F& agrees) const {
    for (const SummaryRow& r : rows_)
      if (r.scenario == scenario_ && r.metric == metric && agrees(r)) return r;
    throw std::runtime_error("no row " + scenario_ + " " + metric);
  }

  void compare_row(const SummaryRow& row, const std::string& quantity, const Independent& answer, double nominal,
                   Level level) const {
    const Measure& m = row.measure;
    const bool rare = answer.value < 1 && static_cast<double>(m.n_replicates) * answer.value < 20;
    const double z = rare ? missing : (m.value - answer.value) / std::hypot(m.mcse, answer.error);
    EXPECT_TRUE(rare || std::abs(z) <= 4) << design_ << ", " << shown_ << ", " << quantity << ": z " << z;
    EXPECT_TRUE(level != Level::at_most || m.value <= nominal + 3 * m.mcse) << design_ << ", " << shown_;
    fmt::print(design_table(), "{},{},{},{},{:.6f},{},{:.6f},{:.6f},{}\n", design_, shown_, quantity,
               std::isnan(nominal) ? "NA" : fmt::format("{}", nominal), answer.value, source_, m.value, m.mcse,
               rare ? "NA" : fmt::format("{:.2f}", z));
    std::fflush(design_table());
  }

  std::string design_, scenario_, shown_;
  std::vector<SummaryRow> rows_;
  std::string source_;
};

/// Runs a study, without its key `replicates`, that often.
inline std::vector<SummaryRow> run_cells(const std::string& text) {
  return run_in_memory(study_from(fmt::format("replicates: {}\n{}", design_replicates(), text)), usable_cores(), false);
}

/// Means over as many naive trials, each of which shows `quantities` numbers. Whatever the threads: each thousand has a
/// generator of its own.
template <std::size_t quantities, class Trial>
std::array<Independent, quantities> naive_means(std::uint64_t seed, const Trial& trial) {
  constexpr std::uint32_t chunk = 1000;
  using Sums = std::array<double, 2 * quantities>;
  const std::uint32_t trials = design_replicates();
  std::vector<Sums> sums((trials + chunk - 1) / chunk);
  parallel_for(sums.size(), usable_cores(), [&](std::size_t c, Arena&) {
    std::mt19937_64 random(seed * 1000003 + c);
    for (std::uint32_t k = 0; k < chunk; ++k) {
      const std::array<double, quantities> shown = trial(random);
      for (std::size_t q = 0; q < quantities; ++q)
        sums[c][2 * q] += shown[q], sums[c][2 * q + 1] += shown[q] * shown[q];
    }
  });
  const double n = static_cast<double>(sums.size() * chunk);
  std::array<Independent, quantities> means{};
  for (std::size_t q = 0; q < quantities; ++q) {
    double sum = 0, squares = 0;
    for (const Sums& s : sums) sum += s[2 * q], squares += s[2 * q + 1];
    means[q] = {sum / n, std::sqrt((squares / n - sum / n * sum / n) / n)};
  }
  return means;
}

}  // namespace oligosim
