#!/usr/bin/env bash
# A disk that fails and processes that are killed, at every place in turn: faults.sh PROGRAM short|long
# After each fault the folder holds whole files alone, and the same command without the fault gives the bytes of a run
# that nothing disturbed. Exit codes: 0; 1 a promise is broken; 77 skipped, without strace.
set -uo pipefail
program=$(readlink -f "$1")
size=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$program" "$work/oligosim"  # which a build may replace meanwhile
program=$work/oligosim
cd "$work"
if ! strace -o /dev/null -e trace=none true 2>/dev/null; then
  echo "skipped: strace is not there or may not trace"
  exit 77
fi

cat >study.yaml <<'YAML'
study: two arms
seed: 7
replicates: 300
replicates_per_block: 50
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 60, over_months: 6}}
design: {kind: fixed, primary: effect, looks: [{at_month: 24}]}
truth: {patients: 2000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: effect, method: log_rank, endpoint: os, by: arm}
    - {name: ratio, method: cox, endpoint: os, terms: [arm]}
scenarios: {"null": {arms.experimental.effects.os.hazard_ratio: 1}, target: {}}
YAML
# Takes about a second, so that there is something to kill.
sed -e 's/replicates: 300/replicates: 20000/' -e 's/patients: 60/patients: 300/' study.yaml >longer.yaml

same="study.yaml summary.csv summary.json truth.csv read_results.R report.html"
broken=0
fail() {
  echo "BROKEN: $*"
  broken=$((broken + 1))
}

run() { "$program" run "$1" --threads 1 --keep-estimates --out "$2"; }

# Files under their final names are those of one of the undisturbed runs, and none is left behind.
expect_whole() {
  local folder=$1 what=$2 name other
  shift 2
  for name in $same estimates.csv; do
    [[ -e $folder/$name ]] || continue
    for other; do cmp -s "$folder/$name" "$other/$name" && continue 2; done
    fail "$what: $name is none of the whole ones"
  done
  [[ ! -e $folder/manifest.json || $(tail -c 2 "$folder/manifest.json") == "}" ]] || fail "$what: half a manifest"
  compgen -G "$folder/.oligosim-*" >/dev/null && fail "$what: a temporary file is left"
}

expect_same() {
  local name
  for name in $same estimates.csv; do
    cmp -s "$1/$name" "$2/$name" || fail "$3: after going on, $name differs"
  done
}

# inject SYSCALL ERROR K BEFORE: the run with its K-th SYSCALL failing, in an empty folder or one that holds a shorter
# run. Returns 1 once there is no K-th call.
inject() {
  local call=$1 error=$2 k=$3 before=$4 what="$1 $3 $2 ($4)" code
  rm -rf out
  [[ $before == empty ]] || cp -r shorter out
  strace -f -o trace -e trace="$call" -e inject="$call:error=$error:when=$k" \
    "$program" run study.yaml --threads 1 --keep-estimates --out out >stdout 2>stderr
  code=$?
  grep -q INJECTED trace || return 1
  faults=$((faults + 1))
  case $code in
    4) grep -qE "oligosim: (cannot|filesystem error|could not).*(out|stdout)" stderr || fail "$what: names no file: $(cat stderr)" ;;
    0) [[ $before == empty ]] && expect_same out whole "$what, without notice" ;;
    *) fail "$what: exit code $code: $(head -c 200 stderr)" ;;
  esac
  [[ -d out ]] || mkdir out
  expect_whole out "$what" whole shorter
  run study.yaml out >stdout 2>stderr || fail "$what: does not go on: $(cat stderr)"
  expect_same out whole "$what"
}

run study.yaml whole >/dev/null 2>&1
sed 's/replicates: 300/replicates: 100/' study.yaml >shorter.yaml
run shorter.yaml shorter >/dev/null 2>&1

# What comes before the study is opened is the loader's business.
strace -f -o trace -e trace=openat "$program" run study.yaml --threads 1 --keep-estimates --out counted >/dev/null 2>&1
first_open=$(($(grep -n '"study.yaml"' trace | head -1 | cut -d: -f1) + 1))

if [[ $size == long ]]; then errors="ENOSPC EIO EDQUOT" step=1 starts="empty shorter"; else errors=ENOSPC step=5 starts=empty; fi
faults=0
for before in $starts; do
  for call in write fsync rename ftruncate mkdir openat; do
    from=1
    [[ $call == openat ]] && from=$first_open
    for error in $errors; do
      for ((k = from; ; k += step)); do inject $call $error $k $before || break; done
    done
  done
done
echo "$faults failing calls"

# A small file system, where this user may mount one: full, then made larger.
if mkdir -p small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
  run study.yaml small/out >/dev/null 2>stderr
  code=$?
  [[ $code == 4 ]] || fail "64 KB: exit code $code"
  grep -q "No space left" stderr || fail "64 KB: $(cat stderr)"
  expect_whole small/out "64 KB" whole
  mount -o remount,size=8m small
  run study.yaml small/out >/dev/null 2>&1 || fail "64 KB: does not go on"
  expect_same small/out whole "64 KB"
  umount small
  echo "a full file system of 64 KB"
else
  echo "no file system of 64 KB: mounting is not allowed"
fi

# Killed at random moments, over and over, then finished. A kill falls anywhere in the time that a whole run takes.
if [[ $size == long ]]; then runs=10 kills=20; else runs=1 kills=8; fi
RANDOM=20250611
start=$(date +%s%N)
run longer.yaml undisturbed >/dev/null 2>&1
milliseconds=$((($(date +%s%N) - start) / 1000000))
killed=0
for ((r = 0; r < runs; ++r)); do
  rm -rf out
  for ((k = 0; k < kills; ++k)); do
    "$program" run longer.yaml --threads 2 --keep-estimates --out out >/dev/null 2>stderr &
    delay=$((RANDOM % milliseconds))
    sleep "$((delay / 1000)).$(printf '%03d' $((delay % 1000)))"
    kill -KILL $! 2>/dev/null
    wait $! 2>/dev/null
    [[ $? == 137 ]] && killed=$((killed + 1))
    rm -f out/.oligosim-*  # what a killed process leaves
    [[ ! -d out ]] || expect_whole out "kill $r/$k" undisturbed
  done
  run longer.yaml out >/dev/null 2>stderr || fail "run $r: does not go on after the kills: $(cat stderr)"
  expect_same out undisturbed "kills of run $r"
done
echo "$killed processes killed"

[[ $broken == 0 ]] || exit 1
