#pragma once

#include <concepts>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/cox/cox.hpp"

namespace oligosim {

/// `value` where `test` is positive, else 0.
template <Weight V>
V where_positive(const V& test, const V& value) {
  return test > V{} ? value : V{};
}

/// The denominators of d tied events: calls use(share of those dying left out, how often). Breslow (1974): d times the
/// whole risk set; Efron (1977): the k-th of d without k / d of those dying. A resample with fewer events than another
/// has no part in the later ones: how often is 0.
template <Weight V, class Use>
void for_each_denominator(Ties ties, const V& events, const Use& use) {
  if (ties == Ties::breslow || !any_above(events, 1.0)) {
    use(V{}, events);
    return;
  }
  for (double k = 0.0; any_above(events, k); k += 1.0) {
    if constexpr (std::same_as<V, double>) {
      use(k / events, 1.0);
    } else {
      const V left = events - k, part = 1.0 - events;  // of an event: the others count whole
      const V times = where_positive(part, events) + (1.0 - where_positive(part, broadcast<V>(1.0)));
      use(where_positive(left, V(k / events)), where_positive(left, times));
    }
  }
}

}  // namespace oligosim
