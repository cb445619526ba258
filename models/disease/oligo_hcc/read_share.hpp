#pragma once

#include "engine/io/config.hpp"

namespace oligosim {

/// A probability, or the published count and its denominator: `male: [26, 28]`. Keeps `value` if the key is absent.
void read_share(ConfigNode& node, const char* key, double& value);

}  // namespace oligosim
