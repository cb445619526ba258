#!/usr/bin/env bash
# The same bytes without the kernels for processors of level v4, of studies that take nearly all: levels.sh PROGRAM
# SOURCE. Exit code 77 (skipped) on a processor that has none.
set -euo pipefail
program=$(readlink -f "$1")
source=$(readlink -f "$2")
unset OLIGOSIM_LEVEL
grep -q avx512dq /proc/cpuinfo || { echo "skipped: this processor is of level v3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if OLIGOSIM_LEVEL=v5 "$program" --help >"$work/out" 2>"$work/err"; then
  echo "BROKEN: a level that is not there was taken"
  exit 1
fi
grep -q "OLIGOSIM_LEVEL: 'v5' cannot be asked for" "$work/err"

# Resamples of a Cox model of two groups.
sed 's/terms: \[arm\]}/terms: [arm], bootstrap: {resamples: 50}}/' "$source/tests/bytes/study.yaml" >"$work/resamples.yaml"
grep -q resamples: "$work/resamples.yaml"

run() {  # LEVEL STUDY
  "$program" run "$2" --replicates 100 --keep-estimates --out "$work/$1/$(basename "$2")" >"$work/out" 2>&1 ||
    { cat "$work/out"; exit 1; }
}
for study in "$source"/{configs/studies/paper_replication,bench/studies/plain,bench/studies/one_look}.yaml "$work/resamples.yaml"; do
  run v4 "$study"
  OLIGOSIM_LEVEL=v3 run v3 "$study"
  name=$(basename "$study")
  for file in summary.csv truth.csv estimates.csv; do
    cmp "$work/v4/$name/$file" "$work/v3/$name/$file" || { echo "BROKEN: $name"; exit 1; }
  done
done
