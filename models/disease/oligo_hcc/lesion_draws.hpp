#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// The blocks of numbers of all lesions, patient after patient; `count`: lesions of each.
std::span<const StreamBlock> blocks_of_lesions(std::span<const std::uint32_t> count, Arena& arena);

/// Random numbers of lesions, those of a patient one after the other: uniform() draws of his stream for lesions,
/// block 0 his own and block j + 1 those of his lesion j. What they are for does not depend on the arm.
struct LesionDraws {
  /// `count`: lesions of each patient.
  LesionDraws(const Streams& streams, std::span<const std::uint32_t> count, Arena& arena);

  /// What may be read after the last lesion.
  static constexpr std::size_t readable_beyond = 4;

  std::span<double> first_to_fail, others_in_liver;  // of each patient, uniform
  std::span<double> diameter;                        // standard exponential, of each lesion as the following
  std::span<double> score;                           // standard normal
  std::span<double> failure, site;                   // uniform; the time of a failure is seldom asked for
};

}  // namespace oligosim
