#!/usr/bin/env bash
# How much faster more threads are, and how much faster they could be on this machine: as many programs of one thread
# each, beside each other, share nothing of ours.
#   bench/scaling.sh [OLIGOSIM] [REPLICATES] [ROUNDS], 1600000 replicates a thread and 3 rounds unless said
set -euo pipefail
program=$(realpath "${1:-build/bench/oligosim}")
each=${2:-1600000}
rounds=${3:-3}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$here/studies/one_look.yaml" study.yaml

# run THREADS REPLICATES FOLDER: what `time` says goes to FOLDER.used, seconds and CPU seconds.
run() {
  rm -rf "$3"
  /usr/bin/time -f '%e %U %S' -o "$3.used" "$program" run study.yaml --threads "$1" --replicates "$2" --out "$3" >/dev/null 2>&1
}
together() {  # N programs of one thread each, N times the work: seconds and CPU seconds of all
  local k from
  from=$(date +%s.%N)
  for ((k = 1; k <= $1; ++k)); do run 1 "$each" "apart-$k" & done
  wait
  cat apart-*.used | awk -v from="$from" -v to="$(date +%s.%N)" '{ cpu += $2 + $3 } END { print to - from, cpu }'
  rm -rf apart-*
}
median() { sort -g | awk '{ x[NR] = $0 } END { print x[int((NR + 1) / 2)] }'; }  # of the first column

# The work grows with the threads, so that start and page weigh as little everywhere.
echo "threads  seconds  us of a processor a replicate  times as fast | programs apart: us  times as fast"
for ((n = 1; n <= $(nproc); n *= 2)); do
  threads=$(for ((r = 0; r < rounds; ++r)); do
    run "$n" $((n * each)) threads
    awk '{ print $1, $2 + $3 }' threads.used
  done | median)
  apart=$(for ((r = 0; r < rounds; ++r)); do together "$n"; done | median)
  ((n > 1)) || one="$threads"
  awk -v n="$n" -v each="$each" -v one="$one" -v threads="$threads" -v apart="$apart" 'BEGIN {
    split(one, o); split(threads, t); split(apart, a)
    printf "%7d  %7.2f  %29.2f  %13.2f | %18.2f  %13.2f\n", n, t[1], 1e6 * t[2] / (n * each), n * o[1] / t[1], 1e6 * a[2] / (n * each), n * o[1] / a[1]
  }'
done
