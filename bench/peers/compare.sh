# Shell functions of the comparisons: rounds of this project's benchmark and of the peer in turn, CPU time, medians.

# ours PROGRAM FILTER: NAME,CPU SECONDS of one iteration
ours() {
  "$1" --benchmark_filter="$2" --benchmark_min_time=0.2 2>/dev/null |
    awk 'BEGIN { unit["ns"] = 1e9; unit["us"] = 1e6; unit["ms"] = 1e3 }
         $5 in unit { printf "%s,%.12f\n", $1, $4 / unit[$5] }'
}

# compare ROUNDS PEER PROGRAM FILTER COMMAND...: COMMAND prints NAME,CPU SECONDS of the peer
compare() {
  local rounds=$1 peer=$2 program=$3 filter=$4 results name
  shift 4
  results=$(mktemp)
  for ((round = 1; round <= rounds; ++round)); do
    ours "$program" "$filter" | sed 's/^/ours,/' >>"$results"
    "$@" | sed 's/^/peer,/' >>"$results"
  done
  median() {
    grep "^$1,$2," "$results" | cut -d , -f 3 | sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'
  }
  printf '%-26s %14s %14s %8s\n' "CPU time, medians of $rounds" "ours, us" "$peer, us" ratio
  for name in $(grep '^ours,' "$results" | cut -d , -f 2 | awk '!seen[$0]++'); do
    awk -v name="$name" -v ours="$(median ours "$name")" -v peer="$(median peer "$name")" \
      'BEGIN { printf "%-26s %14.3f %14.1f %8.1f\n", name, 1e6 * ours, 1e6 * peer, peer / ours }'
  done
  rm -f "$results"
}
