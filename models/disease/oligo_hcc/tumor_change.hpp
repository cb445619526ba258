#pragma once

#include <cstdint>

#include "models/disease/oligo_hcc/change_curve.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/oligo_hcc/response.hpp"

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

/// How the sum of diameters of irradiated lesions changes as long as it is followed. R gives the best change; the time
/// from the onset of a response to the best response leads from the threshold of a response to it, linearly.
class IrradiatedSum {
 public:
  IrradiatedSum(const OligoHccParameters& parameters, const LatentResponse& latent);
  static ChangeCurve curve(const OligoHccParameters& parameters);

  double best() const { return best_; }
  double at(double month) const;  // the best change up to then

 private:
  const LatentResponse& latent_;
  double partial_, best_;
};

/// The sum of diameters of the target lesions of a patient at best overall response.
struct TargetSum {
  double change = 0;             // of the sum
  double untreated = 0;          // of the lesions that are not irradiated
  bool irradiated_count = true;  // irradiated lesions are among the targets
};

/// What a patient brings to the sum of target lesions.
struct TargetCase {
  ResponseClass response = ResponseClass::stable;  // best overall response
  bool grown = false;        // progressive disease because lesions that are not irradiated grew, without new ones
  double irradiated_cm = 0;  // sums of diameters
  double untreated_cm = 0;
  double irradiated_change = 0;
  double untreated_score = 0;  // V
};

/// The untreated lesions' change follows from V, and is moved as little as needed for the sum to agree with the best
/// overall response: -100 for CR, -30 or less for PR, above and below 20 for SD, 20 or more for PD by growth; new
/// lesions and local failure are progression whatever the sum. Where no plausible change does that, the irradiated
/// lesions are not targets: lesions in an irradiated field are not measurable unless they progress (Eisenhauer 2009).
TargetSum target_sum(const OligoHccParameters& parameters, const TargetCase& patient);
ChangeCurve untreated_curve(const OligoHccParameters& parameters);

}  // namespace oligosim
