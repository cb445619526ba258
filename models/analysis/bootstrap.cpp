#include "models/analysis/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "engine/resampling/jackknife.hpp"
#include "models/analysis/curve_analysis.hpp"
#include "models/analysis/resampled_times.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

std::string number_name(const EstimateLabel& label) {
  std::string name = label.analysis;
  for (const std::string& part : {label.group, label.term, spaced(label.parameter)})
    if (!part.empty()) name += ", " + part;
  return std::isnan(label.at) ? name : name + " at " + shortest(label.at);
}

bool same_number(const EstimateLabel& a, const EstimateLabel& b) {
  const bool same_at = a.at == b.at || (std::isnan(a.at) && std::isnan(b.at));
  return a.parameter == b.parameter && a.group == b.group && a.term == b.term && same_at;
}

/// An estimate on the scale of its limits: infinite where not reached.
double scaled(const Estimate& e, const EstimateLabel& label) {
  if (e.status == Status::not_reached && label.unbounded) return std::numeric_limits<double>::infinity();
  return label.ratio ? std::log(e.estimate) : e.estimate;
}

/// Strata of the units as codes; those without one are a stratum of their own.
ResampleFrame frame_of(PlanData& units, std::span<const std::uint32_t> unit_of_row, std::size_t count,
                       std::optional<std::size_t> strata, Arena& arena) {
  ResampleFrame frame{.units = count, .stratum = {}, .strata = 1};
  if (!strata) return frame;
  const std::span<const std::uint16_t> of_row = units.stratum(*strata);
  const std::size_t known = units.stratum_count(*strata);
  const std::span<std::uint16_t> codes = arena.take<std::uint16_t>(count, std::uint16_t{0});
  for (std::size_t row = of_row.size(); row-- > 0;) {  // a cluster has the stratum of its first row
    const std::size_t unit = unit_of_row.empty() ? row : unit_of_row[row];
    codes[unit] = static_cast<std::uint16_t>(std::min<std::size_t>(of_row[row], known));
  }
  frame.stratum = codes;
  frame.strata = known + 1;
  return frame;
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
  if (!labels_.empty()) refuse_kind(spec_, analysis, block, patients, rows);
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
    for (const auto& kind : spec_.limits) label.interval = kind.name, labels_.push_back(label);
  }
}

/// What the intervals are made of; spans that no kind needs are empty.
struct Bootstrap::Versions {
  ResampleFrame frame;
  ResampledValues resample, second_level, without;
};

Bootstrap::Versions Bootstrap::versions(PlanData& units, PlanData& rows, const Streams& streams, Arena& arena) const {
  std::span<const std::uint32_t> unit_of_row;
  std::size_t count = units.cohort().patients();
  if (spec_.cluster) {
    const std::span<std::uint32_t> all = arena.take<std::uint32_t>(count);
    for (std::uint32_t row = 0; row < count; ++row) all[row] = row;
    const Clusters clusters = clusters_of(all, units, *spec_.cluster, arena);
    unit_of_row = clusters.code;
    count = clusters.count;
  }
  Versions versions{.frame = frame_of(units, unit_of_row, count, spec_.strata, arena),
                    .resample = {},
                    .second_level = {},
                    .without = {}};
  if (&rows != &units) unit_of_row = rows.patient();
  const auto case_kind = spec_.kind == BootstrapKind::bayesian ? CaseKind::exponential : CaseKind::multinomial;
  const Resamples resamples(versions.frame, case_kind, streams, arena);
  const auto values = [&](RowVersion version, std::size_t of_them, bool variances) {
    const std::size_t all = analysis_.labels().size() * of_them;
    ResampledValues out{of_them, arena.take<double>(all, missing), {}};
    if (variances) out.variance = arena.take<double>(all, missing);
    if (spec_.kind == BootstrapKind::conditional)
      resample_times(analysis_, rows, versions.frame.stratum, versions.frame.strata, streams, arena, out);
    else if (spec_.kind == BootstrapKind::weird)
      analysis_.curves()->resample_events(rows, streams, arena, out);
    else
      analysis_.resample(rows, ResampledRows(resamples, unit_of_row, version, of_them), arena, out);
    for (std::size_t label = 0; label < analysis_.labels().size(); ++label)
      if (analysis_.labels()[label].ratio)
        for (double& x : out.of(label)) x = std::log(x);
    return out;
  };
  versions.resample = values(RowVersion::resample, spec_.resamples, spec_.wants(BootstrapLimits::studentized));
  if (spec_.wants(BootstrapLimits::double_bootstrap))
    versions.second_level = values(RowVersion::second_level, spec_.resamples, false);
  if (spec_.wants(BootstrapLimits::bca) || spec_.wants(BootstrapLimits::bca_mid) ||
      spec_.wants(BootstrapLimits::jackknife))
    versions.without = values(RowVersion::leave_one_out, count, false);
  return versions;
}

