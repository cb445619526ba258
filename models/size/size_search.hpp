#pragma once

#include <string>
#include <vector>

#include "models/size/size_simulator.hpp"

namespace oligosim {

enum class SizeStatus {
  found,
  smallest_holds,  // already the smallest size of the range holds what is wanted
  largest_fails,   // not even the largest does
  smaller,         // needs less than another scenario, and is known less well
  not_precise,     // the interval is wider than the precision
};

/// The words of the files: "found", "smallest_holds", ...
std::string name_of(SizeStatus status);

/// The size that one scenario wants.
struct SizeOfScenario {
  std::string scenario;
  SizeStatus status = SizeStatus::found;
  std::size_t size = 0;              // a multiple of the unit
  std::size_t lower = 0, upper = 0;  // 95 % Monte Carlo interval, in such multiples; 0: there is none
  double crossing = missing;         // the information where the curve fitted crosses what is wanted
  double crossing_lower = missing, crossing_upper = missing;
  bool replicates_used_up = false;     // there may be no more of them
  std::optional<std::size_t> formula;  // what a closed form says, where there is one
  std::vector<SizePoint> curve;        // what was simulated, by ascending size
  std::vector<double> formula_at;      // what the closed form says at these sizes; NaN: nothing
  // Of a design that counts responses:
  std::optional<std::size_t> every_larger;              // from which size on every larger one holds it too
  double response = missing, response_error = missing;  // its probability, and the Monte Carlo error of that
  double level = missing;                               // probability of claiming efficacy at p0, at this size
};

/// The smallest size that holds what is wanted in all scenarios.
struct SizeResult {
  SizeStatus status = SizeStatus::found;
  std::size_t size = 0;
  std::size_t lower = 0, upper = 0;
  std::size_t decides = 0;  // the scenario that wants most
  std::vector<SizeOfScenario> scenarios;
};

/// Brackets the size of each scenario with a few replicates, fits the curve near the crossing (find_crossing), and adds
/// replicates there, other ones each time, to the scenario that wants most and those that could want more, until the
/// interval is as narrow as wanted. Then every scenario is simulated at sizes around the answer, and at it with the
/// study's replicates. Throws SizeStopped.
SizeResult search_size(SizeSimulator& simulator);

/// The scenario that wants most, and from it the answer for all.
void decide(SizeResult& result);

}  // namespace oligosim
