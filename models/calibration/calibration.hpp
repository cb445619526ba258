#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/io/yaml.hpp"
#include "models/calibration/prior.hpp"
#include "models/calibration/published_cohort.hpp"
#include "models/calibration/targets.hpp"
#include "models/study/parameter_values.hpp"

namespace oligosim {

/// A parameter of the disease model that the fit may move.
struct FreeParameter {
  std::string path;  // in the disease file
  Prior prior;
  double start;
};

/// How the point fit is made.
struct FitSettings {
  std::size_t patients = 200000;        // simulated for the fit, of the composition of the published cohort
  std::size_t coarse_patients = 20000;  // the same while starts are tried
  std::size_t starts = 4;
  std::size_t iterations = 12;  // at most, from each start and at the end
  std::size_t cohorts = 2000;   // of the published size, for the sampling standard deviation of each target
  double prior_weight = 0.02;   // of the squared distance from the middle of the priors
};

/// How the posterior is found.
struct PosteriorSettings {
  std::size_t design_points = 3000;  // parameter values at which cohorts of the published size are simulated
  std::size_t cohorts = 300;         // at each
  std::size_t chains = 4;
  std::size_t iterations = 150000;  // of each chain, the first fifth left out
  std::size_t draws = 1000;         // kept of each chain
  std::size_t predictive = 500;     // draws of which cohorts are simulated for the predictive distributions
};

/// A targets file as understood.
struct Calibration {
  std::string title;
  std::uint64_t seed = 0;
  std::vector<FreeParameter> parameters;
  std::vector<Target> targets;
  FitSettings fit;
  PosteriorSettings posterior;
  std::size_t patients = 0;  // of the published cohort
  YamlNode document;         // every default written out, the disease file in its place

  /// Parameters from their standard normal numbers, by path.
  ParameterValues values(std::span<const double> coordinates) const;
  std::vector<double> start() const;  // on that scale
};

/// Reads a targets document whose disease stands in it. `held: {path: value}` puts values into the disease file, and
/// takes these parameters from the free ones. Mistakes go to `problems`.
Calibration read_calibration(const YamlNode& document, Problems& problems);

/// Reads a targets file and the disease file it names. With `based_on: FILE` it is that targets file (of the same
/// folder), but for the keys given. Throws InputError with all mistakes.
Calibration load_calibration(const std::filesystem::path& file);

/// SHA-256 of what decides the numbers: the resolved document.
std::string calibration_hash(const Calibration& calibration);

}  // namespace oligosim
