#pragma once

#include <cstdint>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"

namespace oligosim {

/// The weird bootstrap (Andersen, Borgan, Gill and Keiding 1993, IV.1.4): risk sets stay as they are, the events at
/// each time are Binomial(at risk, events / at risk), independently. Resamples first ... first + 7 of a curve of
/// unweighted patients, each by the stream (bootstrap, number), one uniform a time at which the curve has events, from
/// the first on, more where several hundred have it at once. Other than R's censboot it does not draw again where a
/// resample has no event at all. Given the data, the variance of S*(t) is S(t)^2 (product of (1 + d / (n (n - d))) over
/// event times to t, minus 1), n at risk, d events: Greenwood's to first order.
KaplanMeierCurve<Lanes> weird_bootstrap(const KaplanMeierCurve<double>& curve, std::uint32_t first,
                                        const Streams& streams, Arena& arena);

}  // namespace oligosim
