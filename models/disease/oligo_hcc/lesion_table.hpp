#pragma once

#include <vector>

#include "models/disease/disease_model.hpp"

namespace oligosim {

/// Positions of the columns of lesions.
enum class LesionColumn : std::size_t { site, bone, diameter_cm, irradiated, target, change, response, lf };
inline constexpr std::size_t lesion_column_count = 8;

std::vector<Finding> oligo_hcc_lesion_columns();

}  // namespace oligosim
