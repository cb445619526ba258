#!/usr/bin/env bash
# Searches with libFuzzer, which follows what the code does, and with the sanitizers of addresses and of undefined
# behaviour, for bytes that are neither understood nor refused, as studies, plans, patients, trials under way and block logs:
#   libfuzzer.sh SOURCE SECONDS [FOLDER]
# PROCESSES (1) of each at once. The builds, what is found and the grown corpus are kept in FOLDER. Needs clang.
# Exit codes: 0 nothing found; 1 something found, or nothing done; 77 skipped, without clang.
set -euo pipefail
source=$(readlink -f "$1")
seconds=$2
folder=$(readlink -m "${3:-$(mktemp -d)}")
command -v clang++ >/dev/null || { echo "skipped: there is no clang++"; exit 77; }

mkdir -p "$folder"
flags="-O1 -gline-tables-only -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
cmake -S "$source" -B "$folder/build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="$flags" \
  -DOLIGOSIM_TESTS=OFF -DOLIGOSIM_BENCH=OFF -DOLIGOSIM_CHARTS=OFF -DOLIGOSIM_LIBFUZZER=ON >"$folder/build.log" 2>&1
cmake --build "$folder/build" -j"${JOBS:-2}" --target libfuzzer >>"$folder/build.log" 2>&1 || { tail -20 "$folder/build.log"; exit 1; }

# Words that libFuzzer may put in: the dictionary's, and the names in a schema.
dictionary() {  # FILE SCHEMA...
  local file=$1
  shift
  cat "$file"
  (($# == 0)) || grep -ohE '"[a-z][a-z_0-9]*"' "$@" | sort -u
}

seeds() {  # TARGET FILE...
  mkdir -p "$folder/$1/corpus"
  cp "$source/tests/fuzz/corpus/$1"/* "${@:2}" "$folder/$1/corpus"
}

cd "$source"
seeds study tests/invalid/*.yaml tests/invalid/edits/study.yaml configs/selftest/{two_arms,simon}.yaml
seeds plan configs/selftest/{aml,veteran}.yaml configs/plans/*.yaml tests/invalid/edits/plan.yaml
seeds patients configs/selftest/*.csv tests/invalid_data/*.csv
seeds monitoring configs/monitoring/*.yaml
seeds block_log
dictionary tests/fuzz/yaml.dict docs/schema/{study,plan,disease}.schema.json >"$folder/study/words"
dictionary tests/fuzz/yaml.dict docs/schema/plan.schema.json >"$folder/plan/words"
dictionary tests/fuzz/csv.dict >"$folder/patients/words"
dictionary tests/fuzz/yaml.dict docs/schema/monitoring.schema.json >"$folder/monitoring/words"
dictionary tests/fuzz/block_log.dict >"$folder/block_log/words"
for target in study plan patients monitoring block_log; do cp "$folder/build/fuzz_$target" "$folder/$target/fuzz"; done
"$source/tests/fuzz/run_libfuzzer.sh" "$folder" "$seconds" "${PROCESSES:-1}"
