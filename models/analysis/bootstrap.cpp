#include "models/analysis/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/io/words.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/resampling/intervals.hpp"
#include "engine/resampling/jackknife.hpp"
#include "models/analysis/bootstrap_versions.hpp"
#include "models/analysis/label_text.hpp"

namespace oligosim {
namespace {

/// An estimate on the scale of its limits.
double scaled(const Estimate& e, const EstimateLabel& label) {
  return label.ratio ? std::log(value_of(e, label)) : value_of(e, label);
}

/// "2000 resamples of the patients"
std::string drawn(const BootstrapSpec& spec) {
  const std::string count = std::to_string(spec.resamples);
  switch (spec.kind) {
    case BootstrapKind::conditional:
      return count + " resamples of the times of the patients, given their censoring";
    case BootstrapKind::weird:
      return count + " resamples of the events on each curve, whose risk sets stay";
    case BootstrapKind::parametric:
      return count + " cohorts simulated by " + spec.study;
    default:
      return count + " resamples of the patients";
  }
}

Status status_of(BootstrapStatus status) {
  switch (status) {
    case BootstrapStatus::ok:
      return Status::ok;
    case BootstrapStatus::no_spread:
      return Status::singular;
    default:
      return Status::degenerate_resamples;
  }
}

/// Limits whose centre has an error of its own.
BootstrapInterval with_error(BootstrapInterval interval, double error) {
  interval.lower_mcse = std::hypot(interval.lower_mcse, error);
  interval.upper_mcse = std::hypot(interval.upper_mcse, error);
  return interval;
}

/// The row of an interval: estimate and counts of the number itself, limits of the resamples.
void write(const BootstrapInterval& interval, const EstimateLabel& label, Estimate& e) {
  e.standard_error = interval.standard_error;
  e.lower = label.ratio ? std::exp(interval.lower) : interval.lower;
  e.upper = label.ratio ? std::exp(interval.upper) : interval.upper;
  e.lower_mcse = interval.lower_mcse;
  e.upper_mcse = interval.upper_mcse;
  const double all = static_cast<double>(interval.n_used + interval.n_degenerate);
  e.degenerate = static_cast<double>(interval.n_degenerate) / all;
  const bool known = e.status == Status::ok || (e.status == Status::not_reached && label.unbounded);
  if (known && interval.status != BootstrapStatus::ok) e.status = status_of(interval.status);
}

}  // namespace

Bootstrap::Bootstrap(const Analysis& analysis, BootstrapSpec spec, const ConfigNode& block, const PlanParts& patients,
                     const PlanParts& rows)
    : analysis_(analysis), spec_(std::move(spec)) {
  add_labels();
  if (!numbers_.empty()) refuse_kind(spec_, analysis, block, patients, rows);
}

void Bootstrap::add_labels() {
  const std::vector<EstimateLabel>& own = analysis_.labels();
  for (std::size_t k = 0; k < own.size(); ++k) {
    const auto earlier = own.begin() + static_cast<std::ptrdiff_t>(k);
    if (!own[k].estimated ||
        std::any_of(own.begin(), earlier, [&](const EstimateLabel& l) { return same_number(l, own[k]); }))
      continue;
    numbers_.push_back(k);
    EstimateLabel label = own[k];
    label.tested = label.two_groups = false;
    label.resampled = true;
    for (const auto& limits : spec_.limits) {
      if (limits.value == BootstrapLimits::band && !spec_.in_band(label)) continue;
      label.interval = limits.name;
      labels_.push_back(label);
      rows_.push_back({k, limits});
    }
  }
}

std::size_t Bootstrap::work(std::size_t patients) const {
  if (!spec_.of_resamples()) return 0;
  const std::size_t rounds = spec_.wants(BootstrapLimits::double_bootstrap) ? 3 : 2;
  return rounds * spec_.resamples + (spec_.leaves_out() ? patients : 0);
}

void Bootstrap::make_shared(PlanData& units) const {
  if (spec_.strata) units.stratum(*spec_.strata);
}

CurveBands Bootstrap::bands(PlanData& rows, const Streams& streams, Arena& arena) const {
  return analysis_.banded()->bands(spec_.band_from, spec_.band_to, spec_.resamples, rows, streams, arena);
}

/// The Monte Carlo error of the limits is that of the critical value, carried over by the limits one error beside it.
void Bootstrap::add_bands(PlanData& rows, const Streams& streams, Arena& arena, std::span<Estimate> out) const {
  const Arena::Scope scratch(arena);
  const CurveBands all = bands(rows, streams, arena);
  const auto limits = [&](double errors) {
    const std::span<double> confidence = arena.take<double>(all.of_curve.size());
    for (std::size_t k = 0; k < confidence.size(); ++k) {
      const SimultaneousBand& band = all.of_curve[k];
      confidence[k] =
          errors == 0.0 ? band.confidence : 2.0 * normal_cdf(band.critical + errors * band.critical_mcse) - 1.0;
    }
    const std::span<Estimate> estimates = arena.take<Estimate>(analysis_.labels().size(), Estimate{});
    analysis_.banded()->evaluate_at(confidence, rows, arena, estimates);
    return estimates;
  };
  const std::span<const Estimate> own = limits(0.0), inner = limits(-1.0), outer = limits(1.0);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (rows_[r].limits.value != BootstrapLimits::band) continue;
    const std::size_t number = rows_[r].number;
    out[r] = own[number];
    out[r].lower_mcse = std::abs(outer[number].lower - inner[number].lower) / 2.0;
    out[r].upper_mcse = std::abs(outer[number].upper - inner[number].upper) / 2.0;
    out[r].degenerate = 0.0;
  }
}

