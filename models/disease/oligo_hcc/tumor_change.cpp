#include "models/disease/oligo_hcc/tumor_change.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {
namespace {

constexpr double largest_growth = 150;  // of untreated lesions in progressive disease

struct Interval {
  double from, to;
};

}  // namespace

ChangeCurve IrradiatedSum::curve(const OligoHccParameters& p) {
  return {p.lesions.irradiated_unchanged_at, p.irradiated_response.partial_above, p.irradiated_response.complete_above,
          p.lesions.partial, p.lesions.progression - change_margin};
}

IrradiatedSum::IrradiatedSum(const OligoHccParameters& parameters, const LatentResponse& latent)
    : latent_(latent), partial_(parameters.lesions.partial), best_(curve(parameters)(latent.value)) {
  if (latent.complete) best_ = gone;
  if (latent.objective && !latent.complete) best_ = std::clamp(best_, gone + change_margin, partial_);
  if (!latent.objective) best_ = std::max(best_, partial_ + change_margin);
}

double IrradiatedSum::at(double month) const {
  if (best_ >= 0) return best_;
  if (!latent_.objective) return best_ * std::min(1.0, month / latent_.best_month);
  if (month < latent_.onset_month) return (partial_ + change_margin) * month / latent_.onset_month;
  if (latent_.complete || month >= latent_.best_month) return best_;
  const double part = (month - latent_.onset_month) / (latent_.best_month - latent_.onset_month);
  return partial_ + (best_ - partial_) * part;
}

ChangeCurve untreated_curve(const OligoHccParameters& p) {
  return {p.lesions.untreated_unchanged_at, p.overall_response.alone_above, p.overall_response.complete_above,
          p.lesions.partial, std::numeric_limits<double>::infinity()};
}

TargetSum target_sum(const OligoHccParameters& parameters, const TargetCase& patient) {
  const LesionParameters& lesions = parameters.lesions;
  const double stable_limit = lesions.progression - change_margin;
  const bool progressive = patient.response == ResponseClass::progressive;
  const double most = progressive ? largest_growth : stable_limit;
  if (patient.untreated_cm == 0) return {patient.irradiated_change, 0, true};
  Interval sum{gone, most};
  switch (patient.response) {
    case ResponseClass::complete:
      return {gone, gone, true};
    case ResponseClass::partial:
      sum = {gone + change_margin, lesions.partial};
      break;
    case ResponseClass::stable:
      sum = {lesions.partial + change_margin, stable_limit};
      break;
    case ResponseClass::progressive:
      if (patient.grown) sum = {lesions.progression, largest_growth};
  }
  const double total = patient.irradiated_cm + patient.untreated_cm;
  const auto untreated = [&](double change) {
    return (change * total - patient.irradiated_change * patient.irradiated_cm) / patient.untreated_cm;
  };
  const double score_change = std::min(most, untreated_curve(parameters)(patient.untreated_score));
  const Interval room{std::max(gone, untreated(sum.from)), std::min(most, untreated(sum.to))};
  if (room.from > room.to) {
    const double change = std::clamp(score_change, sum.from, sum.to);
    return {change, change, false};
  }
  const double change = std::clamp(score_change, room.from, room.to);
  const double whole = (patient.irradiated_change * patient.irradiated_cm + change * patient.untreated_cm) / total;
  return {std::clamp(whole, sum.from, sum.to), change, true};
}

}  // namespace oligosim
