#pragma once

#include <string>

namespace oligosim {

/// docs/reference.md: every key of every kind of file, from what its readers ask for and what the notes say of it.
std::string reference_text();

}  // namespace oligosim
