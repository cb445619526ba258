#include "models/analysis/bootstrap_versions.hpp"

#include <algorithm>
#include <cmath>

#include "models/analysis/methods/curve_analysis.hpp"
#include "models/analysis/resampled_times.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

/// The unit of each patient; empty where they are the units.
std::span<const std::uint32_t> unit_of_patient(PlanData& patients, const BootstrapSpec& spec, Arena& arena) {
  return spec.cluster ? clusters_of_all(patients, *spec.cluster, arena).code : std::span<const std::uint32_t>{};
}

/// Strata of the units as codes; those without one are a stratum of their own.
ResampleFrame frame_of(PlanData& patients, const BootstrapSpec& spec, std::span<const std::uint32_t> unit,
                       Arena& arena) {
  const std::size_t units = unit.empty() ? patients.cohort().patients() : 1 + std::ranges::max(unit);
  ResampleFrame frame{.units = units, .stratum = {}, .strata = 1};
  if (!spec.strata) return frame;
  const std::span<const std::uint16_t> of_row = patients.stratum(*spec.strata);
  const std::size_t known = patients.stratum_count(*spec.strata);
  const std::span<std::uint16_t> codes = arena.take<std::uint16_t>(units, std::uint16_t{0});
  for (std::size_t row = of_row.size(); row-- > 0;)  // a cluster has the stratum of its first row
    codes[unit.empty() ? row : unit[row]] = static_cast<std::uint16_t>(std::min<std::size_t>(of_row[row], known));
  frame.stratum = codes;
  frame.strata = known + 1;
  return frame;
}

CaseKind case_kind(const BootstrapSpec& spec) {
  return spec.kind == BootstrapKind::bayesian ? CaseKind::exponential : CaseKind::multinomial;
}

}  // namespace

std::span<const double> BootstrapVersions::round_estimate(std::size_t number, double estimate, Arena& arena) const {
  const std::span<const double> drawn = resample.of(number);
  if (truth.value.empty()) return drawn;
  const std::span<double> moved = arena.take<double>(drawn.size());
  for (std::size_t k = 0; k < moved.size(); ++k) moved[k] = drawn[k] - truth.of(number)[k] + estimate;
  return moved;
}

BootstrapSource::BootstrapSource(const Analysis& analysis, const BootstrapSpec& spec, PlanData& units, PlanData& rows,
                                 const Resampling& by, Arena& arena)
    : analysis_(analysis),
      spec_(spec),
      by_(by),
      rows_(rows),
      arena_(arena),
      streams_(by.streams(spec.seed)),
      unit_of_row_(unit_of_patient(units, spec, arena)),
      frame_(frame_of(units, spec, unit_of_row_, arena)),
      resamples_(frame_, case_kind(spec), streams_, arena) {
  if (&rows != &units) unit_of_row_ = rows.patient();
}

ResampledValues BootstrapSource::resamples() const { return values(RowVersion::resample, spec_.resamples, false); }

BootstrapVersions BootstrapSource::versions() const {
  BootstrapVersions versions;
  const bool studentized = spec_.wants(BootstrapLimits::studentized);
  versions.resample = values(RowVersion::resample, spec_.resamples, studentized);
  if (studentized && spec_.draws_patients()) versions.as_it_is = values(RowVersion::as_it_is, 1, true);
  if (spec_.wants(BootstrapLimits::double_bootstrap))
    versions.second_level = values(RowVersion::second_level, spec_.resamples, false);
  if (spec_.needs_truths()) add_truths(versions);
  if (spec_.leaves_out()) versions.without = values(RowVersion::leave_one_out, frame_.units, false);
  return versions;
}

ResampledValues BootstrapSource::values(RowVersion version, std::size_t count, bool variances) const {
  const std::size_t all = analysis_.labels().size() * count;
  ResampledValues out{count, arena_.take<double>(all, missing), {}};
  if (variances) out.variance = arena_.take<double>(all, missing);
  const ResamplesDone* const done = version == RowVersion::as_it_is ? nullptr : &by_.done();
  if (spec_.kind == BootstrapKind::conditional)
    resample_times(analysis_, rows_, frame_.stratum, frame_.strata, streams_, arena_, out);
  else if (spec_.kind == BootstrapKind::weird)
    analysis_.curves()->resample_events(rows_, streams_, arena_, out);
  else if (spec_.kind == BootstrapKind::parametric)
    by_.simulated()->copy(analysis_.labels(), out);
  else
    analysis_.resample(rows_, ResampledRows(resamples_, unit_of_row_, version, count, done), arena_, out);
  if (spec_.kind >= BootstrapKind::conditional && by_.done()) by_.done()(count);
  take_logarithms(out);
  return out;
}

void BootstrapSource::add_truths(BootstrapVersions& versions) const {
  const std::size_t labels = analysis_.labels().size();
  versions.truth = {spec_.resamples, arena_.take<double>(labels * spec_.resamples, missing), {}};
  const std::span<double> errors = arena_.take<double>(labels, missing);
  by_.simulated()->copy_truths(analysis_.labels(), versions.truth, errors);
  take_logarithms(versions.truth);
  versions.truth_errors = errors;
}

void BootstrapSource::take_logarithms(const ResampledValues& values) const {
  for (std::size_t label = 0; label < analysis_.labels().size(); ++label)
    if (analysis_.labels()[label].ratio)
      for (double& x : values.of(label)) x = std::log(x);
}

}  // namespace oligosim
