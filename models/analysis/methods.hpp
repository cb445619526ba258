#pragma once

#include <memory>

#include "models/analysis/plan.hpp"

namespace oligosim {

// One reader a method, each in a file of its own; the registry in methods.cpp names them.
std::unique_ptr<Analysis> read_kaplan_meier(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_reverse_kaplan_meier(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_log_rank(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_cox(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_proportion(ConfigNode entry, PlanReader& reader);

}  // namespace oligosim
