#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/memory/arena.hpp"
#include "models/disease/oligo_hcc/number_columns.hpp"
#include "models/disease/oligo_hcc/toxicity_parameters.hpp"

namespace oligosim {

/// What the grades of patients depend on besides chance, one element a patient.
struct ToxicityCases {
  std::span<const double> om;                  // 1: oligometastatic
  std::span<const double> any_grade, grade_3;  // ToxicityEffect of his arm
};

/// The toxicities of one period together. A patient is of one of many levels of susceptibility, equally likely, and
/// given that his terms are independent. The probability of term k at a level is Phi((sqrt(s) f - t_k) / sqrt(1 - s)),
/// f the normal quantile of the level's middle: a normal copula of one factor, in steps. t_k is solved for the share of
/// patients with any grade of the term, s for that of patients with any.
/// Grade 3 is a part of that: of the terms that a patient has, each is of grade 3 with its conditional probability,
/// either nearly never together (systematic sampling) or independently; how often the latter is solved for the share
/// of patients with any grade 3. All margins are exact, those of grade 3 but
/// for 2^-18.
class ToxicityCopula {
 public:
  static constexpr std::size_t levels = 128;

  explicit ToxicityCopula(const ToxicityPeriod& period);

  /// Grades of term k of all patients, 0 to 3, in grades[k]; from the next 3 + terms numbers of each.
  void sample(NumberColumns& numbers, const ToxicityCases& patients, double grade_2_share,
              std::span<const std::span<double>> grades, Arena& arena) const;

  std::size_t terms() const { return at_level_.size(); }
  double shared_variance() const { return shared_; }  // s
  double any_grade() const { return any_grade_; }     // as attained
  const ByCohort& grade_3() const { return grade_3_; }
  /// Of patients, those whose toxicities of grade 3 are independent of each other.
  double independent_share(bool om) const { return (om ? om_ : op_).independent_share; }
  /// Probability of any grade of a term at each level.
  std::span<const double> at_level(std::size_t term) const { return at_level_[term]; }

 private:
  using Levels = std::array<double, levels>;
  struct Grade3 {
    std::vector<double> given_any;  // of each term
    double independent_share = 0;   // of patients whose grade 3 toxicities are independent of each other
  };
  /// Sets the terms' probabilities at each level for s = `shared`; the share of patients with any of them.
  double any_with(double shared, const ToxicityPeriod& period);
  /// Shares of patients with grade 3 if together as seldom as can be, and if independent.
  struct Unions {
    double exclusive = 0, independent = 0;
  };
  Unions unions(const Grade3& grade_3) const;
  double solve(Grade3& grade_3, double wanted) const;

  /// Of each patient, what his terms share.
  struct Common {
    std::span<std::uint32_t> level;
    std::span<double> start;        // of the points of systematic sampling
    std::span<double> independent;  // 1: his toxicities of grade 3 are independent of each other
    std::span<double> sum;          // of the conditional probabilities of grade 3 of the terms so far that he has
  };
  Common sample_common(NumberColumns& numbers, const ToxicityCases& patients, Arena& arena) const;

  std::vector<Levels> at_level_;
  Grade3 op_, om_;
  double shared_ = 0, any_grade_ = 0;
  ByCohort grade_3_;
};

/// The copula of a period. The last few are kept: scenarios and draws of parameters seldom differ in toxicity.
ToxicityCopula solved_copula(const ToxicityPeriod& period);

}  // namespace oligosim
