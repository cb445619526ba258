#pragma once

#include <optional>

#include "models/size/sized_study.hpp"

namespace oligosim {

/// The probability of claiming efficacy by formula: Schoenfeld (1981) and integration over the looks, Wu (2015) for
/// one-sample log-rank tests, Farrington and Manning (1990) for two proportions. Nothing where there is none, and where
/// an interval is planned.
std::optional<double> power_by_formula(const SizedStudy& study, std::size_t scenario, std::size_t size);

/// The smallest size within the limits of the study that holds the power wanted by that formula; nothing where there is
/// none, or no such size.
std::optional<std::size_t> size_by_formula(const SizedStudy& study, std::size_t scenario);

}  // namespace oligosim
