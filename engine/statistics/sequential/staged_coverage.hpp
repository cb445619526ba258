#pragma once

#include <span>

#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/sequential/binomial_design.hpp"

namespace oligosim {

/// How an interval of a proportion that knows nothing of the stages does after a trial that has them, enumerated over
/// every way for it to end. At most most_binomial_patients.
ProportionCoverage proportion_coverage(std::span<const BinomialStage> stages, double truth, ProportionInterval interval,
                                       double confidence);

}  // namespace oligosim
