#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/statistics/sequential/binomial_design.hpp"

namespace oligosim {

/// In how many orders the patients of a trial with stages come to each number of responses at `stage` (from 0), going
/// on at those before it, over 2 to the power of the patients not given: of the first stage's `known` are given, all of
/// them responses. At most most_binomial_patients.
std::vector<double> response_orders(std::span<const BinomialStage> stages, std::size_t stage, std::size_t known = 0);

/// Probability of coming to that stage with so many responses, of which `orders` are all ways with nothing given.
double response_probability(std::span<const double> orders, std::size_t responses, double p);

}  // namespace oligosim
