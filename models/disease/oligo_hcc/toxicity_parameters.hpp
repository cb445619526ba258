#pragma once

#include <string>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

/// A probability in the OP and in the OM cohort.
struct ByCohort {
  double op = 0, om = 0;
  bool operator==(const ByCohort&) const = default;
};

/// One toxicity in one period: the share of patients with any grade, and with grade 3 among all.
struct ToxicityTerm {
  std::string name;
  double any_grade = 0;
  ByCohort grade_3;
  bool operator==(const ToxicityTerm&) const = default;
};

struct ToxicityPeriod {
  double any_grade = 0;  // patients with any of the terms
  ByCohort grade_3;      // with grade 3 of any of them
  std::vector<ToxicityTerm> terms;
  bool operator==(const ToxicityPeriod&) const = default;
};

/// The toxicity table of Song et al. (2025): early is until day 90, late after it.
struct ToxicityParameters {
  ToxicityParameters();
  double grade_2_share = 0.5;                          // of grades 1 and 2, published together
  double before_1_2 = 16.0 / 28, before_3 = 1.0 / 28;  // worst grade before SBRT, OP
  double discontinued = 6.0 / 37;                      // systemic therapy stopped for toxicity
  ToxicityPeriod early, late;
  bool operator==(const ToxicityParameters&) const = default;
};

/// Reads the mapping `disease.toxicity`, which may be absent, and finishes it.
ToxicityParameters read_toxicity(ConfigNode node);

}  // namespace oligosim
