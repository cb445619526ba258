#pragma once

#include <string>

#include "models/size/size_search.hpp"

namespace oligosim {

/// What the page says besides its numbers.
struct SizeFacts {
  std::string title;
  std::string program;  // name, version, revision
  std::string command;  // that makes this again
  std::string study;    // as understood, YAML
};

/// The report: the answer, the curve, what each size takes, and how it was found.
std::string size_page(const SizedStudy& study, const SizeResult& result, const SizeFacts& facts);

}  // namespace oligosim
