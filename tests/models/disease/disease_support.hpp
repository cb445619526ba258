#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/model.hpp"

namespace oligosim {

/// A disease model read from the part of a study that it sees: `disease`, `cohort`, `arms`, `visits`.
struct ReadModel {
  explicit ReadModel(const std::string& text, std::size_t patients = 160)
      : tree(parse_yaml(text, "study.yaml", problems)) {
    ConfigNode root(tree, problems);
    std::vector<DiseaseInput::Arm> arms;
    for (auto& [name, node] : root.named_children("arms", false)) arms.push_back({name, node});
    const VisitSchedule visits = read_visits(root.child("visits", false));
    model = read_disease_model({root, root.child("disease", false), arms, visits, 30, patients});
    for (DiseaseInput::Arm& arm : arms) arm.node.finish();
  }
  Problems problems;
  YamlNode tree;
  std::unique_ptr<DiseaseModel> model;
};

inline std::unique_ptr<DiseaseModel> model_of(const std::string& text, std::size_t patients = 160) {
  ReadModel read(text, patients);
  EXPECT_EQ(read.problems.text(), "");
  read.model->prepare();
  return std::move(read.model);
}

inline const char* const published_visits =
    "visits: {months: [1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61], then_every_months: 12, "
    "delay_months: 0.3, jitter_sd_months: 0.6}\n";

inline std::string oligo_hcc_study(const std::string& rest) {
  return std::string("disease: {model: oligo_hcc}\n") + published_visits + rest;
}

/// Patients of a model, all in one arm or alternating between all arms.
class Simulation {
 public:
  Simulation(const DiseaseModel& model, std::size_t patients, std::uint64_t key = 1, std::uint32_t replicate = 1,
             std::uint8_t arm = 0, std::uint8_t arms = 1)
      : model_(model),
        columns_(columns_of(model)),
        arena_(patients * 1024 + (1 << 20)),
        cohort_(columns_, patients, {}, arena_) {
    const Streams streams(key, replicate);
    arm_ = arena_.take<std::uint8_t>(patients);
    for (std::size_t i = 0; i < patients; ++i) arm_[i] = static_cast<std::uint8_t>((arm + i % arms));
    model.sample_baseline(streams, cohort_, arena_);
    course_ = {spans(model.endpoints().size()), spans(model.outcomes().size()), spans(model.outcomes().size())};
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

 private:
  static Columns columns_of(const DiseaseModel& model) {
    Columns columns;
    for (const ColumnInfo& column : model.baseline()) columns.add(column);
    return columns;
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

inline constexpr double never = std::numeric_limits<double>::infinity();

/// The share of patients i for which `is(i)`, among those for which `of(i)`.
struct Share {
  double value = 0;
  double patients = 0;
  double mcse() const { return std::sqrt(value * (1 - value) / patients); }
};

template <class Is, class Of>
Share share(std::size_t patients, const Is& is, const Of& of) {
  double hits = 0, all = 0;
  for (std::size_t i = 0; i < patients; ++i)
    if (of(i)) all += 1, hits += is(i) ? 1 : 0;
  return {hits / all, all};
}

template <class Is>
Share share(std::size_t patients, const Is& is) {
  return share(patients, is, [](std::size_t) { return true; });
}

}  // namespace oligosim
