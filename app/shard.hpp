#pragma once

#include <optional>
#include <string>

#include "engine/montecarlo/runner.hpp"

namespace oligosim {

/// The part of a run that this process has, and who said so.
struct ShardChoice {
  Shard shard;
  std::string source;  // "--shard", or the environment variable of a launcher; empty: the whole run
};

/// `option`: "K/N" of the command line, K from 1. Without it the rank that a launcher tells its processes, where there
/// are several:
///   SLURM_ARRAY_TASK_ID (counted from SLURM_ARRAY_TASK_MIN, of SLURM_ARRAY_TASK_COUNT), SLURM_PROCID
///   (SLURM_STEP_NUM_TASKS), OMPI_COMM_WORLD_RANK (OMPI_COMM_WORLD_SIZE), PMI_RANK (PMI_SIZE), JOB_COMPLETION_INDEX
///   (OLIGOSIM_SHARDS, since Kubernetes does not tell how many).
/// Throws InputError where the text or a launcher's numbers make no sense.
ShardChoice choose_shard(const std::optional<std::string>& option);

/// "shard-2-of-5": the folder of a part within that of the whole.
std::string shard_folder(const Shard& shard);

}  // namespace oligosim
