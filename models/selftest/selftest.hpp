#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oligosim {

/// Files of oracles by name; `selftest.yaml` says what is held against what.
using OracleFiles = std::map<std::string, std::string>;

/// Those of configs/selftest, compiled into the program.
OracleFiles built_in_oracles();

/// One number, or one set of bytes, and what an independent source says of it.
struct SelftestCheck {
  std::string what;
  std::string expected, found;
  bool passed = false;
};

/// What has one source.
struct SelftestGroup {
  std::string title, source;
  std::vector<SelftestCheck> checks;
  std::size_t failed() const;
};

/// Makes every check on `threads` threads. Throws InputError where the files cannot be understood.
std::vector<SelftestGroup> run_selftest(const OracleFiles& files, unsigned threads);

}  // namespace oligosim
