#!/usr/bin/env bash
# Builds without optimization, with it, and by clang give the same numbers to 1e-12: builds.sh SOURCE [FOLDER]
# The builds are kept in FOLDER. Exit codes: 0; 1 they differ; 77 skipped, without clang.
set -euo pipefail
source=$(readlink -f "$1")
folder=$(readlink -m "${2:-$(mktemp -d)}")
command -v clang++ >/dev/null || { echo "skipped: there is no clang++"; exit 77; }
# shellcheck source=tests/builds/numbers.sh
. "$source/tests/builds/numbers.sh"

build() {  # NAME COMPILER FLAGS
  cmake -S "$source" -B "$folder/$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_CXX_FLAGS="$3" -DOLIGOSIM_TESTS=OFF -DOLIGOSIM_BENCH=OFF -DOLIGOSIM_CHARTS=OFF >"$folder/$1.log" 2>&1
  cmake --build "$folder/$1" -j"${JOBS:-2}" >>"$folder/$1.log" 2>&1 || { tail -20 "$folder/$1.log"; exit 1; }
  make_tables "$folder/$1/oligosim" "$source" "$folder/out-$1"
}

mkdir -p "$folder"
build plain g++ -O0
build optimized g++ -O3
build clang clang++ -O3
status=0
cd "$folder"
compare_tables out-optimized out-plain || status=1
compare_tables out-optimized out-clang || status=1
exit $status
