#include "models/disease/oligo_hcc/tumor_change.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {
namespace {

constexpr double margin = 0.1;          // what keeps a class apart from its threshold
constexpr double largest_growth = 150;  // of untreated lesions in progressive disease

struct Interval {
  double from, to;
};

}  // namespace

double ChangeCurve::operator()(double score) const {
  if (score >= complete_at_) return gone;
  if (score > partial_at_)
    return std::max(gone + margin, partial_ + (gone - partial_) * (score - partial_at_) / (complete_at_ - partial_at_));
  return std::min(limit_, partial_ * (score - unchanged_at_) / (partial_at_ - unchanged_at_));
}

void ChangeCurve::shifted_to(double mean, std::span<const double> scores, std::span<const double> diameter,
                             std::span<double> change) const {
  if (mean <= gone || scores.size() == 1) {
    std::ranges::fill(change, std::max(mean, gone));
    return;
  }
  double total = 0;
  for (const double cm : diameter) total += cm;
  const auto fill = [&](double shift) {
    double sum = 0;
    for (std::size_t j = 0; j < scores.size(); ++j) {
      change[j] = (*this)(scores[j] + shift);
      sum += change[j] * diameter[j];
    }
    return sum / total;
  };
  double low = -200, high = 200;  // the mean falls with the shift
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (fill(middle) > mean ? low : high) = middle;
  }
  // What is left, a jump at most, is put where there is room.
  double rest = (mean - fill(low)) * total;
  for (std::size_t j = 0; j < change.size(); ++j) {
    const double moved = std::max(gone, change[j] + rest / diameter[j]);
    rest -= (moved - change[j]) * diameter[j];
    change[j] = moved;
  }
}

ResponseClass response_class(double change, double partial, double progression) {
  if (change <= gone) return ResponseClass::complete;
  if (change <= partial) return ResponseClass::partial;
  return change >= progression ? ResponseClass::progressive : ResponseClass::stable;
}

ChangeCurve IrradiatedSum::curve(const OligoHccParameters& p) {
  return {p.lesions.irradiated_unchanged_at, p.irradiated_response.partial_above, p.irradiated_response.complete_above,
          p.lesions.partial, p.lesions.progression - margin};
}

IrradiatedSum::IrradiatedSum(const OligoHccParameters& parameters, const LatentResponse& latent)
    : latent_(latent), partial_(parameters.lesions.partial), best_(curve(parameters)(latent.value)) {
  if (latent.complete) best_ = gone;
  if (latent.objective && !latent.complete) best_ = std::clamp(best_, gone + margin, partial_);
  if (!latent.objective) best_ = std::max(best_, partial_ + margin);
}

double IrradiatedSum::at(double month) const {
  if (best_ >= 0) return best_;
  if (!latent_.objective) return best_ * std::min(1.0, month / latent_.best_month);
  if (month < latent_.onset_month) return (partial_ + margin) * month / latent_.onset_month;
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
  const double stable_limit = lesions.progression - margin;
  const bool progressive = patient.response == ResponseClass::progressive;
  const double most = progressive ? largest_growth : stable_limit;
  const double score_change = std::min(most, untreated_curve(parameters)(patient.untreated_score));
  if (patient.untreated_cm == 0) return {patient.irradiated_change, 0, true};
  Interval sum{gone, most};
  switch (patient.response) {
    case ResponseClass::complete:
      return {gone, gone, true};
    case ResponseClass::partial:
      sum = {gone + margin, lesions.partial};
      break;
    case ResponseClass::stable:
      sum = {lesions.partial + margin, stable_limit};
      break;
    case ResponseClass::progressive:
      if (patient.grown) sum = {lesions.progression, largest_growth};
  }
  const double total = patient.irradiated_cm + patient.untreated_cm;
  const auto untreated = [&](double change) {
    return (change * total - patient.irradiated_change * patient.irradiated_cm) / patient.untreated_cm;
  };
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
