#pragma once

#include "engine/statistics/estimate.hpp"
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {

/// Patients of a model with all that there is to know of them under endless follow-up, and their lesions.
class Everything {
 public:
  Everything(const DiseaseModel& model, std::size_t patients, std::uint64_t key = 1, std::uint32_t replicate = 1,
             std::uint8_t arm = 0, std::uint8_t arms = 1)
      : model_(model),
        columns_(columns_of(model)),
        arena_(patients * 4096 + (1 << 20)),
        cohort_(columns_, patients, {}, arena_) {
    const Streams streams(key, replicate);
    arm_ = arena_.take<std::uint8_t>(patients);
    for (std::size_t i = 0; i < patients; ++i) arm_[i] = static_cast<std::uint8_t>((arm + i % arms));
    model.sample_baseline(streams, cohort_, arena_);
    course_ = {spans(model.endpoints().size()), spans(model.outcomes().size()), spans(model.outcomes().size())};
    course_.finding = arena_.take<Steps>(model.findings().size(), Steps{});
    for (std::size_t k = 0; k < model.findings().size(); ++k) {
      const std::size_t elements = patients * model.findings()[k].steps;
      course_.finding[k] = {arena_.take<double>(elements), arena_.take<double>(elements)};
    }
    course_.with_lesions = true;
    model.sample_course(streams, cohort_, arm_, course_, arena_);
  }

  std::span<const std::uint8_t> arm() const { return arm_; }
  std::span<const double> number(const std::string& column) const { return cohort_.numbers(*columns_.find(column)); }
  std::span<const std::uint8_t> category(const std::string& column) const {
    return cohort_.categories(*columns_.find(column));
  }
  std::span<const double> day(const std::string& endpoint) const {
    return course_.event_day[find(model_.endpoints(), endpoint)];
  }
  std::span<const double> evaluable(const std::string& outcome) const {
    return course_.evaluable_day[find(model_.outcomes(), outcome)];
  }
  std::span<const double> success(const std::string& outcome) const {
    return course_.success_day[find(model_.outcomes(), outcome)];
  }

  /// A finding of patient i, or a column of lesion i, at the end of `followed` days; missing if not known.
  double finding(const std::string& name, std::size_t i, double followed = never) const {
    const std::size_t k = position(model_.findings(), name);
    return known(course_.finding[k], model_.findings()[k].steps, i, followed);
  }
  double lesion(const std::string& name, std::size_t l, double followed = never) const {
    const std::size_t k = position(model_.lesion_columns(), name);
    return known(lesions().column[k], model_.lesion_columns()[k].steps, l, followed);
  }
  std::vector<double> findings(const std::string& name) const {
    std::vector<double> all(arm_.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = finding(name, i);
    return all;
  }
  /// First day on which a finding of patient i is known.
  double known_from(const std::string& name, std::size_t i) const {
    const std::size_t k = position(model_.findings(), name);
    return course_.finding[k].day[i * model_.findings()[k].steps];
  }
  const Lesions& lesions() const { return course_.lesions; }

 private:
  static Columns columns_of(const DiseaseModel& model) {
    Columns columns;
    for (const ColumnInfo& column : model.baseline()) columns.add(column);
    return columns;
  }
  static double known(const Steps& steps, std::size_t count, std::size_t i, double followed) {
    double value = missing;
    for (std::size_t k = 0; k < count; ++k) {
      const double day = steps.day[i * count + k];
      if (day < never && day <= followed) value = steps.value[i * count + k];
    }
    return value;
  }
  static std::size_t position(std::span<const Finding> all, const std::string& name) {
    std::size_t k = 0;
    while (k < all.size() && all[k].column.name != name) ++k;
    EXPECT_LT(k, all.size()) << name;
    return k;
  }
  template <class T>
  static std::size_t find(const std::vector<T>& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &T::name);
    EXPECT_NE(found, all.end()) << name;
    return static_cast<std::size_t>(found - all.begin());
  }
  std::span<std::span<double>> spans(std::size_t count) {
    const auto all = arena_.take<std::span<double>>(count);
    for (auto& one : all) one = arena_.take<double>(arm_.size());
    return all;
  }

  const DiseaseModel& model_;
  Columns columns_;
  Arena arena_;
  Cohort cohort_;
  std::span<std::uint8_t> arm_;
  Course course_;
};

/// The share of patients is p, up to 4 Monte Carlo standard errors.
inline void expect_probability(const Share& seen, double p, const std::string& what) {
  EXPECT_NEAR(seen.value, p, 4 * std::sqrt(p * (1 - p) / seen.patients) + 1e-12) << what;
}

inline const char* const published_mix = "cohort: {OP: 0.75675675675675680, OM: 0.24324324324324320}\n";

}  // namespace oligosim
