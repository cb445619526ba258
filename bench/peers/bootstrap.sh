#!/usr/bin/env bash
# The bootstrap of this project against R boot: interleaved rounds, CPU time, medians.
#   bench/peers/bootstrap.sh [ROUNDS] [PROGRAM], the program built by: cmake --build --preset bench --target bench_resampling
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${1:-5}
program=${2:-build/bench/bench_resampling}

ours() {  # NAME,CPU SECONDS
  "$program" --benchmark_filter='bootstrap_' --benchmark_min_time=0.2 --benchmark_format=csv 2>/dev/null |
    awk -F, '/^"bootstrap_/ { gsub(/"/, ""); print $1 "," $4 / 1e6 }'
}

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for ((round = 1; round <= rounds; ++round)); do
  ours | sed 's/^/ours,/' >>"$results"
  Rscript bench/peers/bootstrap.R | sed 's/^/peer,/' >>"$results"
done

median() { grep "^$1,$2," "$results" | cut -d , -f 3 | sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }
printf '%-24s %12s %12s %8s\n' "1000 resamples" "ours, ms" "R boot, ms" ratio
for name in bootstrap_cox/37 bootstrap_cox/200 bootstrap_median/37 bootstrap_median/200; do
  awk -v name="$name" -v ours="$(median ours "$name")" -v peer="$(median peer "$name")" \
    'BEGIN { printf "%-24s %12.3f %12.1f %8.0f\n", name, 1e3 * ours, 1e3 * peer, peer / ours }'
done
