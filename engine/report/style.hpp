#pragma once

#include <string_view>

namespace oligosim {

/// The style of every page. Colours of groups: Okabe and Ito (2008), readable with any colour vision; where one is too
/// faint on its ground, a darker or lighter tone of it. Paper (printed, or a saved figure) is always light.
std::string_view page_style();

}  // namespace oligosim
