#!/usr/bin/env bash
# What libfuzzer.sh prepared, run: run_libfuzzer.sh FOLDER SECONDS PROCESSES_EACH
# FOLDER has study, plan, patients, monitoring and block_log, each with fuzz (the program), words (the dictionary) and corpus; what
# is found goes to `found`, what is said to `log`. Exit codes: 0 nothing found; 1 something, or nothing was done.
set -uo pipefail
folder=$(readlink -f "$1")
seconds=$2
processes=$3
export ASAN_OPTIONS=detect_leaks=1

for target in study plan patients monitoring block_log; do
  cd "$folder/$target" || exit 1
  rm -rf found log
  mkdir found log
  for ((k = 1; k <= processes; ++k)); do
    ./fuzz corpus -dict=words -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 -reload=30 -seed="$((RANDOM * 32768 + RANDOM + 1))" \
      -artifact_prefix=found/ -print_final_stats=1 >"log/$k" 2>&1 || echo "ended with $?" >>"log/$k" &
  done
done
wait

status=0
for target in study plan patients block_log; do
  cd "$folder/$target" || exit 1
  executions=$(cat log/* | awk '/^stat::number_of_executed_units/ {n += $2} END {print n + 0}')
  edges=$(cat log/* | grep -oE ' cov: [0-9]+' | awk '$2 > n {n = $2} END {print n + 0}')
  found=$(find found -type f | wc -l)
  ended=$(grep -l '^ended with' log/* | wc -l)
  echo "$target: $executions executions, $edges edges, $(find corpus -type f | wc -l) texts kept, $found found, $ended of $processes ended early"
  [[ $executions -gt 0 && $found == 0 && $ended == 0 ]] || status=1
done
exit $status
