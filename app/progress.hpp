#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "engine/montecarlo/runner.hpp"

namespace oligosim {

/// Progress on stderr: a bar with rate and time left on a terminal, a line now and then otherwise, and a line whenever
/// somebody has asked. `unit`: what is counted. With `json` each line is an object: done, total, per_second,
/// seconds_left.
class ProgressBar {
 public:
  explicit ProgressBar(std::string unit, bool json = false);
  /// Has the next report printed; may be called by a signal handler.
  static void ask() { asked_ = true; }
  void operator()(const Progress& progress);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  std::string unit_;
  void print_line(const Progress& progress, double rate, double left) const;

  static inline std::atomic<bool> asked_{false};
  bool json_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point start_, last_;
  std::uint64_t first_ = 0;
  bool first_known_ = false;
};

}  // namespace oligosim
