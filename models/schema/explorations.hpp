#pragma once

#include "engine/io/schema_explorer.hpp"

namespace oligosim {

// What the readers of users' files ask for. None names a method, a design or a disease model: those are words that the
// readers accept, and the explorer tries each.
MappingShape explore_study();    // without the plan, whose place is left open
MappingShape explore_plan();     // as real patients have it
MappingShape explore_targets();  // without the plan
MappingShape explore_monitoring();
MappingShape explore_findings();
MappingShape explore_published();  // `published` of a disease model

}  // namespace oligosim
