#pragma once

#include "models/size/size_search.hpp"

namespace oligosim {

/// Whether the study's sizes are found by enumeration: a design that counts responses, wanted for its power, in
/// scenarios of one probability of response each.
bool counts_responses(const SizedStudy& study);

/// The smallest size of a design that counts responses, by its exact power at each scenario's probability of response:
/// in closed form, else simulated with its error, which gives the size an interval. Power goes up and down in a
/// sawtooth, and the smallest is taken (A'Hern 2001), unless `design.every_larger`.
///   exact_binomial:         any number of patients, with the threshold that holds alpha at p0
///   simon:                  two stages found for p0 and that probability (Simon 1989)
///   predictive_probability: any number of patients, interim looks in proportion
/// Throws SizeStopped.
SizeResult search_exact_size(SizedStudy& study, SizeSimulator& simulator);

}  // namespace oligosim
