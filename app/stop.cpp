#include "app/stop.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace oligosim {
namespace {

constexpr suseconds_t half_a_second = 500000;

void set_timer(time_t seconds, suseconds_t microseconds) {
  const itimerval once{.it_interval = {0, 0}, .it_value = {seconds, microseconds}};
  setitimer(ITIMER_REAL, &once, nullptr);
}

}  // namespace

void StopSignals::listen() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGALRM, [](int) {
    constexpr std::string_view text =
        "oligosim: stopped; what is finished is kept. The same command goes on from here.\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    _Exit(exit_code());
  });
}

/// Does only what a signal handler may.
void StopSignals::on_signal(int signal) {
  if (requested_.exchange(true)) _Exit(128 + signal);
  signal_ = signal;
  if (armed_) set_timer(1, half_a_second);
}

StopSignals::Deadline::Deadline() {
  armed_ = true;
  if (requested_) set_timer(1, half_a_second);  // the signal came just before
}

StopSignals::Deadline::~Deadline() {
  armed_ = false;
  set_timer(0, 0);
}

}  // namespace oligosim
