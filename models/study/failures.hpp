#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

class BlockLog;
class Plan;
class TrialExperiment;
struct Folded;

/// The largest share of replicates in which analyses may give no number: `failures: {at_most: 0.01, of: [pfs_cox]}`.
struct FailureLimit {
  double at_most = 1;
  std::vector<std::string> analyses;  // the primary one unless said
};

std::optional<FailureLimit> read_failure_limit(ConfigNode study, const Plan& plan, const std::string& primary);

/// A number that is missing in more replicates than the study allows.
struct TooManyFailures {
  std::size_t label = 0;   // position in TrialExperiment::labels()
  std::size_t column = 0;  // of a replicate's row, NaN where the number is missing
  std::uint64_t failed = 0, replicates = 0;
};

/// Of each analysis under the limit the number that is missing most often, if that is too often. A number that is
/// infinite because it was not reached is not missing.
std::vector<TooManyFailures> too_many_failures(const TrialExperiment& experiment, const Folded& folded);

/// The first replicate without that number, and why it has none.
struct FirstFailure {
  std::uint32_t replicate = 0;
  Status status = Status::ok;
};
FirstFailure first_failure(const TrialExperiment& experiment, const BlockLog& log, std::uint32_t scenario,
                           const TooManyFailures& failures);

}  // namespace oligosim
