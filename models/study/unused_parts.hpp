#pragma once

#include "engine/io/yaml.hpp"

namespace oligosim {

/// Refuses parts of a study, as written, that its disease model reads in no scenario: `trial.visits` where every event
/// is known when it happens, `cohort` where patients are of one kind.
void refuse_unused_parts(const YamlNode& study, Problems& problems);

}  // namespace oligosim
