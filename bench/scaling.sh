#!/usr/bin/env bash
# How much faster more threads are, and how much faster they could be on this machine: as many programs of one thread
# each, beside each other, share nothing of ours. The work grows with the threads, so that start and page weigh the same.
#   bench/scaling.sh [OLIGOSIM] [REPLICATES] [ROUNDS] [STUDY], 1000000 replicates a thread, 5 rounds and
#   bench/studies/one_look.yaml unless said
set -euo pipefail
program=$(realpath "${1:-build/bench/oligosim}")
each=${2:-1000000}
rounds=${3:-5}
study=$(realpath "${4:-$(dirname "${BASH_SOURCE[0]}")/studies/one_look.yaml}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

run() {  # THREADS REPLICATES FOLDER: seconds and CPU seconds go to FOLDER.used
  rm -rf "$3"
  /usr/bin/time -f '%e %U %S' -o "$3.used" "$program" run "$study" --threads "$1" --replicates "$2" --out "$3" >/dev/null 2>&1
}
threads() {  # N
  run "$1" $(($1 * each)) together
  awk '{ print $1, $2 + $3 }' together.used
}
apart() {  # N
  local k from
  rm -f apart-*.used
  from=$(date +%s.%N)
  for ((k = 1; k <= $1; ++k)); do run 1 "$each" "apart-$k" & done
  wait
  cat apart-*.used | awk -v from="$from" -v to="$(date +%s.%N)" '{ cpu += $2 + $3 } END { print to - from, cpu }'
}

for ((round = 1; round <= rounds; ++round)); do
  for ((n = 1; n <= $(nproc); n *= 2)); do
    for way in threads apart; do echo "$way $n $($way "$n")" >>measured; done
  done
done
sort -k1,1 -k2,2n -k3,3g measured | awk -v each="$each" '
  { key = $1 " " $2; seconds[key, ++count[key]] = $3; cpu[key, count[key]] = $4; if ($2 > most) most = $2 }
  function middle(key) { return int((count[key] + 1) / 2) }
  function figures(way, n,    key, one) {
    key = way " " n; one = "threads 1"
    return sprintf("%8.2f s %8.2f us a replicate %6.2f times", seconds[key, middle(key)],
                   1e6 * cpu[key, middle(key)] / (n * each), n * seconds[one, middle(one)] / seconds[key, middle(key)])
  }
  END { for (n = 1; n <= most; n *= 2) printf "%2d: threads %s | programs apart %s\n", n, figures("threads", n), figures("apart", n) }'
