#include "models/design/observed_stages.hpp"

#include <mutex>

namespace oligosim {

namespace {

constexpr std::size_t most_kept = 20000;  // some 100 MB

}  // namespace

ObservedStages::Reached ObservedStages::next(const Reached& before, std::size_t events, bool last) const {
  const Key key{before.stage.get(), events, last};
  if (before.kept) {
    const std::shared_lock reading(mutex_);
    const auto found = stages_.find(key);
    if (found != stages_.end()) return {found->second, true, events};
  }
  const double information = static_cast<double>(events) / static_cast<double>(final_events_);
  const auto made = std::make_shared<const SequentialStage>(design_.next(before.stage, information, last));
  if (!before.kept) return {made, false, events};
  const std::unique_lock writing(mutex_);
  if (stages_.size() >= most_kept) return {made, false, events};
  return {stages_.try_emplace(key, made).first->second, true, events};
}

}  // namespace oligosim
