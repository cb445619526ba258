#pragma once

#include <string_view>

namespace oligosim {

/// The script that draws the figures of a page and sorts its tables (charts/ in this folder, bundled at build time);
/// empty in a build without charts (OLIGOSIM_CHARTS=OFF).
std::string_view charts_script();

/// Base64 of the SHA-256 of that script, as a content-security policy names it.
std::string_view charts_script_sha256();

}  // namespace oligosim