void Bootstrap::evaluate(PlanData& units, PlanData& rows, std::span<const Estimate> own, const Resampling& by,
                         Arena& arena, std::span<Estimate> out) const {
  for (std::size_t r = 0; r < out.size(); ++r) {
    const Estimate& number = own[rows_[r].number];
    out[r] = {.estimate = number.estimate, .n = number.n, .n_events = number.n_events, .status = number.status};
    if (!by.wanted()) out[r].standard_error = number.standard_error;
  }
  if (!by.wanted()) return;
  make_shared(units);
  const Arena::Scope scratch(arena);
  const Streams streams = by.streams(spec_.seed);
  if (spec_.wants(BootstrapLimits::band)) add_bands(rows, streams, arena, out);
  if (!spec_.of_resamples()) return;
  const BootstrapSource drawn_from(analysis_, spec_, units, rows, by, arena);
  const BootstrapVersions all = drawn_from.versions();
  const double confidence = units.parts().confidence;
  for (std::size_t r = 0; r < rows_.size();) {
    const Arena::Scope one(arena);
    const std::size_t number = rows_[r].number;
    const double estimate = scaled(own[number], analysis_.labels()[number]);
    const std::span<const double> values = all.round_estimate(number, estimate, arena);
    const BootstrapDistribution drawn(all.resample.of(number), estimate, arena);
    const BootstrapDistribution distribution =
        spec_.needs_truths() ? BootstrapDistribution(values, estimate, arena) : drawn;
    double acceleration = missing;
    if (spec_.wants(BootstrapLimits::bca) || spec_.wants(BootstrapLimits::bca_mid))
      acceleration = jackknife_acceleration(estimate, all.without.of(number), drawn_from.frame(), arena);
    const auto interval = [&](BootstrapLimits kind) -> BootstrapInterval {
      switch (kind) {
        case BootstrapLimits::normal:
          return with_error(normal_interval(distribution, confidence), all.truth_error(number));
        case BootstrapLimits::basic:
          return with_error(basic_interval(distribution, confidence), all.truth_error(number));
        case BootstrapLimits::percentile:
          return percentile_interval(drawn, confidence);
        case BootstrapLimits::bca:
          return bca_interval(distribution, acceleration, 0.0, confidence);
        case BootstrapLimits::bca_mid:
          return bca_interval(distribution, acceleration, 0.5, confidence);
        case BootstrapLimits::studentized:
          return with_error(studentized_interval(values, all.resample.variance_of(number), estimate,
                                                 all.own_variance(number, own[number]), confidence, arena),
                            all.truth_error(number));
        case BootstrapLimits::double_bootstrap:
          return double_bootstrap_interval(all.resample.of(number), all.second_level.of(number), estimate, confidence,
                                           arena);
        case BootstrapLimits::jackknife:
          return jackknife_interval(estimate, all.without.of(number), drawn_from.frame(), confidence);
        case BootstrapLimits::band:
          break;  // of no single number
      }
      return distribution.frame();
    };
    for (; r < rows_.size() && rows_[r].number == number; ++r)
      if (rows_[r].limits.value != BootstrapLimits::band) write(interval(rows_[r].limits.value), labels_[r], out[r]);
  }
}

std::vector<Figure> Bootstrap::draw(PlanData& units, PlanData& rows, std::span<const Estimate> estimates,
                                    const Resampling& by, Arena& arena) const {
  make_shared(units);
  const Arena::Scope scratch(arena);
  const Streams streams = by.streams(spec_.seed);
  std::vector<Figure> figures = spec_.wants(BootstrapLimits::band)
                                    ? analysis_.banded()->draw_bands(bands(rows, streams, arena), rows, arena)
                                    : analysis_.draw(rows, arena);
  if (!spec_.of_resamples()) return figures;
  const ResampledValues all = BootstrapSource(analysis_, spec_, units, rows, by, arena).resamples();
  const std::span<const Estimate> limits = estimates.subspan(analysis_.labels().size());
  const Row* last = nullptr;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const Row& row = rows_[r];
    const EstimateLabel& label = analysis_.labels()[row.number];
    if (label.log_scale) continue;  // the ratio has its figure
    if (row.limits.value == BootstrapLimits::band || (last && last->number == row.number)) continue;
    last = &row;
    DistributionFigure figure;
    figure.text.title = number_text(label);
    figure.text.caption = drawn(spec_) + "; the band is the " + row.limits.name + " interval.";
    figure.value_label = spaced(label.parameter);
    figure.log_axis = label.ratio;
    for (const double x : all.of(row.number)) figure.values.push_back(label.ratio ? std::exp(x) : x);
    figure.marks.push_back({"estimate", estimates[row.number].estimate});
    figure.lower = limits[r].lower, figure.upper = limits[r].upper;
    figure.interval_label = std::string(row.limits.name) + " interval";
    figures.emplace_back(std::move(figure));
  }
  return figures;
}

}  // namespace oligosim
