// Stands in for the bundle of a build without charts.
#include "engine/report/charts.hpp"

namespace oligosim {

std::string_view charts_script() { return {}; }
std::string_view charts_script_sha256() { return {}; }

}  // namespace oligosim
