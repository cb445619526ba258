#pragma once

#include <cstddef>

#include "engine/io/yaml.hpp"

namespace oligosim {

struct Resizing {
  std::size_t patients = 0;  // that the trial gets
  std::size_t size = 0, own_size = 0;
};

/// A count of the study's own size at another one: in proportion, rounded, at least 1; 0 stays.
std::size_t scaled_count(std::size_t count, std::size_t size, std::size_t own_size);

/// Puts another size into a study: trial.enrollment.patients; at_events and at_patients of the looks and final_events,
/// or interim_patients, in proportion. A cohort given in numbers of patients becomes shares.
void resize(YamlNode& study, const Resizing& to);

/// Puts another design into a study.
void replace_design(YamlNode& study, const YamlNode& design);

}  // namespace oligosim