void Bootstrap::make_shared(PlanData& units) const {
  if (spec_.strata) units.stratum(*spec_.strata);
}

void Bootstrap::evaluate(PlanData& units, PlanData& rows, std::span<const Estimate> own, const Resampling& by,
                         Arena& arena, std::span<Estimate> out) const {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const Estimate& number = own[numbers_[k / spec_.limits.size()]];
    out[k] = {.estimate = number.estimate, .n = number.n, .n_events = number.n_events, .status = number.status};
    if (!by.wanted()) out[k].standard_error = number.standard_error;
  }
  if (!by.wanted()) return;
  make_shared(units);
  const Arena::Scope scratch(arena);
  const Versions all = versions(units, rows, by.streams(spec_.seed), arena);
  const double confidence = units.parts().confidence;
  for (std::size_t k = 0; k < numbers_.size(); ++k) {
    const Arena::Scope one(arena);
    const std::size_t number = numbers_[k];
    const double estimate = scaled(own[number], analysis_.labels()[number]);
    const BootstrapDistribution distribution(all.resample.of(number), estimate, arena);
    double acceleration = missing;
    if (spec_.wants(BootstrapLimits::bca) || spec_.wants(BootstrapLimits::bca_mid))
      acceleration = jackknife_acceleration(estimate, all.without.of(number), all.frame, arena);
    for (std::size_t j = 0; j < spec_.limits.size(); ++j) {
      const auto interval = [&]() -> BootstrapInterval {
        switch (spec_.limits[j].value) {
          case BootstrapLimits::normal:
            return normal_interval(distribution, confidence);
          case BootstrapLimits::basic:
            return basic_interval(distribution, confidence);
          case BootstrapLimits::percentile:
            return percentile_interval(distribution, confidence);
          case BootstrapLimits::bca:
            return bca_interval(distribution, acceleration, 0.0, confidence);
          case BootstrapLimits::bca_mid:
            return bca_interval(distribution, acceleration, 0.5, confidence);
          case BootstrapLimits::studentized: {
            const double error = own[number].standard_error;
            return studentized_interval(all.resample.of(number), all.resample.variance_of(number), estimate,
                                        error * error, confidence, arena);
          }
          case BootstrapLimits::double_bootstrap:
            return double_bootstrap_interval(all.resample.of(number), all.second_level.of(number), estimate, confidence,
                                             arena);
          case BootstrapLimits::jackknife:
            return jackknife_interval(estimate, all.without.of(number), all.frame, confidence);
        }
        return distribution.frame();
      };
      const std::size_t row = k * spec_.limits.size() + j;
      write(interval(), labels_[row], out[row]);
    }
  }
}

std::vector<Figure> Bootstrap::draw(PlanData& units, PlanData& rows, std::span<const Estimate> own,
                                    const Resampling& by, Arena& arena) const {
  make_shared(units);
  const Arena::Scope scratch(arena);
  const Versions all = versions(units, rows, by.streams(spec_.seed), arena);
  std::vector<Estimate> limits(labels_.size());
  evaluate(units, rows, own, by, arena, limits);
  std::vector<Figure> figures;
  for (std::size_t k = 0; k < numbers_.size(); ++k) {
    const EstimateLabel& label = analysis_.labels()[numbers_[k]];
    if (label.log_scale) continue;  // the ratio has its figure
    const Estimate& interval = limits[k * spec_.limits.size()];
    DistributionFigure figure;
    figure.text.title = number_name(label);
    figure.text.caption = std::to_string(spec_.resamples) + " resamples of the patients; the band is the " +
                          spec_.limits.front().name + " interval.";
    figure.value_label = spaced(label.parameter);
    figure.log_axis = label.ratio;
    for (const double x : all.resample.of(numbers_[k])) figure.values.push_back(label.ratio ? std::exp(x) : x);
    figure.marks.push_back({"estimate", own[numbers_[k]].estimate});
    figure.lower = interval.lower, figure.upper = interval.upper;
    figure.interval_label = std::string(spec_.limits.front().name) + " interval";
    figures.emplace_back(std::move(figure));
  }
  return figures;
}

}  // namespace oligosim
