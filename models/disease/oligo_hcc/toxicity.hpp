#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/arms.hpp"
#include "models/disease/oligo_hcc/number_columns.hpp"
#include "models/disease/oligo_hcc/toxicity_copula.hpp"
#include "models/disease/oligo_hcc/toxicity_parameters.hpp"

namespace oligosim {

/// The day on which a patient's systemic therapy is stopped for toxicity, until day 90; infinity where his column
/// `discontinued` is 0.
double discontinuation_day(const ToxicityParameters& parameters, const Streams& streams, std::uint32_t patient);

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
  struct Output;
  static ToxicityCases cases(std::span<const std::uint8_t> grp, std::span<const std::uint8_t> arm,
                             std::span<const ArmHazards> arms, Arena& arena);
  /// Toxicity before SBRT, and whether systemic therapy is stopped.
  void sample_single(NumberColumns& numbers, const ToxicityCases& patients, const Output& out) const;
  /// All terms of a period; the worst grade of each patient. Late ones after early ones.
  std::span<double> sample_early(NumberColumns& numbers, const ToxicityCases& patients, const Output& out) const;
  std::span<double> sample_late(NumberColumns& numbers, const ToxicityCases& patients, const Output& out) const;
  /// `early`, `late`: worst grades.
  static void first_grade_3(const Streams& streams, std::span<const double> early, std::span<const double> late,
                            std::span<const double> death_day, std::span<double> day, Arena& arena);
  /// From when on each finding is known.
  void store_days(std::span<const double> death_day, const Output& out) const;

  ToxicityParameters parameters_;
  ToxicityCopula early_, late_;
};

}  // namespace oligosim
