#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/io/yaml.hpp"
#include "models/analysis/simulated_numbers.hpp"

namespace oligosim {

/// Cohorts in the place of resamples (Davison and Hinkley 1997, section 2.2): who simulates them and how many.
struct CohortSource {
  std::filesystem::path study;
  std::string scenario;  // empty: the study's only one
  std::size_t cohorts;
  std::uint64_t seed;
  std::size_t patients;  // of the data, which the study must have too
  bool truths = true;    // whether the true values are wanted, by closed form or from a large trial
  unsigned threads = 1;  // for these
};

/// Simulates cohorts as a study with one look at a month has them, and evaluates the plan in each. `plan`: the tree of
/// the plan of the data, whose `bootstrap` asks for it, read once more on the columns of simulated patients, of which
/// days are the unit. A replicate is named by seed and number, as in a run. Throws InputError with what the study or
/// the plan on its patients has wrong.
SimulatedNumbers simulate_cohorts(const YamlNode& plan, const CohortSource& source, const ResamplesDone& done);

}  // namespace oligosim
