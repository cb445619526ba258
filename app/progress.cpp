#include "app/progress.hpp"

#include <unistd.h>

#include <utility>

#include "app/console.hpp"

namespace oligosim {

ProgressBar::ProgressBar(std::string unit, bool json)
    : unit_(std::move(unit)),
      json_(json),
      terminal_(!json && isatty(STDERR_FILENO)),
      start_(Clock::now()),
      last_(start_) {}

void ProgressBar::operator()(const Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (!first_known_) first_ = progress.done, first_known_ = true;  // a resumed run starts above 0
  const std::chrono::duration<double> since_last = now - last_, elapsed = now - start_;
  const bool asked = asked_.exchange(false);
  if (!asked && since_last.count() < (terminal_ ? 0.1 : json_ ? 0.5 : 30.0)) return;
  last_ = now;
  const double rate = static_cast<double>(progress.done - first_) / elapsed.count();
  const double left = rate > 0 ? static_cast<double>(progress.total - progress.done) / rate : 0;
  if (!terminal_) return print_line(progress, rate, left);
  const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
  const std::string bar(static_cast<std::size_t>(share * 30), '#');
  print_progress(
      fmt::format("\r[{:<30}] {:5.1f} %  {:.0f} {}/s  {:.0f} s left  ", bar, 100 * share, rate, unit_, left));
  shown_ = true;
}

void ProgressBar::print_line(const Progress& progress, double rate, double left) const {
  if (json_) {
    print_message("{{\"done\":{},\"total\":{},\"per_second\":{:.1f},\"seconds_left\":{:.1f}}}\n", progress.done,
                  progress.total, rate, left);
  } else {
    print_message("{} of {} {}, {:.0f}/s, {:.0f} s left\n", progress.done, progress.total, unit_, rate, left);
  }
}

void ProgressBar::finish() {
  if (terminal_ && shown_) print_progress(fmt::format("\r{:<78}\r", ""));
}

}  // namespace oligosim
