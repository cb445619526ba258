#!/usr/bin/env bash
# The same bytes for any number of threads, shards in any order with some given twice, locale and time zone:
# bytes.sh PROGRAM STUDY. Exit codes: 0; 1 some differ.
set -uo pipefail
program=$(readlink -f "$1")
study=$(readlink -f "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
broken=0
same="study.yaml summary.csv summary.json truth.csv read_results.R"

expect_same() {  # FOLDER, further files
  local name
  for name in $same ${2:-}; do
    cmp -s "whole/$name" "$1/$name" || { echo "BROKEN: $1/$name differs"; broken=1; }
  done
}
surroundings=(env)
run() { "${surroundings[@]}" "$program" run "$study" "$@" >/dev/null 2>stderr || { echo "BROKEN: run $*: $(cat stderr)"; broken=1; }; }

run --threads 1 --keep-estimates --out whole
for threads in 2 3 7 16 64; do
  run --threads $threads --keep-estimates --out "threads-$threads"
  expect_same "threads-$threads" "report.html estimates.csv"
done
for shards in 1 2 7 100; do
  folders=()
  for ((k = 1; k <= shards; ++k)); do
    run --shard $k/$shards --out "shard-$shards/$k"
    folders+=("shard-$shards/$k")
  done
  mapfile -t folders < <(printf '%s\n' "${folders[@]}" "${folders[0]}" "${folders[-1]}" | shuf --random-source=<(yes))
  "$program" merge "${folders[@]}" --out "merged-$shards" >/dev/null 2>stderr || { echo "BROKEN: merge: $(cat stderr)"; broken=1; }
  expect_same "merged-$shards"
done
# A locale made here where the system can: a program that asked for it would write commas in its numbers.
localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>/dev/null || echo "note: there is no locale de_DE here"
surroundings=(env LOCPATH="$work" LC_ALL=de_DE.UTF-8)
run --out german
expect_same german report.html
surroundings=(env TZ=Pacific/Chatham)
run --out chatham
expect_same chatham report.html
[[ $broken == 0 ]] && echo "the same bytes"
exit $broken
