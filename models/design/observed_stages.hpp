#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <tuple>

#include "engine/statistics/sequential/sequential_design.hpp"

namespace oligosim {

/// The stages of a design at the numbers of events that looks turn out to have, each made once: numbers of events are
/// whole, so that trials come to the same stages again and again. For many threads at once; a stage is a function of
/// its numbers of events alone, whoever makes it.
class ObservedStages {
 public:
  /// A stage reached, and whether it is kept here.
  struct Reached {
    std::shared_ptr<const SequentialStage> stage;
    bool kept = true;
    std::size_t events = 0;
  };

  ObservedStages(const SequentialDesign& design, std::size_t final_events)
      : design_(design), final_events_(final_events) {}

  /// The look after `before` (of no stage: the first) with more events than it had. `last`: spends what is left.
  Reached next(const Reached& before, std::size_t events, bool last) const;

 private:
  using Key = std::tuple<const SequentialStage*, std::size_t, bool>;

  const SequentialDesign& design_;
  std::size_t final_events_;
  mutable std::shared_mutex mutex_;
  mutable std::map<Key, std::shared_ptr<const SequentialStage>> stages_;
};

}  // namespace oligosim
