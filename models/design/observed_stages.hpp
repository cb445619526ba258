#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include "engine/statistics/sequential/sequential_design.hpp"

namespace oligosim {

/// The stages of a design at the numbers of events that looks turn out to have, each made once: numbers of events are
/// whole, so that trials come to the same stages again and again. For many threads at once, which write to nothing
/// that they share where a stage is kept; a stage is a function of its numbers of events alone, whoever makes it.
class ObservedStages {
  struct Kept;

 public:
  /// A stage reached. Of the first look there is none before.
  struct Reached {
    const SequentialStage* stage = nullptr;
    std::size_t events = 0;
    const Kept* kept = nullptr;                    // here, for as long as this lives; or
    std::shared_ptr<const SequentialStage> owned;  // by whoever reached it
  };

  ObservedStages(const SequentialDesign& design, std::size_t final_events)
      : design_(design), final_events_(final_events) {}

  /// The look after `before` with more events than it had. `last`: spends what is left.
  Reached next(const Reached& before, std::size_t events, bool last) const;

 private:
  /// A stage in the tree of those kept; the root is of no stage. Those after it are in chains by their events, which
  /// grow at the head: a reader sees one as it was before or after.
  struct Kept {
    std::shared_ptr<const SequentialStage> stage;
    std::size_t events = 0;
    bool last = false;
    const Kept* in_chain = nullptr;
    static constexpr std::size_t chains = 16;
    mutable std::array<std::atomic<const Kept*>, chains> after{};

    const Kept* find(std::size_t events_then, bool last_then) const;
  };

  static Reached at(const Kept& kept) { return {kept.stage.get(), kept.events, &kept, {}}; }
  Reached keep(const Kept& before, std::shared_ptr<const SequentialStage> made, std::size_t events, bool last) const;

  const SequentialDesign& design_;
  std::size_t final_events_;
  Kept root_;
  mutable std::mutex keeping_;
  mutable std::deque<Kept> kept_;
};

}  // namespace oligosim
