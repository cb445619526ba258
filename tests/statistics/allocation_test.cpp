#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/statistics/categorical/cluster_proportion.hpp"
#include "engine/statistics/categorical/fisher_exact.hpp"
#include "engine/statistics/categorical/mcnemar.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/cox/cox_interval.hpp"
#include "engine/statistics/cox/proportional_hazards.hpp"
#include "engine/statistics/cox/robust_variance.hpp"
#include "engine/statistics/describe.hpp"
#include "engine/statistics/mann_whitney.hpp"
#include "engine/statistics/survival/concordance.hpp"
#include "engine/statistics/survival/cumulative_incidence.hpp"
#include "engine/statistics/survival/fine_gray.hpp"
#include "engine/statistics/survival/gray.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/max_combo.hpp"
#include "engine/statistics/survival/milestone.hpp"
#include "engine/statistics/survival/one_sample_log_rank.hpp"
#include "engine/statistics/survival/rmst.hpp"
#include "engine/statistics/survival/robust_survival.hpp"
#include "engine/statistics/t_test.hpp"
#include "tests/statistics/clustered.hpp"
#include "tests/statistics/patients.hpp"

// Every allocation of this program is counted. The kernels take their scratch from the arena and none from the heap.

namespace {
std::atomic<long> allocations{0};

void* allocate(std::size_t bytes) {
  ++allocations;
  if (void* place = std::malloc(bytes ? bytes : 1)) return place;
  throw std::bad_alloc();
}
void* allocate(std::size_t bytes, std::align_val_t alignment) {
  ++allocations;
  const auto a = static_cast<std::size_t>(alignment);
  if (void* place = std::aligned_alloc(a, (bytes + a - 1) / a * a)) return place;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes); }
