#pragma once

#include <filesystem>
#include <istream>
#include <optional>

namespace oligosim {

/// The smallest processor quota, in cores, over this process's control groups and all that contain them; nothing
/// where none is set. `membership` is the text of /proc/self/cgroup, `mount` the folder /sys/fs/cgroup.
/// Version 2: cpu.max; version 1: cpu.cfs_quota_us and cpu.cfs_period_us.
std::optional<double> cgroup_quota(std::istream& membership, const std::filesystem::path& mount);

/// Cores this process may use: affinity and cgroup (v1, v2) quota honoured, a part of a core counted as one; at
/// least 1.
unsigned usable_cores();

}  // namespace oligosim
