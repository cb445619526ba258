#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/statistics/kaplan_meier.hpp"
#include "engine/statistics/proportion.hpp"
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
  Arena arena(std::size_t{1} << 20);
  const auto replicate = [&] {
    arena.reset();
    const SurvivalTable table = sort_survival(s.times, s.events, arena);
    const KaplanMeierCurve curve = kaplan_meier(reversed(filter(table, s.groups, arena), arena), {}, arena);
    double sum = survival_quantile(curve, .25, SurvivalInterval::log, .95).estimate;
    sum += survival_at(curve, 200, SurvivalInterval::log_log, .95).estimate;
    sum += log_rank_test(s.table, s.grouping, {}, {1, 0}, arena).statistic;
    sum += cox(s.table, one, {}, {}, arena).coefficient[0] + cox(s.table, many, s.weight, {}, arena).coefficient[3];
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

}  // namespace
}  // namespace oligosim
