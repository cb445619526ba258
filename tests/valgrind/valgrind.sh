#!/usr/bin/env bash
# No read of memory that was never written, no access outside what was asked for, nothing lost: the program, as it is
# built, under valgrind: valgrind.sh PROGRAM SOURCE [TESTS...]
# Runs each study of configs/studies/examples, analyses patients with each plan, and the TESTS, programs of tests, but for
# their Oracle and Statistical tests. Exit codes: 0; 1 valgrind found something; 77 skipped, without valgrind.
set -uo pipefail
program=$(readlink -f "$1")
source=$(readlink -f "$2")
shift 2
command -v valgrind >/dev/null || { echo "skipped: there is no valgrind"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

status=0
check() {  # NAME COMMAND...: exit code 99 where valgrind found something
  local name=$1 code=0
  shift
  valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --log-file="$work/log" "$@" >"$work/output" 2>&1 || code=$?
  echo "$name: exit code $code"
  [[ $code == 0 ]] && return
  status=1
  cat "$work/log"
  tail -n 5 "$work/output"
}

for study in "$source"/configs/studies/examples/*.yaml "$source"/configs/selftest/{two_arms,simon}.yaml; do
  name=$(basename "$study" .yaml)
  check "$name" "$program" run "$study" --replicates 6 --threads 2 --out "$work/$name"
done
check aml "$program" analyze "$source/configs/selftest/aml.yaml" --data "$source/configs/selftest/aml.csv" --out "$work/aml"
check song2025 "$program" analyze "$source/configs/plans/song2025.yaml" --data "$source/tests/reference/data/song2025_like.csv" \
  --out "$work/song2025"
check stress "$program" stress "$source/configs/findings/song2025.yaml" --out "$work/stress"
for tests in "$@"; do
  check "$(basename "$tests")" "$tests" --gtest_brief=1 --gtest_filter='-*Oracle*:*Statistical*:*Property*:*Reference*:*Fuzz*'
done
exit $status
