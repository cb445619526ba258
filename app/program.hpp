#pragma once

#include <string>

#include "engine/io/json.hpp"

namespace oligosim {

/// "oligosim 0.1.0 (revision)"
std::string program_name();

/// The present time, UTC, ISO 8601.
std::string utc_now();

/// What every manifest begins with: program, version, source revision, compiler, flags, processor.
Json program_facts();

}  // namespace oligosim
