#pragma once

#include <atomic>

namespace oligosim {

/// What SIGINT and SIGTERM ask for: the first, that the program ends soon and keeps what is finished; the second, that
/// it ends at once.
class StopSignals {
 public:
  static void listen();
  static const std::atomic<bool>& requested() { return requested_; }
  static int exit_code() { return 128 + signal_; }  // 130 or 143

  /// While one lives, the program ends of itself 1.5 s after the first signal, whatever it is busy with: for work that
  /// looks at requested() only now and then, and whose finished parts are in the block log already.
  class Deadline {
   public:
    Deadline();
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
  };

 private:
  static void on_signal(int signal);
  static inline std::atomic<bool> requested_{false}, armed_{false};
  static inline std::atomic<int> signal_{0};
};

/// Thrown by work that was asked to stop and leaves nothing of itself.
struct Stopped {};

}  // namespace oligosim
