#pragma once

#include <cstddef>
#include <span>

#include "engine/io/yaml.hpp"
#include "engine/statistics/sequential/binomial_design.hpp"

namespace oligosim {

struct Resizing {
  std::size_t patients = 0;  // that the trial gets
  std::size_t size = 0, own_size = 0;
};

/// A count of the study's own size at another one: in proportion, rounded, at least 1; 0 stays.
std::size_t scaled_count(std::size_t count, std::size_t size, std::size_t own_size);

/// Puts another size into a study: trial.enrollment.patients; in proportion at_events and at_patients of the looks,
/// final_events (those of hypotheses too), interim_patients, planned_patients, most_events, the events of a subgroup
/// and the patients of a design's cohorts; the threshold of kind: exact_binomial that holds alpha at p0. A cohort given
/// in numbers of patients becomes shares.
void resize(YamlNode& study, const Resizing& to);

/// Puts stages that count responses in the place of what a design finds them by.
void put_stages(YamlNode& design, std::span<const BinomialStage> stages);

/// Puts another design into a study.
void replace_design(YamlNode& study, const YamlNode& design);

}  // namespace oligosim
