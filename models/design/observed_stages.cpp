#include "models/design/observed_stages.hpp"

#include <utility>

namespace oligosim {

namespace {

constexpr std::size_t most_kept = 20000;  // some 100 MB

}  // namespace

const ObservedStages::Kept* ObservedStages::Kept::find(std::size_t events_then, bool last_then) const {
  const Kept* k = after[events_then % chains].load(std::memory_order_acquire);
  while (k && (k->events != events_then || k->last != last_then)) k = k->in_chain;
  return k;
}

ObservedStages::Reached ObservedStages::next(const Reached& before, std::size_t events, bool last) const {
  const Kept* const kept = before.stage ? before.kept : &root_;
  if (kept)
    if (const Kept* const found = kept->find(events, last)) return at(*found);
  const double information = static_cast<double>(events) / static_cast<double>(final_events_);
  auto made =
      std::make_shared<const SequentialStage>(design_.next(kept ? kept->stage : before.owned, information, last));
  return kept ? keep(*kept, std::move(made), events, last) : Reached{made.get(), events, nullptr, made};
}

ObservedStages::Reached ObservedStages::keep(const Kept& before, std::shared_ptr<const SequentialStage> made,
                                             std::size_t events, bool last) const {
  const std::lock_guard lock(keeping_);
  if (const Kept* const found = before.find(events, last)) return at(*found);  // by another thread meanwhile
  if (kept_.size() >= most_kept) return {made.get(), events, nullptr, made};
  Kept& own = kept_.emplace_back();
  own.stage = std::move(made);
  own.events = events;
  own.last = last;
  std::atomic<const Kept*>& chain = before.after[events % Kept::chains];
  own.in_chain = chain.load(std::memory_order_relaxed);
  chain.store(&own, std::memory_order_release);
  return at(own);
}

}  // namespace oligosim
