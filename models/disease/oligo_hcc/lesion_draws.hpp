#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Random numbers of lesions, those of a patient one after the other. What they are for does not depend on the arm.
struct LesionDraws {
  /// `count`: lesions of each patient.
  LesionDraws(const Streams& streams, std::span<const std::uint32_t> count, Arena& arena);

  std::span<double> first_to_fail, others_in_liver;  // uniform, of each patient
  std::span<double> diameter;                        // standard exponential, of each lesion as the following
  std::span<double> score;                           // standard normal
  std::span<double> failure, site;                   // uniform; the time of a failure is seldom asked for
};

}  // namespace oligosim
