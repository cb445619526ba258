#!/usr/bin/env bash
# What the whole program costs: a small study start to end, two threads against one, memory by the number of replicates.
#   bench/whole_program.sh [OLIGOSIM] [REPLICATES], 10000000 replicates unless said, for the last
set -euo pipefail
program=$(realpath "${1:-build/bench/oligosim}")
many=${2:-10000000}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cp "$here/studies/one_look.yaml" plain.yaml
sed 's/patients: 200/patients: 8/' plain.yaml >tiny.yaml

# run THREADS STUDY REPLICATES: seconds, CPU seconds, kB
run() {
  rm -rf out
  /usr/bin/time -f '%e %U %S %M' -o used "$program" run "$2" --threads "$1" --replicates "$3" --out out >/dev/null 2>&1
  awk '{ print $1, $2 + $3, $4 }' used
}
median() { sort -g | awk '{ x[NR] = $0 } END { print x[int((NR + 1) / 2)] }'; }  # of the first column

small=$(for i in 1 2 3 4 5; do run 1 plain.yaml 1000; done | median)
one=$(for i in 1 2 3 4 5; do run 1 plain.yaml 1000000; done | median)
two=$(for i in 1 2 3 4 5; do run 2 plain.yaml 1000000; done | median)
awk -v small="$small" -v one="$one" -v two="$two" 'BEGIN {
  split(small, s); split(one, a); split(two, b)
  printf "a study of 1000 replicates, start to end: %.2f s, of the processor %.2f s\n", s[1], s[2]
  printf "1000000 replicates: one thread %.2f s (%.2f), two %.2f s (%.2f), ratio %.2f\n", a[1], a[2], b[1], b[2], a[1] / b[1]
}'
few_kb=$(run 2 tiny.yaml 10000 | cut -d ' ' -f 3)
many_kb=$(run 2 tiny.yaml "$many" | cut -d ' ' -f 3)
awk -v few="$few_kb" -v many="$many_kb" -v n="$many" \
  'BEGIN { printf "peak memory: 10000 replicates %d kB, %d replicates %d kB, %+.1f %%\n", few, n, many, 100 * (many / few - 1) }'
