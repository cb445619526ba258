#include "app/shard.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>

#include "engine/io/yaml.hpp"

namespace oligosim {
namespace {

std::optional<std::uint32_t> whole_number(const char* text) {
  std::uint32_t value = 0;
  const std::string_view all = text ? text : "";
  const auto [end, error] = std::from_chars(all.data(), all.data() + all.size(), value);
  if (all.empty() || error != std::errc{} || end != all.data() + all.size()) return {};
  return value;
}

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) {
    const auto part = whole_number(text.substr(0, slash).c_str()), parts = whole_number(text.c_str() + slash + 1);
    if (part && parts && *part >= 1 && *part <= *parts) return {*part, *parts};
  }
  throw InputError("--shard: '" + text + "' is not K/N with K from 1 to N");
}

struct Launcher {
  const char* rank;
  const char* size;
  const char* first;  // where ranks do not count from 0
};

constexpr Launcher launchers[] = {{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"},
                                  {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", nullptr},
                                  {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", nullptr},
                                  {"PMI_RANK", "PMI_SIZE", nullptr},
                                  {"JOB_COMPLETION_INDEX", "OLIGOSIM_SHARDS", nullptr}};

/// Ranks of an array may be some way apart: 1, 3, 5.
std::uint32_t step_between(const Launcher& launcher) {
  const auto step = launcher.first ? whole_number(std::getenv("SLURM_ARRAY_TASK_STEP")) : std::nullopt;
  return step.value_or(1) == 0 ? 1 : step.value_or(1);
}

}  // namespace

ShardChoice choose_shard(const std::optional<std::string>& option) {
  if (option) return {parse_shard(*option), "--shard"};
  for (const Launcher& launcher : launchers) {
    const char* rank_text = std::getenv(launcher.rank);
    const char* size_text = std::getenv(launcher.size);
    if (!rank_text || !size_text) continue;
    const auto rank = whole_number(rank_text), size = whole_number(size_text);
    const auto first = launcher.first ? whole_number(std::getenv(launcher.first)) : 0;
    if (!rank || !size || *size == 0 || !first || *rank < *first || (*rank - *first) / step_between(launcher) >= *size)
      throw InputError(std::string(launcher.rank) + "=" + rank_text + " with " + launcher.size + "=" + size_text +
                       " is no part of a run (--shard K/N says it instead)");
    if (*size == 1) continue;
    return {{(*rank - *first) / step_between(launcher) + 1, *size}, launcher.rank};
  }
  return {};
}

std::string shard_folder(const Shard& shard) {
  return "shard-" + std::to_string(shard.part) + "-of-" + std::to_string(shard.parts);
}

}  // namespace oligosim
