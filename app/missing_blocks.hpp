#pragma once

#include <cstddef>
#include <string>

#include "engine/montecarlo/block_log.hpp"
#include "models/study/study.hpp"

namespace oligosim {

/// Which blocks of the study no folder has, for a sentence; empty if none is missing. Blocks count from 1. Where they
/// are whole shards beside as many others as there are folders, it says which shards.
std::string missing_blocks(const BlockLog& log, const Study& study, std::size_t folders);

}  // namespace oligosim
