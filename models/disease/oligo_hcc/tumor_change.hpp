#pragma once

#include <cstdint>
#include <limits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/change_curve.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"

namespace oligosim {

/// Classes of response, the codes of the category columns.
enum class ResponseClass : std::uint8_t { complete, partial, stable, progressive };

constexpr double code_of(ResponseClass response) { return static_cast<double>(response); }

/// The code of the class of a change by thresholds of partial response and progression.
template <Weight V>
V response_class(const V& change, const V& partial, const V& progression) {
  const V below = change <= gone ? V{} + code_of(ResponseClass::complete) : V{} + code_of(ResponseClass::partial);
  const V above =
      change >= progression ? V{} + code_of(ResponseClass::progressive) : V{} + code_of(ResponseClass::stable);
  return (change <= gone) | (change <= partial) ? below : above;
}

/// Of irradiated lesions, and of the others.
inline ChangeCurve irradiated_curve(const OligoHccParameters& p) {
  return {p.lesions.irradiated_unchanged_at, p.irradiated_response.partial_above, p.irradiated_response.complete_above,
          p.lesions.partial, p.lesions.progression - change_margin};
}
inline ChangeCurve untreated_curve(const OligoHccParameters& p) {
  return {p.lesions.untreated_unchanged_at, p.overall_response.alone_above, p.overall_response.complete_above,
          p.lesions.partial, std::numeric_limits<double>::infinity()};
}

/// How the sum of diameters of irradiated lesions changes as long as it is followed, of a patient in each lane. R gives
/// the best change; the time from the onset of a response to the best response leads from the threshold of a response
/// to it, linearly. Months.
template <Weight V>
class IrradiatedSum {
 public:
  /// `value`: R.
  IrradiatedSum(const OligoHccParameters& parameters, const V& value, const V& onset_month, const V& best_month)
      : parameters_(parameters),
        value_(value),
        onset_month_(onset_month),
        best_month_(best_month),
        per_onset_(1.0 / onset_month),
        per_best_(1.0 / best_month),
        per_month_between_(1.0 / (best_month - onset_month)) {
    const double partial = parameters.lesions.partial;
    best_ = irradiated_curve(parameters)(value);
    best_ = value > complete_above()  ? V{} + gone
            : value > partial_above() ? clamped(best_, V{} + (gone + change_margin), V{} + partial)
                                      : larger(best_, V{} + (partial + change_margin));
  }

  const V& best() const { return best_; }

  /// The best change up to a month.
  V at(const V& month) const {
    const double partial = parameters_.lesions.partial;
    const V to_stable = best_ * smaller(V{} + 1.0, month * per_best_);
    const V to_onset = (partial + change_margin) * (month * per_onset_);
    const V part = (month - onset_month_) * per_month_between_;
    const V to_best = partial + (best_ - partial) * part;
    const V from_onset = (value_ > complete_above()) | (month >= best_month_) ? best_ : to_best;
    const V responding = month < onset_month_ ? to_onset : from_onset;
    return best_ >= 0.0 ? best_ : (value_ > partial_above() ? responding : to_stable);
  }

 private:
  double complete_above() const { return parameters_.irradiated_response.complete_above; }
  double partial_above() const { return parameters_.irradiated_response.partial_above; }

  const OligoHccParameters& parameters_;
  V value_, onset_month_, best_month_, best_;
  V per_onset_, per_best_, per_month_between_;  // by which months are divided
};

/// The sum of diameters of the target lesions of a patient at best overall response.
template <Weight V>
struct TargetSum {
  V change;            // of the sum
  V untreated;         // of the lesions that are not irradiated
  V irradiated_count;  // 1: irradiated lesions are among the targets
};

/// What a patient brings to the sum of target lesions.
template <Weight V>
struct TargetCase {
  V response;  // code of best overall response
  V grown;     // 1: progressive disease because lesions that are not irradiated grew, without new ones
  V irradiated_cm, untreated_cm;  // sums of diameters
  V irradiated_change;
  V untreated_score;  // V
};

/// The untreated lesions' change follows from V, and is moved as little as needed for the sum to agree with the best
/// overall response: -100 for CR, -30 or less for PR, above and below 20 for SD, 20 or more for PD by growth; new
/// lesions and local failure are progression whatever the sum. Where no plausible change does that, the irradiated
/// lesions are not targets: lesions in an irradiated field are not measurable unless they progress (Eisenhauer 2009).
template <Weight V>
TargetSum<V> target_sum(const OligoHccParameters& parameters, const TargetCase<V>& patient) {
  constexpr double largest_growth = 150;  // of untreated lesions in progressive disease
  const LesionParameters& lesions = parameters.lesions;
  const double stable_limit = lesions.progression - change_margin;
  const auto is = [&](ResponseClass response) { return patient.response == code_of(response); };
  const auto progressive = is(ResponseClass::progressive), partial = is(ResponseClass::partial),
             stable = is(ResponseClass::stable);
  const V most = progressive ? V{} + largest_growth : V{} + stable_limit;
  // The interval of the sum.
  const V from = partial                               ? V{} + (gone + change_margin)
                 : stable                              ? V{} + (lesions.partial + change_margin)
                 : progressive & (patient.grown > 0.0) ? V{} + lesions.progression
                                                       : V{} + gone;
  const V to = partial ? V{} + lesions.partial : most;

  const V total = patient.irradiated_cm + patient.untreated_cm;
  const V score_change = smaller(most, untreated_curve(parameters)(patient.untreated_score));
  // What the sum leaves to them; without irradiated lesions its limits to the last bit.
  const V ratio = patient.irradiated_cm / patient.untreated_cm;
  const V lowest = larger(V{} + gone, from + (from - patient.irradiated_change) * ratio);
  const V highest = smaller(most, to + (to - patient.irradiated_change) * ratio);
  const auto possible = lowest <= highest;
  const V change = possible ? clamped(score_change, lowest, highest) : clamped(score_change, from, to);
  const V whole = change + (patient.irradiated_change - change) * (patient.irradiated_cm / total);
  const V sum = possible ? clamped(whole, from, to) : change;

  const auto irradiated_alone = patient.untreated_cm == 0.0, complete = is(ResponseClass::complete);
  return {irradiated_alone ? patient.irradiated_change : (complete ? V{} + gone : sum),
          irradiated_alone ? V{} : (complete ? V{} + gone : change),
          irradiated_alone | complete | possible ? V{} + 1.0 : V{}};
}

}  // namespace oligosim