void* operator new[](std::size_t bytes) { return allocate(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return allocate(bytes, alignment); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return allocate(bytes, alignment); }
void operator delete(void* place) noexcept { std::free(place); }
void operator delete[](void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }
void operator delete[](void* place, std::size_t) noexcept { std::free(place); }
void operator delete(void* place, std::align_val_t) noexcept { std::free(place); }
void operator delete[](void* place, std::align_val_t) noexcept { std::free(place); }
void operator delete(void* place, std::size_t, std::align_val_t) noexcept { std::free(place); }
void operator delete[](void* place, std::size_t, std::align_val_t) noexcept { std::free(place); }

namespace oligosim {
namespace {

TEST(Allocation, PropertyTheKernelsTakeNoHeapMemory) {
  const test::Patients patients = test::read_patients("lung");
  test::Sorted s(patients, 2, true);
  s.terms(patients, {0});
  std::vector<double> several;
  for (const std::size_t column : {0u, 1u, 2u, 3u}) {
    for (const std::uint32_t row : s.table.row) several.push_back(patients[row].x[column]);
  }
  const CoxCovariates many{several, 4, s.grouping.stratum, s.grouping.strata};
  const CoxCovariates one{s.covariates, 1, {}, 1};
  const FlemingHarrington families[] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const std::vector<double> hazard(s.table.size(), 0.5);
  const std::vector<Lanes> together(s.table.size(), broadcast<Lanes>(2.0));
  Arena arena(std::size_t{1} << 20);
  const auto replicate = [&] {
    arena.reset();
    const SurvivalTable table = sort_survival(s.times, s.events, arena);
    const KaplanMeierCurve<> curve = kaplan_meier(reversed(filter(table, s.groups, arena), arena), {}, arena);
    double sum = survival_quantile(curve, .25, SurvivalInterval::log, .95).estimate;
    sum += survival_at(curve, 200, SurvivalInterval::log_log, .95).estimate;
    const RestrictedMean<> mean = restricted_mean(curve, 300);
    sum += rmst_ratio(mean, mean, .95).upper + survival_difference(curve, curve, 200, MilestoneTest::plain, .95).upper;
    sum += quantile_values(kaplan_meier<Lanes>(s.table, together, arena), .5)[0];
    sum += log_rank_test(s.table, s.grouping, {}, {1, 0}, arena).statistic;
    sum += log_rank_test(s.table, s.grouping, s.weight, {}, arena).statistic;
    sum += max_combo_test(s.table, s.grouping, {}, families, arena).p_value;
    sum += standardized_mortality_ratio(observed_expected(s.table, hazard, {}), .95).upper;
    const auto incidence = cumulative_incidence<double>(s.table, s.table.event, 1, {}, arena);
    sum += incidence_at(incidence, 1, 200, IncidenceInterval::log_log, .95).estimate;
    sum += gray_test(s.table, {s.table.event, 1, 1}, s.grouping, {}, arena).statistic;
    sum += cox(s.table, one, {}, {}, arena).coefficient[0] + cox(s.table, many, s.weight, {}, arena).coefficient[3];
    sum += fine_gray<double>(s.table, {s.table.event, 1, several, 4}, {}, arena).coefficient[1];
    sum += proportion(17, 36, ProportionInterval::clopper_pearson, .95).lower;
    return sum + proportion(17, 36, ProportionInterval::mid_p, .95).lower;
  };
  const double first = replicate();
  const long before = allocations;
  const double second = replicate();
  const long after = allocations;
  EXPECT_GT(before, 0);  // the counter counts
  EXPECT_EQ(after - before, 0);
  EXPECT_FALSE(std::isnan(first));
  EXPECT_EQ(first, second);
}

TEST(Allocation, PropertyTheDiagnosticsOfACoxModelTakeNoHeapMemory) {
  const test::Patients patients = test::read_patients("lung");
  test::Sorted s(patients, 2, true);
  const CoxCovariates x = s.terms(patients, {0, 1});
  const test::ThreeToACluster three(s.table);
  const std::vector<double> lesions(patients.size(), 2), responses(s.events.begin(), s.events.end());
  Arena arena(std::size_t{1} << 20);
  const auto replicate = [&] {
    arena.reset();
    const CoxFit fit = cox(s.table, x, {}, {}, arena);
    const Marker marker{x.values.subspan(s.table.size()), MarkerDirection::higher_fails_earlier, x.stratum, x.strata};
    double sum = concordance(s.table, marker, s.weight, three.clusters, arena).standard_error;
    sum += proportional_hazards_test(s.table, x, fit.coefficient, {}, Ties::efron, TimeTransform::km, {}, arena)
               .global.statistic;
    sum +=
        robust_variance(s.table, x, fit.coefficient, fit.variance, {}, three.clusters, Ties::efron, arena).score_test;
    const KaplanMeierCurve<> curve = robust_kaplan_meier(s.table, {}, three.clusters, arena);
    sum += survival_at(curve, 200, SurvivalInterval::log, .95).lower;
    sum += robust_cumulative_incidence(s.table, s.table.event, 1, {}, three.clusters, 200, SurvivalInterval::log, .95,
                                       arena)
               .standard_error;
    return sum + cluster_proportion(responses, lesions, {}, {}).lower;
  };
  const double first = replicate();
  const long before = allocations;
  const double second = replicate();
  EXPECT_EQ(allocations - before, 0);
  EXPECT_FALSE(std::isnan(first));
  EXPECT_EQ(first, second);
}

TEST(Allocation, PropertyCoxRegressionTakesNoHeapMemory) {
  const test::Patients patients = test::read_patients("lung");
  test::Sorted s(patients, 2, true);
  CoxCovariates covariates = s.terms(patients, {0, 1});
  const std::vector<double> start(covariates.values.size() / 2, 4.0);
  covariates.start = start;
  const std::vector<Lanes> weight(start.size(), broadcast<Lanes>(2.0));
  CoxOptions firth;
  firth.penalty = Penalty::firth;
  CoxInterval intervals[2];
  Arena arena(std::size_t{1} << 22);
  const auto replicate = [&] {
    arena.reset();
    const CoxFit fit = cox(s.table, covariates, {}, firth, arena);
    cox_profile_intervals(s.table, covariates, {}, firth, fit, 0.95, intervals, arena);
    return CoxResamples(s.table, covariates, {}, arena).fits({weight}, {}, arena)[7].coefficient[0] +
           intervals[1].upper;
  };
  const double first = replicate();
  const long before = allocations;
  const double second = replicate();
  EXPECT_EQ(allocations - before, 0);
  EXPECT_FALSE(std::isnan(first));
  EXPECT_EQ(first, second);
}

TEST(Allocation, PropertyTablesOfPatientsTakeNoHeapMemory) {
  const test::Patients patients = test::read_patients("lung");
  const test::Sorted s(patients);
  const std::vector<std::uint32_t> counts{3, 5, 4, 6, 2, 8, 1, 7, 4};
  Arena arena(std::size_t{1} << 20);
  const auto replicate = [&] {
    arena.reset();
    const Sample sample = sort_sample(s.times, {}, arena);
    const auto group = in_sample_order<std::uint8_t>(sample, s.groups, arena);
    const auto differences = pairwise_differences(sample, group, arena);
    double sum = mann_whitney<double>(sample, group, differences, {}, .95, arena)[0].lower;
    sum += t_test<double>(s.times, s.groups, {}, GroupVariance::welch, .95)[0].lower;
    sum += describe<double>(sample, {}).quartile_1 + paired_difference({1, 1, 7, 12}, .95).lower;
    sum += fisher_exact({10, 6, 2, 10}, .95).upper;
    return sum + fisher_exact(counts, 3, 3, arena).p_value;
  };
  replicate();  // the arena becomes one chunk that fits
  const double first = replicate();
  const long before = allocations;
  const double second = replicate();
  const long after = allocations;
  EXPECT_EQ(after - before, 0);
  EXPECT_FALSE(std::isnan(first));
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace oligosim
