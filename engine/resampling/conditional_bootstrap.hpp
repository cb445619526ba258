#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Rows of a right-censored endpoint. Strata are codes from 0, one a row; empty: one stratum.
struct CensoredRows {
  std::span<const double> time;         // known
  std::span<const std::uint8_t> event;  // 1 event, 0 censored
  std::span<const std::uint16_t> failure_stratum;
  std::size_t failure_strata = 1;
  std::span<const std::uint16_t> censoring_stratum;
  std::size_t censoring_strata = 1;
};

/// The bootstrap conditional on the censoring (Efron 1981), as R boot's censboot(sim = "cond") without a Cox model. The
/// failure time of each row is drawn from the Kaplan-Meier curve of its stratum, with what is left at infinity. A
/// censored row keeps its censoring time; one with an event draws it from the reverse Kaplan-Meier curve of its stratum
/// beyond its time, again with what is left at infinity. The new time is the smaller of the two, an event if that is
/// the failure; where both are infinite, an event at the last event time of the stratum.
class ConditionalBootstrap {
 public:
  ConditionalBootstrap(const CensoredRows& rows, Streams streams, Arena& arena);

  /// Resample `number`, from 0, by the stream (bootstrap, number): two uniforms a row, in the order of the rows.
  void resample(std::uint32_t number, std::span<double> time, std::span<std::uint8_t> event) const;

 private:
  /// A discrete distribution of times: at[i] with survival after[i] from there on, the rest at infinity.
  struct Law {
    std::span<const double> at;
    std::span<const double> after;
    double last;  // time with mass; NaN without any
  };
  std::span<const Law> laws(const CensoredRows& rows, bool of_censoring, Arena& arena) const;
  double draw(const Law& law, double beyond, double uniform) const;

  CensoredRows rows_;
  Streams streams_;
  std::span<const Law> failure_, censoring_;
};

}  // namespace oligosim
