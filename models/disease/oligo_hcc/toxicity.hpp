#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/arms.hpp"
#include "models/disease/oligo_hcc/toxicity_parameters.hpp"

namespace oligosim {

/// The toxicities of one period together. Term k of any grade: sqrt(s) F + sqrt(1 - s) e_k above the quantile of its
/// share, F and e_k independent standard normal; s is solved so that the share of patients with any is that given.
/// Grade 3 is a part of that: of the terms that a patient has, each is of grade 3 with its conditional probability,
/// either nearly never together (systematic sampling) or independently; how often the latter is solved for the share
/// of patients with any grade 3. All margins are exact.
class ToxicityCopula {
 public:
  explicit ToxicityCopula(const ToxicityPeriod& period);

  /// Grades of the terms of one patient, 0 to 3, from 3 + 4 terms numbers of `stream`. `effect`: of the arm.
  void sample(Stream& stream, bool om, const ToxicityEffect& effect, double grade_2_share,
              std::span<std::uint8_t> grades) const;

  std::size_t terms() const { return threshold_.size(); }
  double shared_variance() const { return shared_; }  // s
  double any_grade() const { return any_grade_; }     // as attained
  const ByCohort& grade_3() const { return grade_3_; }

 private:
  struct Grade3 {
    std::vector<double> given_any;  // of each term
    double independent_share = 0;   // of patients whose grade 3 toxicities are independent of each other
  };
  double none(double shared) const;
  double term_given(std::size_t k, double shared, double f) const;
  /// Shares of patients with grade 3 if together as seldom as can be, and if independent.
  struct Unions {
    double exclusive = 0, independent = 0;
  };
  Unions unions(const Grade3& grade_3) const;
  double solve(Grade3& grade_3, double wanted) const;

  std::vector<double> threshold_;
  Grade3 op_, om_;
  double shared_ = 0, any_grade_ = 0;
  ByCohort grade_3_;
};

/// The day on which a patient's systemic therapy is stopped for toxicity, until day 90; infinity where his column
/// `discontinued` is 0.
double discontinuation_day(const ToxicityParameters& parameters, const Streams& streams, std::uint32_t patient);

/// The copula of a period. The last few are kept: scenarios and draws of parameters seldom differ in toxicity.
ToxicityCopula solved_copula(const ToxicityPeriod& period);

/// Toxicity of every patient, as far as columns are wanted.
class ToxicitySampler {
 public:
  /// Both copulas are solved here, once a study.
  explicit ToxicitySampler(const ToxicityParameters& parameters);

  std::vector<Finding> findings() const;
  /// `steps`: of findings(), or none; `grp`, `arm`, `death_day` (infinity: never): of each patient. `grade_3_day`: of
  /// the first toxicity of grade 3, or empty; early ones fall on any day until day 90 alike, late ones on any until a
  /// year.
  void sample(const Streams& streams, std::span<const std::uint8_t> grp, std::span<const std::uint8_t> arm,
              std::span<const ArmHazards> arms, std::span<const double> death_day, std::span<Steps> steps,
              std::span<double> grade_3_day, Arena& arena) const;

 private:
  /// `early`, `late`: worst grades.
  static double first_grade_3(Stream days, int early, int late, double death_day);

  ToxicityParameters parameters_;
  ToxicityCopula early_, late_;
};

}  // namespace oligosim
