#include "engine/montecarlo/cores.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <sstream>

#include "tests/montecarlo/support.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;

std::optional<double> quota(const std::string& membership, const fs::path& mount) {
  std::istringstream text(membership);
  return cgroup_quota(text, mount);
}

void put(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  write_whole(file, text);
}

TEST(CoresProperty, Version2TakesTheSmallestQuotaUpToTheRoot) {
  const TemporaryFolder folder;
  const fs::path mount = folder / "cgroup";
  put(mount / "a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(quota("0::/a/b\n", mount), std::nullopt);
  put(mount / "a/cpu.max", "250000 100000\n");
  EXPECT_EQ(quota("0::/a/b\n", mount), 2.5);
  put(mount / "a/b/cpu.max", "50000 100000\n");
  EXPECT_EQ(quota("0::/a/b\n", mount), 0.5);
  EXPECT_EQ(quota("0::/a\n", mount), 2.5);
}

TEST(CoresProperty, InAContainerThePathOfTheHostNeedNotExist) {
  const TemporaryFolder folder;
  const fs::path mount = folder / "cgroup";
  put(mount / "cpu.max", "150000 100000\n");
  EXPECT_EQ(quota("0::/system.slice/docker-1.scope\n", mount), 1.5);
  EXPECT_EQ(quota("0::/\n", mount), 1.5);
}

TEST(CoresProperty, Version1ReadsQuotaAndPeriodOfTheCpuController) {
  const TemporaryFolder folder;
  const fs::path mount = folder / "cgroup";
  put(mount / "cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  put(mount / "cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  const std::string membership = "12:memory:/job\n4:cpu,cpuacct:/job\n3:cpuset:/\n0::/\n";
  EXPECT_EQ(quota(membership, mount), std::nullopt);
  put(mount / "cpu,cpuacct/job/cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(quota(membership, mount), 3);
}

TEST(CoresProperty, NonsenseSetsNoLimit) {
  const TemporaryFolder folder;
  const fs::path mount = folder / "cgroup";
  put(mount / "cpu.max", "0 0\n");
  EXPECT_EQ(quota("", mount), std::nullopt);
  EXPECT_EQ(quota("nonsense\n0:\n0::/\n", mount), std::nullopt);
  EXPECT_EQ(quota("0::/../../..\n", mount), std::nullopt);
}

TEST(CoresProperty, AffinityIsHonoured) {
  EXPECT_GE(usable_cores(), 1u);
  cpu_set_t before, one;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_LE(usable_cores(), static_cast<unsigned>(CPU_COUNT(&before)));
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(usable_cores(), 1u);
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace oligosim
