#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"
#include "models/disease/oligo_hcc/lesion_table.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"

namespace oligosim {

/// The irradiated lesions of a patient: rows from `first` on.
struct IrradiatedLesions {
  std::uint32_t patient, first, count;
};

/// Puts the days of the visits that show local failure of lesions, the value of which is the day, too. The first lesion
/// of a patient to fail is any of them, at the time that is known for him; the others fail later, each with its own
/// constant rate (without memory).
void put_lesion_failures(const AssessedCourse& course, std::span<const IrradiatedLesions> patients,
                         const OligoHccParameters& parameters, double days_per_month, const LesionDraws& draws,
                         const Steps& failure, Arena& arena);

}  // namespace oligosim
