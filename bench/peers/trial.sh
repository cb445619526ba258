#!/usr/bin/env bash
# A simulated two-arm trial by this project and by rpact: interleaved rounds, CPU time, medians.
#   bench/peers/trial.sh [ROUNDS] [PROGRAM], the program built by: cmake --build --preset bench --target bench_trial
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. bench/peers/compare.sh
compare "${1:-5}" rpact "${2:-build/bench/bench_trial}" '^plain_trial' Rscript bench/peers/trial.R
