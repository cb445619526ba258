#pragma once

#include <chrono>
#include <string>

#include "engine/montecarlo/runner.hpp"

namespace oligosim {

/// Progress on stderr: a bar with rate and time left on a terminal, a line now and then otherwise. `unit`: what is
/// counted.
class ProgressBar {
 public:
  explicit ProgressBar(std::string unit);
  void operator()(const Progress& progress);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  std::string unit_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point start_, last_;
  std::uint64_t first_ = 0;
  bool first_known_ = false;
};

}  // namespace oligosim
