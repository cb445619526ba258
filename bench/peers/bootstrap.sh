#!/usr/bin/env bash
# 1000 bootstrap resamples by this project and by R boot: interleaved rounds, CPU time, medians.
#   bench/peers/bootstrap.sh [ROUNDS] [PROGRAM], the program built by: cmake --build --preset bench --target bench_resampling
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. bench/peers/compare.sh
compare "${1:-5}" "R boot" "${2:-build/bench/bench_resampling}" '^bootstrap_' Rscript bench/peers/bootstrap.R
