#include "engine/montecarlo/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace oligosim {

namespace {

namespace fs = std::filesystem;

std::optional<double> ratio(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return std::nullopt;  // version 1 writes -1 for "no limit"
  return quota / period;
}

std::optional<double> quota_of_version_2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  double quota = 0, period = 0;
  if (!(file >> quota >> period)) return std::nullopt;  // absent, or "max 100000"
  return ratio(quota, period);
}

std::optional<double> quota_of_version_1(const fs::path& group) {
  std::ifstream quota_file(group / "cpu.cfs_quota_us"), period_file(group / "cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (!(quota_file >> quota) || !(period_file >> period)) return std::nullopt;
  return ratio(quota, period);
}

/// The smallest over `group` (a path below the root of `mount`) and its parents. In a container the path may be that
/// of the host and not exist; its root does.
template <class Quota>
void limit(std::optional<double>& smallest, const fs::path& mount, fs::path group, Quota quota_of) {
  for (group = group.relative_path();; group = group.parent_path()) {
    if (const auto quota = quota_of(mount / group)) smallest = std::min(smallest.value_or(*quota), *quota);
    if (group.empty()) return;
  }
}

bool names_cpu(const std::string& controllers) {
  std::istringstream names(controllers);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "cpu") return true;
  }
  return false;
}

/// Processors in the affinity mask. The kernel refuses a mask shorter than its own.
unsigned affinity() {
  for (std::size_t processors = 1024; processors <= std::size_t{1} << 20; processors *= 2) {
    std::vector<cpu_set_t> mask(processors / CPU_SETSIZE);
    const std::size_t size = mask.size() * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, size, mask.data()) == 0) return static_cast<unsigned>(CPU_COUNT_S(size, mask.data()));
    if (errno != EINVAL) break;
  }
  return 1;
}

}  // namespace

std::optional<double> cgroup_quota(std::istream& membership, const fs::path& mount) {
  std::optional<double> smallest;
  for (std::string line; std::getline(membership, line);) {  // hierarchy:controllers:path
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) limit(smallest, mount, group, quota_of_version_2);
    if (!names_cpu(controllers)) continue;
    limit(smallest, mount / "cpu", group, quota_of_version_1);
    limit(smallest, mount / controllers, group, quota_of_version_1);
  }
  return smallest;
}

unsigned usable_cores() {
  unsigned cores = std::max(1u, affinity());
  std::ifstream membership("/proc/self/cgroup");
  if (const auto quota = cgroup_quota(membership, "/sys/fs/cgroup")) {
    cores = static_cast<unsigned>(std::clamp(std::ceil(*quota), 1.0, static_cast<double>(cores)));
  }
  return cores;
}

}  // namespace oligosim
