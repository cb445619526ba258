#include "engine/statistics/cox/cox_score_root.hpp"

#include <array>
#include <limits>

#include "engine/statistics/cox/cox_maximum.hpp"

namespace oligosim {

namespace {

template <Weight V>
V magnitude(const V& x) {
  return x < 0.0 ? -x : x;
}

/// The search of some resamples.
template <Weight V>
class HalleySteps {
 public:
  explicit HalleySteps(double start = 0.0) : at_(broadcast<V>(start)) {}

  /// Where the score is wanted next.
  const V& at() const { return at_; }

  /// Whether a search has ended, or is left out.
  const V& ended() const { return ended_; }
  void leave_out(const V& which) { ended_ = which; }

  /// Tells the score there, minus its derivative and minus its second.
  void take(const V& score, const V& information, const V& slope) {
    const V newton = score / information;
    below_ = score > 0.0 ? at_ : below_;
    above_ = score > 0.0 ? above_ : at_;
    // Shares of two groups: slope / information is between -1 and 1.
    const V halley = newton / (1.0 + 0.5 * newton * (slope / information));
    const V longest = score > 0.0 ? broadcast<V>(2.0) : broadcast<V>(-2.0);
    const V to = at_ + (magnitude(newton) <= 1.0 ? halley : longest);  // no information: the longest
    const auto last = is_last(newton, information);
    const V moved = last | ((to > below_) & (to < above_)) ? to : 0.5 * (below_ + above_);
    at_ = ended_ > 0.0 ? at_ : moved;
    ended_ = last ? broadcast<V>(1.0) : ended_;
  }

 private:
  // Whether this step leaves no more than 1e-7 of the standard error. Halley's leaves a share between -1/6 and 1/12 of
  // Newton's cubed: ((slope / information) / 2)^2 - (third / information) / 6, where of shares p that count by
  // p (1 - p) the ratios are the means of 1 - 2p and of 1 - 6p (1 - p).
  static auto is_last(const V& newton, const V& information) {
    const V cube = newton * newton * newton;
    return (magnitude(newton) < 0.01) & (cube * cube * information < 36e-14);
  }

  V at_;
  V below_ = broadcast<V>(-std::numeric_limits<double>::infinity());
  V above_ = broadcast<V>(std::numeric_limits<double>::infinity());
  V ended_{};  // 1: it has
};

template <Weight V>
Status status_of(const TwoGroupLikelihood<V>& likelihood, double information, double events, std::size_t k) {
  if (events == 0.0) return Status::no_events;
  if (!(information > smallest_pivot({&information, 1}, 1, events))) return Status::singular;
  const double up = 1.0, down = -1.0;
  const bool rises = likelihood.rises_along({&up, 1}, 0.0, k) || likelihood.rises_along({&down, 1}, 0.0, k);
  return rises ? Status::separation : Status::ok;
}

}  // namespace

template <Weight V>
LogHazardRatios<V> score_root(const TwoGroupLikelihood<V>& likelihood, const V& events, double start) {
  constexpr int most_steps = 100;
  std::array<HalleySteps<Part<V>>, part_count<V>> steps;
  steps.fill(HalleySteps<Part<V>>(start));
  LogHazardRatios<V> found;
  found.value = broadcast<V>(start);
  ScoreDerivatives<V> at = likelihood.score(found.value);
  V ended;
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    found.status[k] = status_of(likelihood, lane(at.information, k), lane(events, k), k);
    lane_of(ended, k) = found.status[k] == Status::ok ? 0.0 : 1.0;
  }
  for (std::size_t p = 0; p < part_count<V>; ++p) steps[p].leave_out(part(ended, p));
  for (int taken = 0; taken < most_steps && any_above(V(1.0 - ended), 0.0); ++taken) {
    if (taken > 0) at = likelihood.score(found.value);
    for (std::size_t p = 0; p < part_count<V>; ++p) {
      steps[p].take(part(at.score, p), part(at.information, p), part(at.slope, p));
      set_part(found.value, p, steps[p].at());
      set_part(ended, p, steps[p].ended());
    }
  }
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    if (lane(ended, k) == 0.0) found.status[k] = Status::did_not_converge;
    if (found.status[k] != Status::ok) lane_of(found.value, k) = missing;
  }
  return found;
}

template LogHazardRatios<double> score_root(const TwoGroupLikelihood<double>&, const double&, double);
template LogHazardRatios<Lanes> score_root(const TwoGroupLikelihood<Lanes>&, const Lanes&, double);

}  // namespace oligosim
