#pragma once

#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/patients.hpp"
#include "tests/statistics/resamples.hpp"

namespace oligosim::test {

inline Patients in_group(const Patients& patients, std::uint8_t group) {
  Patients own;
  std::copy_if(patients.begin(), patients.end(), std::back_inserter(own),
               [group](const Patient& p) { return p.group == group; });
  return own;
}

/// The Kaplan-Meier curve of each of two groups.
struct TwoCurves {
  Sorted first, second;
  KaplanMeierCurve<> reference, later;

  explicit TwoCurves(const Patients& patients, bool weighted = false)
      : first(in_group(patients, 0)),
        second(in_group(patients, 1)),
        reference(kaplan_meier(first.table, weighted ? first.weight : std::span<double>(), first.arena)),
        later(kaplan_meier(second.table, weighted ? second.weight : std::span<double>(), second.arena)) {}
};

/// The curves of eight resamples, and those of one of them by itself.
struct TwoResampledCurves {
  TwoCurves all;
  Resamples first, second;
  KaplanMeierCurve<Lanes> reference, later;

  TwoResampledCurves(const Patients& patients, std::mt19937_64& random)
      : all(patients),
        first(random, all.first.table.size(), all.first.arena),
        second(random, all.second.table.size(), all.second.arena),
        reference(kaplan_meier<Lanes>(all.first.table, first.together(), all.first.arena)),
        later(kaplan_meier<Lanes>(all.second.table, second.together(), all.second.arena)) {}

  KaplanMeierCurve<> reference_alone(std::size_t k) {
    return kaplan_meier(all.first.table, first.apart(k), all.first.arena);
  }
  KaplanMeierCurve<> later_alone(std::size_t k) {
    return kaplan_meier(all.second.table, second.apart(k), all.second.arena);
  }
};

}  // namespace oligosim::test
