#!/usr/bin/env bash
# The statistical section of the paper on cohorts of 37 by this project and by R's low-level functions: interleaved
# rounds, CPU time, medians. paper_replicate simulates its patients too, which R has ready.
#   bench/peers/paper.sh [ROUNDS] [PROGRAM] [OLIGOSIM], built by: cmake --build --preset bench --target bench_trial oligosim
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. bench/peers/compare.sh
cohorts=$(mktemp -d)
trap 'rm -rf "$cohorts"' EXIT
"${3:-build/bench/oligosim}" simulate configs/studies/paper_replication.yaml --replicates 50 --out "$cohorts" >/dev/null
peer() {
  Rscript bench/peers/paper.R "$cohorts/calibrated" | sed 'p; s/paper_analysis/paper_replicate/'
}
compare "${1:-5}" R "${2:-build/bench/bench_trial}" '^paper' peer
