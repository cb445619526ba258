#pragma once

// Group-sequential designs for tests: those of the reference file, and paths drawn one by one.

#include <cmath>
#include <cstdint>
#include <random>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/classical_boundaries.hpp"
#include "engine/statistics/sequential/sequential_characteristics.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim::test {

inline Spending spending_named(const std::string& name) {
  if (name == "pocock") return Spending::pocock;
  if (name == "hwang_shih_decani") return Spending::hwang_shih_decani;
  if (name == "kim_demets") return Spending::kim_demets;
  return Spending::obrien_fleming;
}

inline FutilityRule beta_spending(Spending family, double parameter, double beta, bool binding) {
  return {.kind = FutilityKind::spending, .binding = binding, .spending = {family, parameter}, .beta = beta};
}

/// The design whose looks begin at a row.
inline SequentialDesign reference_design(const ReferenceTable& table, std::size_t row) {
  std::vector<double> information;
  for (std::size_t r = row; r < table.size() && table.text(r, "design") == table.text(row, "design"); ++r)
    information.push_back(table.number(r, "information"));
  const std::string efficacy = table.text(row, "efficacy"), futility = table.text(row, "futility");
  const double sides = table.number(row, "sides"), level = table.number(row, "alpha") / sides;
  EfficacyRule rule;
  rule.spending = {spending_named(efficacy), table.number(row, "parameter")};
  for (const BoundaryShape shape : {BoundaryShape::wang_tsiatis, BoundaryShape::haybittle_peto})
    if (efficacy == (shape == BoundaryShape::wang_tsiatis ? "wang_tsiatis" : "haybittle_peto"))
      rule.planned = classical_boundaries(shape, table.number(row, "parameter"), level, sides == 2, information);
  FutilityRule stop;
  if (futility != "none")
    stop = beta_spending(spending_named(futility), table.number(row, "parameter_b"), table.number(row, "beta"),
                         table.number(row, "binding") == 1);
  return {rule, stop, level, sides == 2, information};
}

/// Where trials of independent normal increments stopped, and with which z.
struct DrawnTrials {
  std::vector<const SequentialStage*> stage;
  std::vector<double> z;
};

inline DrawnTrials drawn_trials(const SequentialDesign& design, double drift, int trials, std::uint64_t seed = 97) {
  std::mt19937_64 random(seed);
  DrawnTrials drawn;
  for (int i = 0; i < trials; ++i) {
    double score = 0, before = 0;
    for (const auto& stage : design.planned()) {
      const double step = stage->information - before;
      before = stage->information;
      const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
      score += drift * step + std::sqrt(step) * normal_quantile(u);
      const double z = score / std::sqrt(before);
      const double low = design.symmetric() ? -stage->efficacy : stage->futility;
      if (z < stage->efficacy && z >= low && !stage->last) continue;
      drawn.stage.push_back(stage.get());
      drawn.z.push_back(z);
      break;
    }
  }
  return drawn;
}

/// Their shares that stop at each look.
inline ExitProbabilities drawn_exits(const SequentialDesign& design, double drift, int trials,
                                     std::uint64_t seed = 97) {
  const DrawnTrials drawn = drawn_trials(design, drift, trials, seed);
  const std::size_t looks = design.planned().size();
  ExitProbabilities exit{std::vector<double>(looks), std::vector<double>(looks), std::vector<double>(looks)};
  for (int i = 0; i < trials; ++i) {
    const SequentialStage& stage = *drawn.stage[i];
    if (drawn.z[i] >= stage.efficacy) exit.efficacy[stage.look] += 1.0 / trials;
    if (drawn.z[i] < stage.futility) exit.futility[stage.look] += 1.0 / trials;
  }
  return exit;
}

}  // namespace oligosim::test
